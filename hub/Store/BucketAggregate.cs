namespace StemLab.Store;

/// <summary>Makes values of the rows of one piece; all spans of one length.</summary>
/// <param name="tUs">µs of the series' boot, ascending.</param>
/// <param name="raw">What is stored; NaN where missing.</param>
/// <param name="values">Receives a value per row.</param>
/// <param name="missing">Holds 0 for a raw row, else the missing reason; set to anything but 0 to leave a row out and count it as missing.</param>
public delegate void RowChange(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, Span<double> values, Span<byte> missing);

/// <summary>Aggregate of the rows of one bucket. The default value is an empty bucket. Everything but <see cref="Missing"/> is over raw rows only.</summary>
public struct BucketAggregate : IEquatable<BucketAggregate>
{
    private double _sum;
    private double _correction;

    /// <summary>Number of raw rows; all other figures but <see cref="Missing"/> mean nothing when 0.</summary>
    public long Count { get; private set; }

    /// <summary>Number of missing rows.</summary>
    public long Missing { get; private set; }

    /// <summary>Smallest value, in the raw unit.</summary>
    public double Min { get; private set; }

    /// <summary>Largest value, in the raw unit.</summary>
    public double Max { get; private set; }

    /// <summary>Sum of the values, in the raw unit, compensated (Neumaier 1974).</summary>
    public readonly double Sum => _sum + _correction;

    /// <summary>First value in time, in the raw unit.</summary>
    public double First { get; private set; }

    /// <summary>Last value in time, in the raw unit.</summary>
    public double Last { get; private set; }

    /// <summary>µs of the first raw row, on the series' boot.</summary>
    public long FirstTUs { get; private set; }

    /// <summary>µs of the last raw row, on the series' boot.</summary>
    public long LastTUs { get; private set; }

    /// <summary>Adds one raw row, later than all before.</summary>
    /// <param name="tUs">µs of the series' boot.</param>
    /// <param name="raw">Finite value.</param>
    public void Add(long tUs, double raw) => Add(1, raw, raw, raw, raw, raw, tUs, tUs);

    /// <summary>Adds a bucket whose rows are all later on the same clock.</summary>
    /// <param name="later">The other bucket.</param>
    public void Add(in BucketAggregate later)
    {
        Missing += later.Missing;
        if (later.Count == 0)
        {
            return;
        }

        Add(later.Count, later.Min, later.Max, later._sum, later.First, later.Last, later.FirstTUs, later.LastTUs);
        AddCompensated(later._correction);
    }

    internal void Add(long count, double min, double max, double sum, double first, double last, long firstTUs, long lastTUs)
    {
        if (Count == 0)
        {
            (Min, Max, First, FirstTUs) = (min, max, first, firstTUs);
        }
        else
        {
            Min = Math.Min(Min, min);
            Max = Math.Max(Max, max);
        }

        (Last, LastTUs) = (last, lastTUs);
        Count += count;
        AddCompensated(sum);
    }

    internal void AddMissing(long rows) => Missing += rows;

    private void AddCompensated(double value)
    {
        var sum = _sum + value;
        _correction += Math.Abs(_sum) >= Math.Abs(value) ? _sum - sum + value : value - sum + _sum;
        _sum = sum;
    }

    /// <inheritdoc/>
    public readonly bool Equals(BucketAggregate other) =>
        Count == other.Count && Missing == other.Missing && Min.Equals(other.Min) && Max.Equals(other.Max)
        && Sum.Equals(other.Sum) && First.Equals(other.First) && Last.Equals(other.Last)
        && FirstTUs == other.FirstTUs && LastTUs == other.LastTUs;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is BucketAggregate other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Count, Missing, Min, Max, Sum, FirstTUs, LastTUs);

    /// <summary>Same figures.</summary>
    public static bool operator ==(BucketAggregate left, BucketAggregate right) => left.Equals(right);

    /// <summary>Other figures.</summary>
    public static bool operator !=(BucketAggregate left, BucketAggregate right) => !left.Equals(right);
}
