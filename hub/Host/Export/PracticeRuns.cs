using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Wire;

namespace StemLab.Hub.Export;

/// <summary>A practice run and where a channel's readings are practice by it. Immutable.</summary>
/// <param name="FromUtcUs">Of the run.</param>
/// <param name="ToUtcUs">Of the run, exclusive; <see cref="long.MaxValue"/> = it goes on.</param>
/// <param name="Spans">Ascending, not overlapping, to exclusive.</param>
internal sealed record PracticeRun(Id128 Run, long FromUtcUs, long ToUtcUs, ImmutableArray<(long From, long To)> Spans);

/// <summary>Which readings are practice, under one set of facts: their time lies within a practice run of their channel, or of one it is computed from, and within no real run of these. Immutable, pure.</summary>
internal sealed class PracticeRuns
{
    private readonly ImmutableArray<PlacedRun> _runs;
    private readonly ImmutableDictionary<string, ChannelView> _channels;
    private readonly ImmutableDictionary<Id128, DerivedChannelBody> _computed;

    public PracticeRuns(Derivation derivation)
    {
        FactSnapshot facts = derivation.Inputs.Facts;

        // Said differently on two hubs before they merged: the last by fact id counts, as for everybody who reads runs by their id.
        _runs = [.. facts.Of<Run>().GroupBy(run => run.Body.RunId).Select(same => Placed(same.Last().Body, derivation))];
        if (!_runs.Any(run => run.IsPractice))
        {
            _runs = [];
        }

        _channels = derivation.Channels.ToImmutableDictionary(channel => channel.Name);
        _computed = facts.Of<DerivedChannelBody>().ToImmutableDictionary(derived => derived.Fact.FactId, derived => derived.Body);
    }

    /// <summary>The practice runs of a channel, by start; those that real runs cover whole are left out.</summary>
    public ImmutableArray<PracticeRun> Of(ChannelView channel)
    {
        if (_runs.IsEmpty)
        {
            return [];
        }

        var meant = new List<ChannelView>();
        Add(channel, meant);
        ILookup<bool, PlacedRun> own = _runs.Where(run => meant.Any(run.Channels.Contains)).ToLookup(run => run.IsPractice);
        IReadOnlyList<(long From, long To)> real = SelectedChannels.Joined(own[false].Select(run => (run.FromUtcUs, run.ToUtcUs)));
        return
        [
            .. own[true].Where(run => run.FromUtcUs < run.ToUtcUs)
                .Select(run => new PracticeRun(run.Id, run.FromUtcUs, run.ToUtcUs, [.. SelectedChannels.Without([(run.FromUtcUs, run.ToUtcUs)], real)]))
                .Where(run => !run.Spans.IsEmpty)
                .OrderBy(run => run.FromUtcUs).ThenBy(run => run.Run.Value),
        ];
    }

    /// <summary>The channel and all it is computed from.</summary>
    private void Add(ChannelView channel, List<ChannelView> meant)
    {
        if (meant.Contains(channel))
        {
            return;
        }

        meant.Add(channel);
        foreach (DerivedBinding input in _computed.GetValueOrDefault(channel.DerivedBy)?.Inputs ?? [])
        {
            if (_channels.TryGetValue(input.Channel, out ChannelView? from))
            {
                Add(from, meant);
            }
        }
    }

    /// <summary>While nobody knows UTC, on the line that readings of clocks tied to each other stand on too.</summary>
    private static PlacedRun Placed(Run run, Derivation derivation)
    {
        derivation.Instants.TryToUtc(run.Start, out long from, out _);
        long to = long.MaxValue;
        if (run.End is { } end)
        {
            derivation.Instants.TryToUtc(end, out to, out _);
        }

        return new PlacedRun(run.RunId, run.IsPractice, ChannelSelection.Parse(run.Channels, out _), from, to);
    }

    private sealed record PlacedRun(Id128 Id, bool IsPractice, ChannelSelection Channels, long FromUtcUs, long ToUtcUs);
}
