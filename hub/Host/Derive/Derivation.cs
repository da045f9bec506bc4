using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Science.Properties;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>How everything stored is read under the facts of one revision. Immutable, safe from any thread; swapped whole by <see cref="DerivationBook"/>.</summary>
internal sealed class Derivation
{
    private readonly SeriesDerivation[] _series;
    private readonly ImmutableDictionary<string, ChannelView> _measured;
    private readonly ImmutableDictionary<string, ChannelView> _channels;
    private readonly ImmutableDictionary<(AgentId Agent, BootId Boot, string Property), ImmutableArray<SeriesId>> _siblings;
    private readonly Lazy<ImmutableArray<ChannelView>> _ordered;
    private readonly Lazy<System.Collections.Frozen.FrozenDictionary<SeriesId, ImmutableArray<RemovedRows>>> _removed;
    private readonly Lazy<AgentSites> _sites;
    private readonly Lazy<ILookup<SeriesId, SiblingLink>> _links;

    private Derivation(
        DerivationInputs inputs,
        SeriesDerivation[] series,
        ImmutableDictionary<string, ChannelView> measured,
        ImmutableDictionary<(AgentId Agent, BootId Boot, string Property), ImmutableArray<SeriesId>> siblings,
        DerivedChannels? derived = null)
    {
        _siblings = siblings;
        Inputs = inputs;
        _series = series;
        _measured = measured;
        Derived = derived ?? DerivedChannels.Over(inputs, measured, id => series[id.Value - 1]);
        ImmutableDictionary<string, ChannelView> channels = measured.AddRange(Derived.Views.Select(view => KeyValuePair.Create(view.Name, view)));
        _channels = channels;
        _removed = new(() => RemovedRows.BySeries(inputs.Facts, inputs.Dictionary));
        _links = new(() => SiblingLinks().ToLookup(link => link.Of));
        _sites = new(() => new AgentSites(inputs.Facts, inputs.Instants));
        _ordered = new(() => [.. channels.Values.OrderBy(channel => channel.AgentSlug, StringComparer.Ordinal).ThenBy(channel => channel.Property?.Group == "place").ThenBy(channel => channel.Name, StringComparer.Ordinal)]);
    }

    public long Revision => Inputs.Facts.Revision;

    /// <summary>Grows with every change the book publishes; counts from the start of this process. 0 for an as-of derivation.</summary>
    public long Version { get; init; }

    /// <summary>By agent's label, then name; where an agent is comes after what it measures.</summary>
    public IReadOnlyList<ChannelView> Channels => _ordered.Value;

    public Instants Instants => Inputs.Instants;

    /// <summary>What was erased or dropped, by series; counted when first asked for.</summary>
    public System.Collections.Frozen.FrozenDictionary<SeriesId, ImmutableArray<RemovedRows>> Removed => _removed.Value;

    /// <summary>At which site each agent is; counted when first asked for.</summary>
    public AgentSites Sites => _sites.Value;

    /// <summary>Ties and anchors the time maps do not follow, with the reason.</summary>
    public ImmutableArray<Outlier> Outliers => Inputs.Time.Outliers;

    /// <summary>Channels computed from others; they are among <see cref="Channels"/>.</summary>
    public DerivedChannels Derived { get; }

    internal DerivationInputs Inputs { get; }

    /// <summary>Stored series; derived ones count apart.</summary>
    internal int SeriesCount => _series.Length;

    /// <summary>The series of an id this derivation covers.</summary>
    public SeriesDerivation Series(SeriesId id) => TryFindSeries(id, out SeriesDerivation? series)
        ? series
        : throw new ArgumentOutOfRangeException(nameof(id), id.Value, $"This derivation covers series 1 … {_series.Length}");

    public bool TryFindSeries(SeriesId id, [NotNullWhen(true)] out SeriesDerivation? series)
    {
        series = id.Value >= 1 && id.Value <= _series.Length ? _series[id.Value - 1] : Derived.Find(id);
        return series is not null;
    }

    public bool TryFindChannel(string name, [NotNullWhen(true)] out ChannelView? channel) => _channels.TryGetValue(name, out channel);

    /// <summary>What reads the rows of one stored series: itself, then the derived series that follow it, each after those it rests on. Empty where this derivation does not know it.</summary>
    public IEnumerable<SeriesDerivation> ReadersOf(SeriesId stored) => stored.Value >= 1 && stored.Value <= _series.Length ? Derived.OnRowsOf(stored).Prepend(_series[stored.Value - 1]) : [];

    /// <summary>The series of a channel on one boot; empty for an unknown channel.</summary>
    public IEnumerable<SeriesDerivation> SeriesOf(string channel, BootId boot) => _channels.TryGetValue(channel, out ChannelView? view) ? view.Series.Select(Series).Where(series => series.Entry.Boot == boot) : [];

