namespace StemLab.Hub.Query;

/// <summary>UTC-aligned buckets over a range: number, width and edges. Pure.</summary>
/// <param name="StartUs">Start of bucket 0, a multiple of the width since 1970.</param>
/// <param name="WidthUs">Width, µs.</param>
/// <param name="Count">Number of buckets, at least 1.</param>
internal readonly record struct BucketGrid(long StartUs, long WidthUs, int Count)
{
    private const long Second = 1_000_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    /// <summary>Widths people can say.</summary>
    private static readonly long[] Widths =
    [
        1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
        Second, 2 * Second, 5 * Second, 10 * Second, 15 * Second, 30 * Second,
        Minute, 2 * Minute, 5 * Minute, 10 * Minute, 15 * Minute, 30 * Minute,
        Hour, 2 * Hour, 3 * Hour, 6 * Hour, 12 * Hour, Day, 2 * Day, 7 * Day, 14 * Day, 28 * Day, 91 * Day, 182 * Day, 364 * Day,
    ];

    /// <summary>The finest nice grid of at most so many buckets that covers [from, to).</summary>
    public static BucketGrid Over(long fromUs, long toUs, int mostBuckets)
    {
        foreach (var width in Widths)
        {
            var grid = With(fromUs, toUs, width);
            if (grid.Count <= mostBuckets)
            {
                return grid;
            }
        }

        var wide = Widths[^1];
        while (With(fromUs, toUs, wide).Count > mostBuckets)
        {
            wide = checked(wide * 2);
        }

        return With(fromUs, toUs, wide);
    }

    /// <summary>Start of bucket i; i = <see cref="Count"/> is the end of the last.</summary>
    public long Edge(int i) => StartUs + (i * WidthUs);

    private static BucketGrid With(long fromUs, long toUs, long width)
    {
        var first = FloorDivide(fromUs, width);
        var last = FloorDivide(Math.Max(fromUs, toUs - 1), width);
        return new BucketGrid(first * width, width, (int)Math.Min(int.MaxValue, last - first + 1));
    }

    private static long FloorDivide(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);
}
