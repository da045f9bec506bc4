using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StemLab.Store.Chunks;

/// <summary>A row of the chunk table: extent and aggregates, so that most reads need no data.</summary>
internal struct ChunkHeader
{
    public long T0;
    public long T1;
    public int Rows;
    public int MissingRows;

    // Over raw rows; mean nothing when there are none.
    public double Min;
    public double Max;
    public double Sum;
    public double First;
    public double Last;
    public long FirstRawT;
    public long LastRawT;
    public long DataId;

    public readonly int RawRows => Rows - MissingRows;

    /// <summary>The rows themselves are only in InfluxDB; the header stays here.</summary>
    public readonly bool IsRemote => DataId == 0;

    /// <summary>Computes everything but the data id from rows.</summary>
    public static ChunkHeader Of(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        var header = new ChunkHeader { T0 = tUs[0], T1 = tUs[^1], Rows = tUs.Length };
        var aggregate = default(BucketAggregate);
        Aggregates.Add(ref aggregate, tUs, raw, missing);
        header.MissingRows = (int)aggregate.Missing;
        (header.Min, header.Max, header.Sum, header.First, header.Last) = (aggregate.Min, aggregate.Max, aggregate.Sum, aggregate.First, aggregate.Last);
        (header.FirstRawT, header.LastRawT) = (aggregate.FirstTUs, aggregate.LastTUs);
        return header;
    }

    public readonly void AddTo(ref BucketAggregate bucket)
    {
        bucket.AddMissing(MissingRows);
        if (RawRows > 0)
        {
            bucket.Add(RawRows, Min, Max, Sum, First, Last, FirstRawT, LastRawT);
        }
    }
}

/// <summary>Adds rows to a bucket; the one place where values are summed.</summary>
internal static class Aggregates
{
    /// <summary>Adds rows later than those in the bucket.</summary>
    /// <param name="bucket">Where to.</param>
    /// <param name="tUs">Ascending times.</param>
    /// <param name="raw">Same length.</param>
    /// <param name="missing">Same length, or empty when none is missing.</param>
    public static void Add(ref BucketAggregate bucket, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        if (tUs.IsEmpty)
        {
            return;
        }

        if (!missing.IsEmpty && missing.ContainsAnyExcept((byte)0))
        {
            AddSparse(ref bucket, tUs, raw, missing);
            return;
        }

        Fold(raw, out var min, out var max, out var sum);
        bucket.Add(raw.Length, min, max, sum, raw[0], raw[^1], tUs[0], tUs[^1]);
    }

    private static void AddSparse(ref BucketAggregate bucket, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        for (var i = 0; i < tUs.Length; i++)
        {
            if (missing[i] == 0)
            {
                bucket.Add(tUs[i], raw[i]);
            }
            else
            {
                bucket.AddMissing(1);
            }
        }
    }

    /// <summary>
    /// Least, greatest and sum. The sum is part of what a store holds, so it is the same on every machine and in every kind of program (FORMAT.md): four lanes, each with the exact
    /// error of its additions, here as two pairs; not as many lanes as the machine has.
    /// </summary>
    private static void Fold(ReadOnlySpan<double> raw, out double min, out double max, out double sum)
    {
        (min, max, sum) = (raw[0], raw[0], 0);
        var i = 0;
        if (raw.Length >= 2 * LanePair.Count * 2)
        {
            var (low, high) = (new LanePair(raw), new LanePair(raw[LanePair.Count..]));
            for (; i <= raw.Length - (2 * LanePair.Count); i += 2 * LanePair.Count)
            {
                low.Add(raw[i..]);
                high.Add(raw[(i + LanePair.Count)..]);
            }

            for (var lane = 0; lane < LanePair.Count; lane++)
            {
                min = Math.Min(min, Math.Min(low.Mins[lane], high.Mins[lane]));
                max = Math.Max(max, Math.Max(low.Maxs[lane], high.Maxs[lane]));
            }

            sum = LanePair.Sum(low.Sums, high.Sums) + LanePair.Sum(low.Corrections, high.Corrections);
        }

        for (; i < raw.Length; i++)
        {
            min = Math.Min(min, raw[i]);
            max = Math.Max(max, raw[i]);
            sum += raw[i];
        }
    }

    /// <summary>Two of the four lanes.</summary>
    private struct LanePair(ReadOnlySpan<double> first)
    {
        public const int Count = 2;

        public Vector128<double> Mins = Vector128.Create(first);
        public Vector128<double> Maxs = Vector128.Create(first);
        public Vector128<double> Sums;
        public Vector128<double> Corrections;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ReadOnlySpan<double> raw)
        {
            var values = Vector128.Create(raw);
            Mins = Vector128.Min(Mins, values);
            Maxs = Vector128.Max(Maxs, values);

            // Knuth's two-sum: exact error of each addition.
            var next = Sums + values;
            var back = next - Sums;
            Corrections += (Sums - (next - back)) + (values - back);
            Sums = next;
        }

        public static double Sum(Vector128<double> low, Vector128<double> high) => (low[0] + low[1]) + (high[0] + high[1]);
    }
}
