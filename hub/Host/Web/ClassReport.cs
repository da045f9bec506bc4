using System.Collections.Immutable;
using Google.Protobuf.Collections;
using StemLab.Hub.Classroom;
using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>
/// What a class measured, computed for its report: each run of each group with its channels, predictions and published notes. However long the class and many its runs, the file stays
/// one that phones pass on (about a megabyte): of each group the newest runs, each picture with fewer points the more pictures there are. Numbers are of all readings. Stateless.
/// </summary>
internal sealed class ClassReport(ClassBook book, ReadingQuery query)
{
    /// <summary>Of a group; what it made before is counted, not drawn.</summary>
    public const int MostRuns = 8;

    /// <summary>Points of all pictures together; a picture has at least so few and at most so many.</summary>
    private const int MostPoints = 24_000;
    private const int FewestBuckets = 60;
    private const int MostBuckets = 300;
    private const double Left = 48;
    private const double Width = 586;
    private const double Top = 8;
    private const double Height = 140;

    /// <param name="state">As a teacher sees it.</param>
    /// <param name="cancellationToken">The reader left.</param>
    public async Task<ReportOfClass> OfAsync(ClassState state, CancellationToken cancellationToken)
    {
        ClassSessions.TryId(state.Session, out var session);
        var one = book.Of(session);
        var viewer = new ClassViewer(true, null);
        var guesses = (one?.Guesses ?? []).Select(guess => ClassView.Wire(guess, viewer)).ToImmutableArray();
        ImmutableArray<ClassNote> notes = [.. (one?.Notes ?? []).Where(note => note.IsPublished).Select(note => ClassView.Wire(note, session, viewer))];
        var pictures = state.Groups.SelectMany(RunsOf).Sum(run => run.Channels.Count);
        var buckets = Math.Clamp(MostPoints / Math.Max(1, pictures), FewestBuckets, MostBuckets);
        var groups = ImmutableArray.CreateBuilder<ReportGroup>();
        foreach (var group in state.Groups)
        {
            ImmutableArray<Prediction> own = [.. guesses.Where(guess => guess.Group == group.Key)];
            var runs = ImmutableArray.CreateBuilder<ReportRun>();
            foreach (var run in RunsOf(group))
            {
                var end = run.HasEndTimeUs ? run.EndTimeUs : state.NowTimeUs;
                if (end > run.StartTimeUs)
                {
                    runs.Add(new ReportRun(run.Title, run.Purpose == RunPurpose.Practice, run.StartTimeUs, end, await ChannelsOfAsync(run, end, group, own, buckets, cancellationToken)));
                }
            }

            groups.Add(new ReportGroup(group.Key, group.Name, runs.ToImmutable(), group.Runs.Count, own, [.. notes.Where(note => note.Group == group.Key)]));
        }

        var all = groups.SelectMany(group => group.Runs).ToList();
        return new ReportOfClass(
            state.Lesson, state.Simulated, groups.ToImmutable(), Together(groups), notes, query.DerivationAt(0).Revision, all.Count == 0 ? null : all.Min(run => run.StartUtcUs), all.Count == 0 ? null : all.Max(run => run.EndUtcUs));
    }

    /// <summary>The newest run of each group on one scale; null where fewer than two have measured the same.</summary>
    private static ReportTogether? Together(IEnumerable<ReportGroup> groups)
    {
        var measured = groups.Select(group => (Group: group, First: group.Runs.LastOrDefault()?.Channels.FirstOrDefault())).Where(one => one.First is { } first && double.IsFinite(first.Mean)).ToList();
        if (measured.Count < 2 || measured.Select(one => (one.First!.Channel.ObservedProperty, one.First.Channel.UnitUcum)).Distinct().Count() > 1)
        {
            return null;
        }

        var (bottom, top) = (measured.Min(one => one.First!.Least), measured.Max(one => one.First!.Most));
        var span = Math.Max(top - bottom, 1e-9);
        double Place(double value) => Math.Round(ReportTogether.Left + ((value - bottom) / span * ReportTogether.Width), 1);
        return new ReportTogether(measured[0].First!, bottom, top, [.. measured.Select(one => new ReportReach(one.Group.Name, one.First!.Mean, Place(one.First.Least), Place(one.First.Mean), Place(one.First.Most)))]);
    }

    private static IEnumerable<ClassRun> RunsOf(ClassGroup group) => group.Runs.Where(run => run.HasStartTimeUs).TakeLast(MostRuns);

