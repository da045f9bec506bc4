using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;

namespace StemLab.Hub.TakeHome;

/// <summary>Finds runs and what was kept during them. No state of its own; safe from any thread.</summary>
internal sealed class RunBook(DerivationBook derivations, HubClock clock)
{
    /// <summary>The run of an id as it stands in an address; null = none of this hub, or taken back.</summary>
    public RunView? Find(string id) => Id128.TryParse(id, out var run) ? Find(run) : null;

    public RunView? Find(Id128 id) => All().FirstOrDefault(run => run.Id == id);

    /// <summary>Every run of this hub, in no order.</summary>
    public IEnumerable<RunView> All()
    {
        var derivation = derivations.Current;
        return derivation.Inputs.Facts.Of<Run>().Select(run => Of(derivation, run.Body));
    }

    /// <summary>The stretch from an instant until now over some channels: of no run, but shown like one.</summary>
    public RunView Stretch(IEnumerable<string> channels, Instant from) => Of(derivations.Current, new Run(default, "", [.. channels], from, null));

    /// <summary>
    /// Samples of these channels whose readings end within one of these spans, or that were kept in one: a probe that measures once a minute has its newest reading from before a run that has just
    /// begun. A run that goes on has no end. Oldest first, those of one moment as they were kept, with the UTC end of their readings, µs.
    /// </summary>
    public ImmutableArray<(KeptSample Sample, long AtUs)> SamplesOf(IReadOnlyCollection<RunView> runs)
    {
        var derivation = derivations.Current;
        var found = new List<(KeptSample Sample, long AtUs, long Revision)>();
        foreach (var (fact, sample) in derivation.Inputs.Facts.Of<KeptSample>())
        {
            derivation.Instants.TryToUtc(sample.End, out var atUs, out _);
            derivation.Instants.TryToUtc(fact.MadeAt, out var keptUs, out _);
            if (runs.Any(run => (run.Holds(atUs) || run.Holds(keptUs)) && run.Channels.Any(channel => channel.Name == sample.Channel)))
            {
                found.Add((sample, atUs, fact.Revision));
            }
        }

        return [.. found.OrderBy(one => one.AtUs).ThenBy(one => one.Revision).Select(one => (one.Sample, one.AtUs))];
    }

    private RunView Of(Derivation derivation, Run run)
    {
        var isKnown = derivation.Instants.TryToUtc(run.Start, out var startUs, out _);
        if (!derivation.Instants.TryToUtc(clock.Now, out var nowUs, out _) && run.End is { IsUtc: true } said)
        {
            // A hub that knows no time: what a calendar says lies behind it.
            nowUs = said.Us;
        }

        var endUs = nowUs;
        if (run.End is { } end)
        {
            derivation.Instants.TryToUtc(end, out endUs, out _);
        }

        // A run may be announced to end by itself: until then it goes on.
        var isRunning = run.End is null || endUs > nowUs;
        ImmutableArray<ChannelView> channels = [.. run.Channels.Select(name => derivation.TryFindChannel(name, out var channel) ? channel : null).OfType<ChannelView>()];
        return new RunView(run.RunId, run.Title, channels, startUs, Math.Max(Math.Min(endUs, nowUs), startUs + 1), isRunning, isKnown, run.IsPractice);
    }
}
