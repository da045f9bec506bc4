namespace StemLab.Benchmarks;

/// <summary>Many durations in few bytes: counts by 1/16 octave of microseconds (4 % wide), 1 µs … 60 s. One owner; adding is cheap.</summary>
internal sealed class Durations
{
    private const int PerOctave = 16;

    private readonly long[] _counts = new long[27 * PerOctave];

    public long Count { get; private set; }

    public void Add(double us)
    {
        _counts[Math.Clamp((int)(Math.Log2(Math.Max(us, 1)) * PerOctave), 0, _counts.Length - 1)]++;
        Count++;
    }

    public void Add(Durations others)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += others._counts[i];
        }

        Count += others.Count;
    }

    /// <summary>The upper edge of the part that holds the quantile, ms; 0 when there is nothing.</summary>
    public double Ms(double quantile)
    {
        var rank = (long)(quantile * Count);
        for (var i = 0; i < _counts.Length; i++)
        {
            if ((rank -= _counts[i]) < 0)
            {
                return Math.Pow(2, (i + 1) / (double)PerOctave) / 1000;
            }
        }

        return 0;
    }
}