    private async Task<ImmutableArray<ReportChannel>> ChannelsOfAsync(
        ClassRun run, long endUtcUs, ClassGroup group, ImmutableArray<Prediction> guesses, int buckets, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<ReportChannel>();
        foreach (var name in run.Channels)
        {
            var channel = group.Channels.FirstOrDefault(known => known.Name == name) ?? new ClassChannel { Name = name, Property = new Sentence { En = name, Vi = name } };
            var request = new QueryReadingsRequest { StartTimeUs = run.StartTimeUs, EndTimeUs = endUtcUs, MaxBuckets = buckets };
            var points = new List<(double AtS, double Mean, double Least, double Most)>();
            var (sum, count, flagged, leftOut) = (0.0, 0L, 0L, 0L);
            await foreach (var answer in query.RunAsync(request, ChannelSelection.Parse([name], out _), cancellationToken))
            {
                foreach (var block in answer.Buckets)
                {
                    for (var i = 0; i < block.Index.Count; i++)
                    {
                        flagged += At(block.Suspect, i) + At(block.Fail, i);
                        leftOut += At(block.Excluded, i);
                        var kept = block.Count[i] - At(block.Excluded, i);
                        if (kept <= 0 || !double.IsFinite(block.Mean[i]))
                        {
                            continue;
                        }

                        var middle = block.StartTimeUs + ((block.Index[i] + 0.5) * block.WidthUs);
                        points.Add(((middle - run.StartTimeUs) / 1e6, block.Mean[i], block.Min[i], block.Max[i]));
                        (sum, count) = (sum + (block.Mean[i] * kept), count + kept);
                    }
                }
            }

            found.Add(Draw(channel, points, count == 0 ? double.NaN : sum / count, count, flagged, leftOut, (endUtcUs - run.StartTimeUs) / 1e6, guesses));
        }

        return found.ToImmutable();
    }

    private static ReportChannel Draw(
        ClassChannel channel, List<(double AtS, double Mean, double Least, double Most)> points, double mean, long count, long flagged, long leftOut, double lengthS, ImmutableArray<Prediction> guesses)
    {
        var curve = guesses.FirstOrDefault(guess => guess.Value.Count > 1 && (guess.Of == channel.ObservedProperty || guess.Of == channel.Name));
        if (points.Count == 0)
        {
            return new ReportChannel(channel, double.NaN, double.NaN, double.NaN, 0, flagged, leftOut, double.NaN, double.NaN, "", "", "");
        }

        var (least, most) = (points.Min(point => point.Least), points.Max(point => point.Most));
        var (bottom, top) = (Math.Min(least, curve?.Value.Min() ?? least), Math.Max(most, curve?.Value.Max() ?? most));
        if (top - bottom < 1e-9)
        {
            (bottom, top) = (bottom - 1, top + 1);
        }

        var end = Math.Max(lengthS, 1e-6);
        (double X, double Y) Place(double atS, double value) => (Left + (Math.Clamp(atS / end, 0, 1) * Width), Top + ((top - value) / (top - bottom) * Height));
        var line = new ReportPen();
        var gapS = Math.Max(end / 40, 4 * channel.IntervalUs / 1e6);
        for (var i = 0; i < points.Count; i++)
        {
            line.To(Place(points[i].AtS, points[i].Mean), isNew: i == 0 || points[i].AtS - points[i - 1].AtS > gapS);
        }

        var band = ReportPen.Over(points.Select(point => Place(point.AtS, point.Most)).Concat(points.AsEnumerable().Reverse().Select(point => Place(point.AtS, point.Least))));
        var guess = curve is null ? new ReportPen() : ReportPen.Over(curve.AtS.Zip(curve.Value, Place));
        return new ReportChannel(channel, mean, least, most, count, flagged, leftOut, top, bottom, line.ToString(), $"{band}Z", guess.ToString());
    }

    private static long At(RepeatedField<long> column, int i) => i < column.Count ? column[i] : 0;
}

/// <summary>A class for its report. Times are UTC µs, null = no run, or the time is not known.</summary>
internal sealed record ReportOfClass(Lesson Lesson, bool Simulated, ImmutableArray<ReportGroup> Groups, ReportTogether? Together, ImmutableArray<ClassNote> Notes, long Revision, long? FromUtcUs, long? ToUtcUs);

/// <summary>One group; <paramref name="RunCount"/> counts runs that are not drawn, too.</summary>
internal sealed record ReportGroup(string Key, Sentence Name, ImmutableArray<ReportRun> Runs, int RunCount, ImmutableArray<Prediction> Guesses, ImmutableArray<ClassNote> Notes);

internal sealed record ReportRun(string Title, bool IsPractice, long StartUtcUs, long EndUtcUs, ImmutableArray<ReportChannel> Channels);

/// <summary>One channel over one run: NaN where nothing was measured; paths in halves of the picture's units.</summary>
internal sealed record ReportChannel(ClassChannel Channel, double Mean, double Least, double Most, long Count, long Flagged, long LeftOut, double Top, double Bottom, string Line, string Band, string Guess);

/// <summary>What the groups measured side by side: <paramref name="Of"/> says what and in which unit; from <paramref name="Bottom"/> to <paramref name="Top"/> of one scale.</summary>
internal sealed record ReportTogether(ReportChannel Of, double Bottom, double Top, ImmutableArray<ReportReach> Groups)
{
    public const double Left = 150;
    public const double Width = 420;
}

/// <summary>One group's row: its mean, and where lowest, mean and highest stand in the picture.</summary>
internal sealed record ReportReach(Sentence Name, double Mean, double LeastAt, double MeanAt, double MostAt);