    /// <summary>The map of a boot, <see cref="TimeMap.Unknown"/> for one nobody declared.</summary>
    public TimeMap MapOf(BootId boot) => Inputs.Time.Map(new BootKey(boot.Value));

    /// <summary>True where a teacher or administrator gave the boot a UTC themselves, however roughly.</summary>
    public bool IsPlacedByPerson(BootId boot) =>
        Inputs.Facts.Of<UtcAnchor>().Any(stated => stated.Body.Boot.Value == boot.Value && stated.Fact.ByRole is FactRoles.Teacher or FactRoles.Admin);

    /// <summary>Derives all series of the inputs' dictionary anew.</summary>
    internal static Derivation Build(DerivationInputs inputs, long version) =>
        new Derivation(inputs, [], ImmutableDictionary<string, ChannelView>.Empty, ImmutableDictionary<(AgentId Agent, BootId Boot, string Property), ImmutableArray<SeriesId>>.Empty).Extended(inputs, version);

    /// <summary>Which series' values are made with rows of which others, siblings of siblings and inputs of inputs included.</summary>
    internal IEnumerable<SiblingLink> SiblingLinks() =>
        from series in _series.Concat(Derived.Series)
        where series.NeedsSiblings
        from other in OthersOf(series)
        select new SiblingLink(other.Stored, series.Id, series.Entry.Id, other.AgeUs);

    /// <summary>The links of one stored series whose rows others are made with.</summary>
    internal IEnumerable<SiblingLink> LinksOf(SeriesId stored) => _links.Value[stored];

    /// <summary>Channels whose values come from rows of this stored series: its own, and those made with it.</summary>
    internal IEnumerable<string> ChannelsMadeWith(SeriesId stored) =>
        ReadersOf(stored).Select(series => series.Channel.Name).Concat(LinksOf(stored).Select(link => Series(link.Dependent).Channel.Name));

    /// <summary>Stored rows besides its own that values of a series are made with, and how long each counts.</summary>
    internal IEnumerable<(SeriesId Stored, long AgeUs)> OthersOf(SeriesDerivation series)
    {
        if (series.Computed is not { } column)
        {
            return OthersOf(series, []);
        }

        var others = new List<(SeriesId, long)>();
        for (int i = 0; i < column.Inputs.Length; i++)
        {
            ComputedInput input = column.Inputs[i];
            foreach (SeriesDerivation of in SeriesOf(input.Channel, series.Entry.Boot))
            {
                if (i == column.Lead)
                {
                    others.AddRange(of.Entry.Id == series.Entry.Id ? OthersOf(of) : []);
                    continue;
                }

                others.Add((of.Entry.Id, input.MaxAgeUs));
                others.AddRange(OthersOf(of).Select(other => (other.Stored, Together(other.AgeUs, input.MaxAgeUs))));
            }
        }

        return others;
    }

    /// <summary>Channels whose flags travel to which others, through others too, and for how long after a reading, µs.</summary>
    internal IEnumerable<(string Of, string Dependent, long ReachUs)> FlagLinks() => SiblingLinks()
        .Select(link => (Series(link.Of).Channel.Name, Series(link.Dependent).Channel.Name, link.MaxAgeUs))
        .Concat(_channels.Keys.SelectMany(name => Derived.RestingOn(name).Select(resting => (name, resting.Channel, resting.AgeUs))));

    /// <param name="above">Whose values are made with this one's: a ring ends where it would close.</param>
    private IEnumerable<(SeriesId Stored, long AgeUs)> OthersOf(SeriesDerivation of, ImmutableHashSet<SeriesId> above)
    {
        foreach (Compensation need in of.Needs())
        {
            foreach (SeriesId id in SiblingsOf(of.Entry, need.Property).Where(id => !above.Contains(id)))
            {
                yield return (id, need.MaxAgeUs);
                foreach ((SeriesId further, long ageUs) in OthersOf(Series(id), above.Add(of.Entry.Id)))
                {
                    // How long the sibling's sibling counts for the one, then this one for the other.
                    yield return (further, Together(ageUs, need.MaxAgeUs));
                }
            }
        }
    }

    private static long Together(long oneUs, long otherUs) => oneUs > long.MaxValue - otherUs ? long.MaxValue : oneUs + otherUs;

    /// <summary>The same meaning under a new version: rows came late that others already sent depend on.</summary>
    internal Derivation Again(long version) => new(Inputs, _series, _measured, _siblings, Derived) { Version = version };

