using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;

namespace StemLab.Hub.Export;

/// <summary>A channel and the stretches of UTC wanted of it: ascending, not overlapping, to exclusive.</summary>
internal sealed record SelectedChannel(ChannelView Channel, ImmutableArray<(long FromUtcUs, long ToUtcUs)> Spans)
{
    /// <summary>Where readings asked for are practice, taken or not, run by run; runs may overlap.</summary>
    public ImmutableArray<PracticeRun> Practice { get; init; } = [];
}

/// <summary>Lays a request over a derivation: which channels, and when. Pure.</summary>
internal static class SelectedChannels
{
    public static ImmutableArray<SelectedChannel> Of(FreezeRequest request, Derivation derivation, AgentPlaces places)
    {
        var selection = ChannelSelection.Parse(request.Channels, out _);
        var runs = RunsOf(request, derivation);
        var practices = new PracticeRuns(derivation);

        // What comes with a lesson was not measured here: only who names it, or its run, means it.
        var isNamed = request.Channels.Any(name => !name.StartsWith("agents/-/", StringComparison.Ordinal)) || !request.Runs.IsEmpty;
        var chosen = ImmutableArray.CreateBuilder<SelectedChannel>();
        foreach (ChannelView channel in selection.Of(derivation).Where(channel => (channel.Simulated ? request.Simulated : request.Measured) && (!channel.Recorded || isNamed)))
        {
            IEnumerable<(long From, long To)> spans = [(request.FromUtcUs, request.ToUtcUs)];
            if (!request.Runs.IsEmpty)
            {
                spans = Meet(spans, Joined(runs.Where(run => run.Channels.Matches(channel)).Select(run => (run.From, run.To))));
            }

            if (!request.Sites.IsEmpty)
            {
                spans = Meet(spans, Joined(places.Of(channel.Agent).Where(place => request.Sites.Contains(place.Site)).Select(place => (place.FromUtcUs, place.ToUtcUs))));
            }

            ImmutableArray<(long From, long To)> asked = [.. spans];
            ImmutableArray<PracticeRun> practice =
                [.. practices.Of(channel).Select(run => run with { Spans = [.. Meet(asked, run.Spans)] }).Where(run => !run.Spans.IsEmpty)];
            IReadOnlyList<(long From, long To)> practised = Joined(practice.SelectMany(run => run.Spans));
            ImmutableArray<(long, long)> wanted = request.Real ? request.Practice ? asked : [.. Without(asked, practised)] : [.. practised];
            if (!wanted.IsEmpty || !practice.IsEmpty)
            {
                chosen.Add(new SelectedChannel(channel, wanted) { Practice = practice });
            }
        }

        return chosen.ToImmutable();
    }

    /// <summary>The parts both have. Both ascending and not overlapping.</summary>
    public static IEnumerable<(long From, long To)> Meet(IEnumerable<(long From, long To)> one, IReadOnlyList<(long From, long To)> other) =>
        from a in one
        from b in other
        let span = (From: Math.Max(a.From, b.From), To: Math.Min(a.To, b.To))
        where span.From < span.To
        select span;

    /// <summary>The parts of one that the other has not. Both ascending and not overlapping.</summary>
    public static IEnumerable<(long From, long To)> Without(IEnumerable<(long From, long To)> one, IReadOnlyList<(long From, long To)> other)
    {
        foreach ((long from, long to) in one)
        {
            long at = from;
            foreach ((long gap, long until) in other.Where(span => span.From < to && span.To > from))
            {
                if (at < gap)
                {
                    yield return (at, gap);
                }

                at = until;
            }

            if (at < to)
            {
                yield return (at, to);
            }
        }
    }

    /// <summary>Spans in order, those that touch made one.</summary>
    public static IReadOnlyList<(long From, long To)> Joined(IEnumerable<(long From, long To)> spans)
    {
        var joined = new List<(long From, long To)>();
        foreach ((long from, long to) in spans.Where(span => span.From < span.To).OrderBy(span => span.From))
        {
            if (joined.Count > 0 && from <= joined[^1].To)
            {
                joined[^1] = (joined[^1].From, Math.Max(joined[^1].To, to));
            }
            else
            {
                joined.Add((from, to));
            }
        }

        return joined;
    }

    private static (RunChannels Channels, long From, long To)[] RunsOf(FreezeRequest request, Derivation derivation) =>
    [
        .. from run in derivation.Inputs.Facts.Of<Run>()
           where request.Runs.Contains(run.Body.RunId)
           select (new RunChannels(run.Body.Channels), UtcOf(run.Body.Start, derivation), run.Body.End is { } end ? UtcOf(end, derivation) : long.MaxValue),
    ];

    /// <summary>A time nobody can place yet lies after everything.</summary>
    private static long UtcOf(Instant at, Derivation derivation) => derivation.Instants.TryToUtc(at, out long utcUs, out _) ? utcUs : long.MaxValue;

    private readonly record struct RunChannels(ImmutableArray<string> Names)
    {
        public bool Matches(ChannelView channel) => ChannelSelection.Parse(Names, out _).Contains(channel);
    }
}
