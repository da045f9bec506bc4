using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Export;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Store;
using StemLab.V1;
using TimeState = StemLab.Science.Time.TimeState;

namespace StemLab.Hub.Screens;

/// <summary>One channel at one place, and the stretches of UTC wanted of it: ascending, not overlapping, to exclusive.</summary>
internal sealed record CampaignSeries(ChannelView Channel, AgentPlace Place, ImmutableArray<(long FromUtcUs, long ToUtcUs)> Spans)
{
    /// <summary>A channel's stretches, place by place.</summary>
    public static IEnumerable<CampaignSeries> Of(SelectedChannel selected, AgentPlaces places) =>
        from place in places.Of(selected.Channel.Agent)
        group (place.FromUtcUs, place.ToUtcUs) by (place.Site, place.Latitude, place.Longitude) into at
        let spans = SelectedChannels.Meet(selected.Spans, SelectedChannels.Joined(at)).ToImmutableArray()
        where !spans.IsEmpty
        select new CampaignSeries(selected.Channel, new AgentPlace(spans[0].From, spans[^1].To, at.Key.Site, at.Key.Latitude, at.Key.Longitude), [.. spans]);

    public CampaignSeries Within(long fromUtcUs, long toUtcUs) => this with { Spans = [.. SelectedChannels.Meet(Spans, [(fromUtcUs, toUtcUs)])] };
}

/// <summary>Even steps of UTC.</summary>
internal readonly record struct CampaignSteps(long StartUs, long WidthUs, int Count)
{
    /// <summary>Steps a campaign is shown in, at most.</summary>
    public const int Most = 240;

    private const long LeastUs = 1_000_000;

    /// <param name="fromUs">First reading that may be shown.</param>
    /// <param name="toUs">After the last.</param>
    public static CampaignSteps Over(long fromUs, long toUs)
    {
        var width = Math.Max(LeastUs, (toUs - fromUs + Most - 1) / Most);
        return new CampaignSteps(fromUs, width, (int)Math.Max(1, (toUs - fromUs + width - 1) / width));
    }

    public int Of(long utcUs) => (int)Math.Clamp((utcUs - StartUs) / WidthUs, 0, Count - 1);

    public long Edge(int step) => StartUs + (step * WidthUs);
}

/// <summary>Reads series into steps, every reading of them: a bucket would hold what was measured just before a campaign, or in practice. One thread, while the snapshot is open.</summary>
/// <param name="flags">QARTOD flags that count; empty = all. What failed or is missing never does.</param>
internal sealed class CampaignReading(StoreSnapshot snapshot, Derivation derivation, QualityBook quality, ImmutableArray<byte> flags)
{
    /// <summary>So many steps are read at a time, so that what is held does not grow with a campaign.</summary>
    private const int StepsAtATime = 8;

    private const int RowsAtATime = 8_192;

    /// <summary>2000: a time before it is of a clock that nobody has set.</summary>
    private const long KnownUs = 946_684_800_000_000;

    /// <summary>The same series between their channels' first and last readings; those without any are left out.</summary>
    public ImmutableArray<CampaignSeries> Measured(ImmutableArray<CampaignSeries> series)
    {
        var measured = ImmutableArray.CreateBuilder<CampaignSeries>();
        foreach (var one in series)
        {
            var check = new RangeCheck(snapshot, derivation, one.Channel, quality.RulesOf(derivation).Of(one.Channel), static (_, _, _) => SeriesFlags.None);
            if (check.TryExtent(out var first, out var last) && one.Within(Math.Max(first, KnownUs), last + 1) is { Spans.IsEmpty: false } within && within.Spans.Any(span => check.Count(span.FromUtcUs, span.ToUtcUs) > 0))
            {
                measured.Add(within);
            }
        }

        return measured.ToImmutable();
    }

    /// <summary>Fills in what was measured: count, extremes, means, and these by step.</summary>
    public async Task FillAsync(PublicSeries told, CampaignSeries series, CampaignSteps steps, CancellationToken cancellationToken)
    {
        var sums = new Sums(steps.Count);
        for (var step = 0; step < steps.Count; step += StepsAtATime)
        {
            foreach (var (from, to) in series.Within(steps.Edge(step), steps.Edge(Math.Min(steps.Count, step + StepsAtATime))).Spans)
            {
                Read(series.Channel, from, to, steps, sums, cancellationToken);
            }

            await Task.Yield();
        }

        sums.Tell(told);
    }

    private void Read(ChannelView channel, long from, long to, CampaignSteps steps, Sums sums, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rows = new ChannelRows(snapshot, derivation, channel, from, to, quality.FlagsOf(snapshot, derivation, channel, from, to, cancellationToken));
        while (rows.TryNext(RowsAtATime, out var stretch))
        {
            for (var row = stretch.From; row < stretch.From + stretch.Count && stretch.TimeState != TimeState.Unknown; row++)
            {
                var flag = stretch.Columns.Flag[row];
                if (flag is not ((byte)QcFlag.Fail or (byte)QcFlag.Missing) && (flags.IsEmpty || flags.Contains(flag)) && double.IsFinite(stretch.Columns.Value[row]))
                {
                    sums.Add(steps.Of(stretch.Columns.UtcUs[row]), stretch.Columns.Value[row]);
                }
            }

            rows.Release();
        }
    }

    /// <summary>By step; NaN where nothing is.</summary>
    private sealed class Sums(int count)
    {
        private readonly long[] _counts = new long[count];
        private readonly double[] _sums = new double[count];
        private readonly double[] _least = [.. Enumerable.Repeat(double.NaN, count)];
        private readonly double[] _most = [.. Enumerable.Repeat(double.NaN, count)];

        public void Add(int step, double value)
        {
            _counts[step]++;
            _sums[step] += value;
            _least[step] = _least[step] <= value ? _least[step] : value;
            _most[step] = _most[step] >= value ? _most[step] : value;
        }

        public void Tell(PublicSeries told)
        {
            told.Count = _counts.Sum();
            if (told.Count == 0)
            {
                return;
            }

            (told.Least, told.Mean, told.Most) = (_least.Where(double.IsFinite).Min(), _sums.Sum() / told.Count, _most.Where(double.IsFinite).Max());
            told.StepMean.AddRange(_sums.Zip(_counts, (sum, rows) => rows == 0 ? double.NaN : sum / rows));
            told.StepLeast.AddRange(_least);
            told.StepMost.AddRange(_most);
        }
    }
}