    /// <summary>Series of another property on the same boot of the same agent, oldest configuration first: those of the same port where it measures it too, else of the first port by name.</summary>
    internal IEnumerable<SeriesId> SiblingsOf(SeriesEntry of, string property)
    {
        ImmutableArray<SeriesId> all = _siblings.GetValueOrDefault((of.Agent, of.Boot, property), []);
        SeriesEntry[] entries = [.. all.Where(id => id != of.Id).Select(id => Series(id).Entry)];
        string port = entries.Any(entry => entry.Input.Port == of.Input.Port) ? of.Input.Port : entries.Select(entry => entry.Input.Port).Min(StringComparer.Ordinal) ?? "";
        return entries.Where(entry => entry.Input.Port == port)
            .OrderBy(entry => entry.Input.ConfigRev).ThenBy(entry => entry.Input.Quantity, StringComparer.Ordinal).ThenBy(entry => entry.Input.UnitUcum, StringComparer.Ordinal)
            .Select(entry => entry.Id);
    }

    /// <summary>The same facts with the dictionary's new series; costs what is new (and the channels it joins).</summary>
    internal Derivation Extended(DerivationInputs inputs, long version)
    {
        ReadOnlySpan<SeriesEntry> entries = inputs.Dictionary.Series.Span;
        var meanings = new SeriesMeaning[entries.Length - _series.Length];
        for (int i = 0; i < meanings.Length; i++)
        {
            meanings[i] = SeriesMeaning.Of(entries[_series.Length + i], inputs.Plan);
        }

        var series = new SeriesDerivation[entries.Length];
        _series.CopyTo(series, 0);
        ImmutableDictionary<string, ChannelView>.Builder channels = _measured.ToBuilder();
        foreach (IGrouping<string, SeriesMeaning> group in meanings.GroupBy(meaning => ChannelView.NameOf(meaning.Entry.Agent, meaning.Entry.Input.Port, meaning.PropertyId)))
        {
            IEnumerable<SeriesMeaning> earlier = _measured.TryGetValue(group.Key, out ChannelView? known)
                ? known.Series.Select(id => SeriesMeaning.Of(inputs.Dictionary[id], inputs.Plan))
                : [];
            channels[group.Key] = Join(inputs, group.Key, [.. earlier, .. group], series);
        }

        var siblings = _siblings.ToBuilder();
        foreach (SeriesMeaning meaning in meanings)
        {
            (AgentId, BootId, string) key = (meaning.Entry.Agent, meaning.Entry.Boot, meaning.PropertyId);
            siblings[key] = siblings.GetValueOrDefault(key, []).Add(meaning.Entry.Id);
        }

        return new Derivation(inputs, series, channels.ToImmutable(), siblings.ToImmutable()) { Version = version };
    }

    private static ChannelView Join(DerivationInputs inputs, string name, SeriesMeaning[] meanings, SeriesDerivation[] into)
    {
        string property = meanings[^1].PropertyId;
        ObservedProperty? registered = ObservedProperties.Default.Find(property);
        bool reached = registered is not null && meanings.Any(meaning => meaning.PreferredUnit == registered.UnitUcum);
        string unit = reached ? registered!.UnitUcum : meanings[0].PreferredUnit;
        ImmutableArray<DerivedSpan>[] spans = [.. meanings.Select(meaning => meaning.In(unit))];

        SeriesEntry newest = meanings[^1].Entry;
        bool isKnown = inputs.Fleet.TryFind(newest.Agent, out FleetAgent? agent);
        AgentInput? told = agent?.Inputs.GetValueOrDefault((newest.Input.Port, newest.Input.Quantity));
        string slug = isKnown ? agent!.Slug : newest.Agent.ToString();
        var channel = new ChannelView
        {
            Name = name,
            Agent = newest.Agent,
            AgentSlug = slug,
            Port = newest.Input.Port,
            PropertyId = property,
            Property = registered,
            UnitUcum = unit,
            IntervalUs = told?.IntervalUs ?? 0,
            Series = [.. meanings.Select(meaning => meaning.Entry.Id)],
            Simulated = inputs.Fleet.Simulated(newest.Agent),
            Recorded = inputs.Fleet.IsRecording(newest.Agent),
            Unclaimed = isKnown && agent!.Unclaimed,
            DisplayName = $"{slug} {(string.IsNullOrEmpty(told?.Label) ? newest.Input.Port : told.Label)}",
            Calibration = spans[^1][^1].Calibration,
            Probe = spans[^1][^1].Probe,
        };
        for (int i = 0; i < meanings.Length; i++)
        {
            SeriesEntry entry = meanings[i].Entry;
            uint bootNo = inputs.Dictionary.TryFind(entry.Boot, out BootDeclaration? boot) ? boot.BootNo : 0;
            into[entry.Id.Value - 1] = new SeriesDerivation(entry, bootNo, channel, inputs.Time.Map(new BootKey(entry.Boot.Value)), spans[i]);
        }

        return channel;
    }
}

/// <summary>Everything a derivation is a function of. Immutable but for <paramref name="Ids"/>, which only gives numbers.</summary>
internal sealed record DerivationInputs(FactSnapshot Facts, FleetSnapshot Fleet, StoreDictionary Dictionary, TimeSolution Time, Instants Instants, ProbePlan Plan, DerivedSeriesIds Ids);
