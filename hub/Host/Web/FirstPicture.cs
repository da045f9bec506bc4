using System.Collections.Immutable;
using System.Globalization;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>
/// The first chart of a page as the hub draws it: it stands before any script has come, and the living chart (chart.js) takes its place without moving anything.
/// So it lays itself out as that one does: the same span, room, steps and numbers. The width of a phone is not known here: where steps depend on it there are two sets, and the style sheet shows one. Immutable.
/// </summary>
public sealed record FirstPicture
{
    /// <summary>The drawing is so many units wide and high, whatever room it fills.</summary>
    public const int Side = 2 * Half;

    private const int Half = 500;

    /// <summary>Room of the drawing, px: of a phone and of a desk, as the style sheet makes it.</summary>
    private const double LowPx = 190;
    private const double TallPx = 260;
    private const double NarrowPx = 290;
    private const double BroadPx = 1010;
    private const double DotPx = 14;
    private static readonly int[] TimeSteps = [1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

    /// <summary>Paths of <see cref="ReportPen"/>: means; extremes a mean hides, empty = none.</summary>
    public required string Line { get; init; }

    public required string Band { get; init; }

    /// <summary>Where readings failed a check, in parts of the drawing's width; empty = nowhere.</summary>
    public required ImmutableArray<string> Failed { get; init; }

    /// <summary>Each point for itself, where they are far enough from each other; empty = they are not.</summary>
    public required string Dots { get; init; }

    /// <summary>True where they are so only in a wide picture.</summary>
    public bool AreDotsBroad { get; init; }

    /// <summary>Steps of the axis of values; one set, or a low and a tall one.</summary>
    public required ImmutableArray<PictureSteps> Values { get; init; }

    /// <summary>Steps of the axis of times, a narrow and a broad set.</summary>
    public required ImmutableArray<PictureSteps> Times { get; init; }

    /// <summary>The newest mean, and the middle of its time.</summary>
    public required double Newest { get; init; }

    /// <summary>As the reader's clock writes it; null = where that stands is not known yet.</summary>
    public DateTimeOffset? NewestAt { get; init; }

    /// <summary>Readings left out of the newest mean because they failed a check.</summary>
    public long NewestLeftOut { get; init; }

    /// <summary>Half-width of the time's bound, seconds; null = not known.</summary>
    public double? SigmaS { get; init; }

    /// <summary>Extremes of what is drawn.</summary>
    public required double Low { get; init; }

    public required double High { get; init; }

    /// <summary>1 = rises, −1 = falls, 0 = neither.</summary>
    public int Trend { get; init; }

    /// <param name="blocks">One channel's, in the order of time.</param>
    /// <param name="of">The channel.</param>
    /// <param name="fromUs">Left edge, UTC µs.</param>
    /// <param name="toUs">Right edge.</param>
    /// <param name="write">How the reader writes.</param>
    /// <param name="zone">Where the reader's clock stands; null = not known: no time is written.</param>
    /// <returns>Null where there is nothing to draw.</returns>
    internal static FirstPicture? Of(IEnumerable<BucketBlock> blocks, DeskChannel of, long fromUs, long toUs, PageFormat write, TimeSpan? zone)
    {
        var told = blocks.ToList();
        var (from, to) = (fromUs / 1e6, toUs / 1e6);
        var all = told.SelectMany(PointsOf).ToList();
        var seen = all.Where(point => point.T >= from && point.T <= to && point.Mean is not null).ToList();
        if (seen.Count == 0)
        {
            return null;
        }

        var gapS = of.IntervalS > 0 ? Math.Max(1.6 * told[0].WidthUs / 1e6, 3.5 * of.IntervalS) : double.PositiveInfinity;
        var (low, high) = (seen.Min(point => point.Low), seen.Max(point => point.High));
        var (middle, half) = AxisOf(low, high, 2.5 * Math.Pow(10, -of.Decimals));
        if (!double.IsFinite(4 * half) || Math.Abs(middle) >= 1e307)
        {
            return null;
        }

        (double X, double Y) Place(double t, double value) => ((t - from) / (to - from) * Half, (middle + half - value) / (2 * half) * Half);
        var room = RoomFor(middle - half, middle + half, of.Unit.Length > 0, write);
        var (narrow, broad) = (NarrowPx - room[0].RoomPx, BroadPx - room[^1].RoomPx);
        var dots = of.IntervalS == 0 || seen.Count <= broad / DotPx;
        var newest = all.Last(point => point.Mean is not null);
        return new FirstPicture
        {
            Line = LineOf(all, gapS, from, to, Place),
            Band = string.Concat(seen.Where(point => point.High > point.Low).Select((point, i) => (point, i)).GroupBy(one => Math.Round(one.point.T / (told[0].WidthUs / 1e6)) - one.i)
                .Select(run => BandOf([.. run.Select(one => one.point)], told[0].WidthUs / 2e6, Place))),
            Failed = [.. all.Where(point => point.Out > 0 && point.T >= from && point.T <= to).Select(point => Percent((point.T - from) / (to - from)))],
            Dots = dots ? DotsAt(seen.Select(point => Place(point.T, point.Mean!.Value))) : "",
            AreDotsBroad = of.IntervalS > 0 && seen.Count > narrow / DotPx,
            Values = room,
            Times = [TimesOf(from, to, narrow, zone, write) with { Shown = "few" }, TimesOf(from, to, broad, zone, write) with { Shown = "many" }],
            Newest = newest.Mean!.Value,
            NewestAt = zone is { } known ? DateTimeOffset.UnixEpoch.AddSeconds(newest.T).ToOffset(known) : null,
            NewestLeftOut = newest.Out,
            SigmaS = told.Max(block => block.SigmaUs) is >= 0 and var sigma ? sigma / 1e6 : null,
            Low = low,
            High = high,
            Trend = TrendOf([.. seen.Select(point => point.Mean!.Value)], Math.Max(0.1 * (high - low), Math.Pow(10, -of.Decimals))),
        };
    }

    private static IEnumerable<Point> PointsOf(BucketBlock block)
    {
        for (var i = 0; i < block.Index.Count; i++)
        {
            var left = i < block.Excluded.Count ? block.Excluded[i] : 0;
            yield return new Point((block.StartTimeUs + ((block.Index[i] + 0.5) * block.WidthUs)) / 1e6, double.IsFinite(block.Mean[i]) ? block.Mean[i] : null, block.Min[i], block.Max[i], left);
        }
    }

    /// <summary>With one neighbour on either side of what is seen.</summary>
    private static string LineOf(List<Point> all, double gapS, double from, double to, Func<double, double, (double X, double Y)> place)
    {
        var pen = new ReportPen();
        var isNew = true;
        var after = all.FindIndex(point => point.T >= to);
        for (var i = Math.Max(0, all.FindIndex(point => point.T >= from) - 1); i <= (after < 0 ? all.Count - 1 : after); i++)
        {
            if (all[i].Mean is not { } mean)
            {
                isNew = true;
                continue;
            }

            pen.To(place(all[i].T, mean), isNew || IsGap(all, i, gapS));
            isNew = false;
        }

        return pen.ToString();
    }

    /// <summary>Was nothing measured between a point and the one before? A lone long distance is a gap; a slow but even rhythm is not (as in track.js).</summary>
    private static bool IsGap(List<Point> all, int i, double gapS)
    {
        var distance = i > 0 ? all[i].T - all[i - 1].T : 0;
        bool IsEven(int a, int b) => a >= 0 && b < all.Count && distance < 1.7 * (all[b].T - all[a].T);
        return distance > gapS && (distance > 30 * gapS || (!IsEven(i - 2, i - 1) && !IsEven(i, i + 1)));
    }

    /// <summary>Of buckets that follow one another, from the beginning of the first to the end of the last.</summary>
    private static string BandOf(Point[] run, double halfS, Func<double, double, (double X, double Y)> place)
    {
        Point[] whole = [run[0] with { T = run[0].T - halfS }, .. run, run[^1] with { T = run[^1].T + halfS }];
        return $"{ReportPen.Over(whole.Select(point => place(point.T, point.High)).Concat(whole.Reverse().Select(point => place(point.T, point.Low))))}Z";
    }

    private static string DotsAt(IEnumerable<(double X, double Y)> places)
    {
        var pen = new ReportPen();
        foreach (var place in places)
        {
            pen.To(place, isNew: true);
        }

        return pen.ToString();
    }

    /// <summary>What the axis of values spans, as chart.js has it (bounds): never so little of a large number that steps on it are lost in its last digits.</summary>
    private static (double Middle, double Half) AxisOf(double low, double high, double least)
    {
        var middle = (low / 2) + (high / 2);
        return (middle, Math.Max(Math.Max(((high / 2) - (low / 2)) * 1.1, least), Math.Abs(middle) * 1e-9));
    }

    private static ImmutableArray<PictureSteps> RoomFor(double low, double high, bool hasUnit, PageFormat write)
    {
        var (least, tall) = (ValuesOf(low, high, LowPx, hasUnit, write), ValuesOf(low, high, TallPx, hasUnit, write));
        return least.Steps.SequenceEqual(tall.Steps) ? [least] : [least with { Shown = "low" }, tall with { Shown = "tall" }];
    }

    private static PictureSteps ValuesOf(double low, double high, double px, bool hasUnit, PageFormat write)
    {
        var step = StepOf((high - low) * 30 / px);
        var steps = new List<PictureStep>();
        for (var k = Math.Ceiling(low / step); k * step <= high; k++)
        {
            steps.Add(new PictureStep(Percent((high - (k * step)) / (high - low)), write.Plain(k * step, 4), null));
        }

        var longest = steps.Count == 0 ? 0 : steps.Max(one => one.Text.Length);
        return new PictureSteps("", (int)Math.Ceiling(Math.Max(46, 17 + (7.5 * longest))) + (hasUnit ? 20 : 0), [.. steps]);
    }

    /// <summary>The least of 1, 2, 2.5, 5 and their tens that is at least so much.</summary>
    private static double StepOf(double least)
    {
        var ten = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return new[] { 1, 2, 2.5, 5, 10 }.Select(many => many * ten).First(step => step >= least * (1 - 1e-9));
    }

    private static PictureSteps TimesOf(double from, double to, double px, TimeSpan? zone, PageFormat write)
    {
        var leastPx = px * 30 > (to - from) * 42 ? 64 : 42;
        var step = TimeSteps.FirstOrDefault(step => px * step / (to - from) >= leastPx, TimeSteps[^1]);
        var aheadS = (zone ?? TimeSpan.Zero).TotalSeconds;
        var steps = new List<PictureStep>();
        for (var t = Math.Ceiling((from + aheadS) / step) * step; t <= to + aheadS; t += step)
        {
            var at = DateTimeOffset.UnixEpoch.AddSeconds(t).DateTime;
            var isDay = steps.Count == 0 || at.TimeOfDay == TimeSpan.Zero;
            var place = Percent((t - aheadS - from) / (to - from));
            steps.Add(zone is null ? new PictureStep(place, "", null) : new PictureStep(place, at.ToString(step < 60 ? "HH:mm:ss" : "HH:mm", CultureInfo.InvariantCulture), isDay ? write.Day(at) : null));
        }

        return new PictureSteps("", 0, [.. steps]);
    }

    private static int TrendOf(double[] values, double least)
    {
        var quarter = (int)Math.Ceiling(values.Length / 4.0);
        var change = values.TakeLast(quarter).Average() - values.Take(quarter).Average();
        return Math.Abs(change) < least ? 0 : Math.Sign(change);
    }

    private static string Percent(double part) => (part * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    /// <summary>A bucket: the middle of its time in UTC seconds, its mean (null = none), its extremes, and how many readings it leaves out.</summary>
    private readonly record struct Point(double T, double? Mean, double Low, double High, long Out);
}

/// <summary>Steps of an axis.</summary>
/// <param name="Shown">Class under which the style sheet shows them; empty = always.</param>
/// <param name="RoomPx">Room beside the drawing.</param>
/// <param name="Steps">In order.</param>
public sealed record PictureSteps(string Shown, int RoomPx, ImmutableArray<PictureStep> Steps);

/// <summary>One step of an axis: where, in parts of the drawing, and what stands there; under a time, the day, where it is told.</summary>
public sealed record PictureStep(string At, string Text, string? Day);
