using System.Collections.Frozen;
using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Formulas;
using StemLab.Science.Properties;
using StemLab.Science.Units;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>What became of one definition.</summary>
/// <param name="Name">Of its channel.</param>
/// <param name="Channel">Null with problems.</param>
internal sealed record DerivedState(Fact Fact, DerivedChannelBody Body, string Name, ChannelView? Channel, ImmutableArray<DerivedProblem> Problems);

/// <summary>The derived channels of one derivation: every definition in force whose inputs are there, each after those it rests on. The order of facts does not matter. Immutable.</summary>
internal sealed class DerivedChannels
{
    private readonly ILookup<string, (string Channel, long AgeUs)> _restingOn;
    private readonly FrozenDictionary<SeriesId, SeriesDerivation> _series;
    private readonly FrozenDictionary<SeriesId, ImmutableArray<SeriesDerivation>> _onRows;

    private DerivedChannels(Builder built)
    {
        States = [.. built.States.OrderBy(state => state.Fact.FactId.Value)];
        Views = [.. built.Views];
        _series = built.Series.ToFrozenDictionary(series => series.Id);
        _onRows = built.Series.GroupBy(series => series.Entry.Id).ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray());
        _restingOn = built.Resting.ToLookup(one => one.On, one => (one.Channel, one.AgeUs), StringComparer.Ordinal);
    }

    /// <summary>Of every definition in force, by fact id.</summary>
    public ImmutableArray<DerivedState> States { get; }

    /// <summary>Each after those it rests on.</summary>
    public ImmutableArray<ChannelView> Views { get; }

    public IEnumerable<SeriesDerivation> Series => _series.Values;

    public SeriesDerivation? Find(SeriesId id) => _series.GetValueOrDefault(id);

    /// <summary>Derived series that have a row wherever this stored one has, each after those it rests on.</summary>
    public ImmutableArray<SeriesDerivation> OnRowsOf(SeriesId stored) => _onRows.TryGetValue(stored, out ImmutableArray<SeriesDerivation> series) ? series : [];

    /// <summary>Channels computed from this one, at once or through others, with the longest a reading of it counts, µs.</summary>
    public IEnumerable<(string Channel, long AgeUs)> RestingOn(string channel)
    {
        foreach ((string name, long ageUs) in _restingOn[channel])
        {
            yield return (name, ageUs);
            foreach ((string further, long more) in RestingOn(name))
            {
                yield return (further, ageUs + more);
            }
        }
    }

    /// <param name="measured">Channels with rows of their own.</param>
    /// <param name="series">Their series.</param>
    public static DerivedChannels Over(DerivationInputs inputs, IReadOnlyDictionary<string, ChannelView> measured, Func<SeriesId, SeriesDerivation> series)
    {
        var builder = new Builder(inputs, measured, series);
        builder.Run();
        return new DerivedChannels(builder);
    }

    /// <summary>One use.</summary>
    private sealed class Builder(DerivationInputs inputs, IReadOnlyDictionary<string, ChannelView> measured, Func<SeriesId, SeriesDerivation> stored)
    {
        private readonly Dictionary<string, ChannelView> _found = new(StringComparer.Ordinal);
        private readonly Dictionary<SeriesId, SeriesDerivation> _made = [];

        public List<DerivedState> States { get; } = [];

        public List<ChannelView> Views { get; } = [];

        public List<SeriesDerivation> Series { get; } = [];

        public List<(string On, string Channel, long AgeUs)> Resting { get; } = [];

        public void Run()
        {
            Dictionary<string, (Fact Fact, DerivedChannelBody Body)> waiting = Named();
            while (waiting.Count > 0)
            {
                // By name, so that the result does not depend on the order of facts.
                string[] ready = [.. waiting.Where(one => !InputsOf(one.Value.Body).Any(waiting.ContainsKey)).Select(one => one.Key).Order(StringComparer.Ordinal)];
                if (ready.Length == 0)
                {
                    Refuse(waiting);
                    return;
                }

                foreach (string name in ready)
                {
                    (Fact fact, DerivedChannelBody body) = waiting[name];
                    Make(fact, body, name);
                    waiting.Remove(name);
                }
            }
        }

        private static IEnumerable<string> InputsOf(DerivedChannelBody body) => body.Inputs.Where(input => input.Channel.Length > 0).Select(input => input.Channel);

        /// <summary>Definitions by the name of their channel; of two that claim one name the smaller fact id has it.</summary>
        private Dictionary<string, (Fact Fact, DerivedChannelBody Body)> Named()
        {
            var named = new Dictionary<string, (Fact, DerivedChannelBody)>(StringComparer.Ordinal);
            foreach ((Fact fact, DerivedChannelBody body) in inputs.Facts.Of<DerivedChannelBody>())
            {
                string name = body.Channel;
                if (measured.ContainsKey(name) || !named.TryAdd(name, (fact, body)))
                {
                    States.Add(new DerivedState(fact, body, name, null, [new("port", DerivedWords.Taken(name))]));
                }
            }

            return named;
        }

        /// <summary>Those that are left rest on each other in a ring, or on one that does.</summary>
        private void Refuse(Dictionary<string, (Fact Fact, DerivedChannelBody Body)> left)
        {
            ImmutableArray<string> ring = FormulaCycles.Find(left.ToDictionary(one => one.Key, one => InputsOf(one.Value.Body).ToImmutableArray(), StringComparer.Ordinal));
            IEnumerable<string> shown = ring.Select(name => name[(name.LastIndexOf('/') + 1)..]).ToArray();
            foreach ((string name, (Fact fact, DerivedChannelBody body)) in left)
            {
                States.Add(new DerivedState(fact, body, name, null, [new("inputs", DerivedWords.Ring(shown))]));
            }
        }

        private void Make(Fact fact, DerivedChannelBody body, string name)
        {
            var finding = DerivedFinding.Of(fact.FactId, body, Find);
            if (finding.Column is not { } column)
            {
                States.Add(new DerivedState(fact, body, name, null, [.. finding.Problems]));
                return;
            }

            ChannelView lead = Find(column.Inputs[column.Lead].Channel)!;
            string property = body.Yields;
            SeriesDerivation[] rows = [.. lead.Series.Select(OfId)];
            var view = new ChannelView
            {
                Name = name,
                Agent = lead.Agent,
                AgentSlug = lead.AgentSlug,
                Port = body.Port,
                PropertyId = property,
                Property = ObservedProperties.Default.Find(property),
                UnitUcum = finding.UnitUcum,
                IntervalUs = lead.IntervalUs,
                Series = [.. rows.Select(series => inputs.Ids.Of(name, series.Entry.Id))],
                Simulated = InputsOf(body).Any(input => Find(input)!.Simulated),
                Unclaimed = lead.Unclaimed,
                Recorded = lead.Recorded,
                DisplayName = $"{lead.AgentSlug} {body.Port}",
                DerivedBy = fact.FactId,
            };
            ImmutableArray<DerivedSpan> spans = [new DerivedSpan(long.MinValue, long.MaxValue, true, AffineMap.Identity, default, default) { Computed = column }];
            for (int i = 0; i < rows.Length; i++)
            {
                var made = new SeriesDerivation(rows[i].Entry, rows[i].BootNo, view, rows[i].Map, spans, view.Series[i]);
                _made.Add(made.Id, made);
                Series.Add(made);
            }

            for (int i = 0; i < column.Inputs.Length; i++)
            {
                if (column.Inputs[i].Channel.Length > 0)
                {
                    Resting.Add((column.Inputs[i].Channel, name, i == column.Lead ? 0 : column.Inputs[i].MaxAgeUs));
                }
            }

            _found.Add(name, view);
            Views.Add(view);
            States.Add(new DerivedState(fact, body, name, view, []));
        }

        private SeriesDerivation OfId(SeriesId id) => _made.TryGetValue(id, out SeriesDerivation? made) ? made : stored(id);

        private ChannelView? Find(string name) => _found.TryGetValue(name, out ChannelView? made) ? made : measured.GetValueOrDefault(name);
    }
}
