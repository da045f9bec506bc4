using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Google.Protobuf.Collections;
using StemLab.Hub.Classroom;
using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>What a class measured, computed for its report: each run of each group with its channels, predictions and published notes. Stateless.</summary>
internal sealed class ClassReport(ClassBook book, ReadingQuery query)
{
    private const int Buckets = 300;
    private const int MostRuns = 8;
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
        var groups = ImmutableArray.CreateBuilder<ReportGroup>();
        foreach (var group in state.Groups)
        {
            ImmutableArray<Prediction> own = [.. guesses.Where(guess => guess.Group == group.Key)];
            var runs = ImmutableArray.CreateBuilder<ReportRun>();
            foreach (var run in group.Runs.Where(run => run.HasStartTimeUs).TakeLast(MostRuns))
            {
                var end = run.HasEndTimeUs ? run.EndTimeUs : state.NowTimeUs;
                if (end > run.StartTimeUs)
                {
                    runs.Add(new ReportRun(run.Title, run.StartTimeUs, end, await ChannelsOfAsync(run, end, group, own, cancellationToken)));
                }
            }

            groups.Add(new ReportGroup(group.Key, group.Name, runs.ToImmutable(), own, [.. notes.Where(note => note.Group == group.Key)]));
        }

        var all = groups.SelectMany(group => group.Runs).ToList();
        return new ReportOfClass(
            state.Lesson, state.Simulated, groups.ToImmutable(), notes, query.DerivationAt(0).Revision, all.Count == 0 ? null : all.Min(run => run.StartUtcUs), all.Count == 0 ? null : all.Max(run => run.EndUtcUs));
    }

    private async Task<ImmutableArray<ReportChannel>> ChannelsOfAsync(ClassRun run, long endUtcUs, ClassGroup group, ImmutableArray<Prediction> guesses, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<ReportChannel>();
        foreach (var name in run.Channels)
        {
            var channel = group.Channels.FirstOrDefault(known => known.Name == name) ?? new ClassChannel { Name = name, Property = new Sentence { En = name, Vi = name } };
            var request = new QueryReadingsRequest { StartTimeUs = run.StartTimeUs, EndTimeUs = endUtcUs, MaxBuckets = Buckets };
            var points = new List<(double AtS, double Mean, double Least, double Most)>();
            var (sum, count, flagged) = (0.0, 0L, 0L);
            await foreach (var answer in query.RunAsync(request, ChannelSelection.Parse([name], out _), cancellationToken))
            {
                foreach (var block in answer.Buckets)
                {
                    for (var i = 0; i < block.Index.Count; i++)
                    {
                        flagged += At(block.Suspect, i) + At(block.Fail, i);
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

            found.Add(Draw(channel, points, count == 0 ? double.NaN : sum / count, count, flagged, (endUtcUs - run.StartTimeUs) / 1e6, guesses));
        }

        return found.ToImmutable();
    }

    private static ReportChannel Draw(
        ClassChannel channel, List<(double AtS, double Mean, double Least, double Most)> points, double mean, long count, long flagged, double lengthS, ImmutableArray<Prediction> guesses)
    {
        var curve = guesses.FirstOrDefault(guess => guess.Value.Count > 1 && (guess.Of == channel.ObservedProperty || guess.Of == channel.Name));
        if (points.Count == 0)
        {
            return new ReportChannel(channel, double.NaN, double.NaN, double.NaN, 0, flagged, double.NaN, double.NaN, "", "", "");
        }

        var (least, most) = (points.Min(point => point.Least), points.Max(point => point.Most));
        var (bottom, top) = (Math.Min(least, curve?.Value.Min() ?? least), Math.Max(most, curve?.Value.Max() ?? most));
        if (top - bottom < 1e-9)
        {
            (bottom, top) = (bottom - 1, top + 1);
        }

        var end = Math.Max(lengthS, 1e-6);
        string Place(double atS, double value) => string.Create(CultureInfo.InvariantCulture, $"{Left + (Math.Clamp(atS / end, 0, 1) * Width):F1} {Top + ((top - value) / (top - bottom) * Height):F1}");
        var line = new StringBuilder();
        var gapS = Math.Max(end / 40, 4 * channel.IntervalUs / 1e6);
        for (var i = 0; i < points.Count; i++)
        {
            line.Append(i == 0 || points[i].AtS - points[i - 1].AtS > gapS ? 'M' : 'L').Append(Place(points[i].AtS, points[i].Mean));
        }

        var band = $"M{string.Join('L', points.Select(point => Place(point.AtS, point.Most)).Concat(points.AsEnumerable().Reverse().Select(point => Place(point.AtS, point.Least))))}Z";
        var guess = curve is null ? "" : $"M{string.Join('L', curve.AtS.Zip(curve.Value, Place))}";
        return new ReportChannel(channel, mean, least, most, count, flagged, top, bottom, line.ToString(), band, guess);
    }

    private static long At(RepeatedField<long> column, int i) => i < column.Count ? column[i] : 0;
}

/// <summary>A class for its report. Times are UTC µs, null = no run, or the time is not known.</summary>
internal sealed record ReportOfClass(Lesson Lesson, bool Simulated, ImmutableArray<ReportGroup> Groups, ImmutableArray<ClassNote> Notes, long Revision, long? FromUtcUs, long? ToUtcUs);

internal sealed record ReportGroup(string Key, Sentence Name, ImmutableArray<ReportRun> Runs, ImmutableArray<Prediction> Guesses, ImmutableArray<ClassNote> Notes);

internal sealed record ReportRun(string Title, long StartUtcUs, long EndUtcUs, ImmutableArray<ReportChannel> Channels);

/// <summary>One channel over one run: NaN where nothing was measured; paths in the picture's own units.</summary>
internal sealed record ReportChannel(ClassChannel Channel, double Mean, double Least, double Most, long Count, long Flagged, double Top, double Bottom, string Line, string Band, string Guess);
