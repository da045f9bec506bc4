using StemLab.Hub.Derive;
using StemLab.Science.Units;
using StemLab.Store;
using StemLab.V1;
using QcFlag = StemLab.Science.Quality.QcFlag;

namespace StemLab.Hub.Query;

/// <summary>
/// Aggregates of one channel over a grid: where one affine map leads to values, raw aggregates from the store's chunk headers are carried over; where a curve,
/// a drift or a compensation does, every row is derived. One use, one thread.
/// </summary>
internal sealed class ChannelBuckets
{
    private readonly BucketGrid _grid;
    private readonly Bucket[] _buckets;
    private readonly SiblingRows _siblings;
    private readonly DerivedColumns _columns = new(valuesOnly: true);
    private long _sigmaUs;

    public ChannelBuckets(BucketGrid grid, SiblingRows siblings)
    {
        _grid = grid;
        _siblings = siblings;
        _buckets = new Bucket[grid.Count];
    }

    /// <summary>Adds one series: edges are inverted through its own time map, and cut where its map from raw to value changes.</summary>
    /// <param name="flags">Verdicts on its rows: what fails is left out, and everything is counted by flag.</param>
    public void Add(StoreSnapshot snapshot, SeriesDerivation series, SeriesFlags flags)
    {
        var edges = new long[_grid.Count + 1];
        for (var i = 0; i < edges.Length; i++)
        {
            edges[i] = series.Map.ToBoot(_grid.Edge(i));
        }

        if (!snapshot.TryExtent(series.Entry.Id, out var firstUs, out var lastUs) || lastUs < edges[0] || firstUs >= edges[^1])
        {
            return;
        }

        var clamped = new long[edges.Length];
        (long FromT, long LastT, byte Flag)[] runs = [.. flags.Final()];
        foreach (var span in series.Spans)
        {
            if (span.ToT <= edges[0] || span.FromT >= edges[^1])
            {
                continue;
            }

            for (var i = 0; i < edges.Length; i++)
            {
                clamped[i] = Math.Clamp(edges[i], span.FromT, span.ToT);
            }

            var pieces = FlagPieces.Of(clamped, runs);
            var raw = new BucketAggregate[pieces.Count];
            var carriesOver = span.IsAffine || !span.HasValue;
            if (carriesOver)
            {
                snapshot.Aggregate(series.Entry.Id, pieces.Edges, raw);
            }
            else
            {
                snapshot.Aggregate(series.Entry.Id, pieces.Edges, (tUs, rows, values, missing) => Derive(series, tUs, rows, values, missing), raw);
            }

            for (var i = 0; i < raw.Length; i++)
            {
                Take(ref _buckets[pieces.BucketOf(i)], raw[i], pieces.FlagOf(i), span.HasValue, carriesOver ? span.Map : AffineMap.Identity, series);
            }
        }
    }

    /// <summary>The block to send; null when no bucket has rows.</summary>
    /// <param name="channelRef">Stands for the channel on the stream.</param>
    /// <param name="baseline">The same rows read otherwise, on the same grid; absent = not asked for.</param>
    public BucketBlock? Block(uint channelRef, ChannelBuckets? baseline = null)
    {
        var block = new BucketBlock { ChannelRef = channelRef, StartTimeUs = _grid.StartUs, WidthUs = _grid.WidthUs, SigmaUs = _sigmaUs == long.MaxValue ? -1 : _sigmaUs };
        for (var i = 0; i < _buckets.Length; i++)
        {
            ref readonly var bucket = ref _buckets[i];
            if (bucket.Count == 0 && bucket.Missing == 0 && bucket.Fail == 0)
            {
                continue;
            }

            var has = bucket.Count > 0;
            block.Index.Add((uint)i);
            block.Count.Add(bucket.Count);
            block.Min.Add(has ? bucket.Min : double.NaN);
            block.Max.Add(has ? bucket.Max : double.NaN);
            block.Mean.Add(has ? bucket.Sum / bucket.Count : double.NaN);
            block.First.Add(has ? bucket.First : double.NaN);
            block.Last.Add(has ? bucket.Last : double.NaN);
            block.Excluded.Add(bucket.Missing + bucket.Fail);
            block.NotEvaluated.Add(bucket.NotEvaluated);
            block.Suspect.Add(bucket.Suspect);
            block.Fail.Add(bucket.Fail);
            block.Missing.Add(bucket.Missing);
            if (baseline is not null)
            {
                block.BaselineMean.Add(baseline._buckets[i].Count > 0 ? baseline._buckets[i].Sum / baseline._buckets[i].Count : double.NaN);
            }
        }

        return block.Index.Count == 0 ? null : block;
    }

    private void Derive(SeriesDerivation series, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, Span<double> values, Span<byte> missing)
    {
        series.Values(tUs, raw, missing, _siblings, _columns);
        _columns.Value.AsSpan(0, values.Length).CopyTo(values);
        NotANumber.Mark(values, missing);
    }

    private void Take(ref Bucket into, in BucketAggregate raw, QcFlag flag, bool hasValue, AffineMap map, SeriesDerivation series)
    {
        into.Missing += raw.Missing + (hasValue ? 0 : raw.Count);
        if (raw.Count == 0 || !hasValue)
        {
            return;
        }

        into.Fail += flag == QcFlag.Fail ? raw.Count : 0;
        into.Suspect += flag == QcFlag.Suspect ? raw.Count : 0;
        into.NotEvaluated += flag == QcFlag.NotEvaluated ? raw.Count : 0;
        if (flag == QcFlag.Fail)
        {
            return;
        }

        _sigmaUs = Math.Max(_sigmaUs, Math.Max(series.Map.SigmaUs(raw.FirstTUs), series.Map.SigmaUs(raw.LastTUs)));
        into.Add(raw, map, series.Map.ToUtc(raw.FirstTUs), series.Map.ToUtc(raw.LastTUs));
    }

    private struct Bucket
    {
        public long Count;
        public long NotEvaluated;
        public long Suspect;
        public long Fail;
        public long Missing;
        public double Min;
        public double Max;
        public double Sum;
        public double First;
        public double Last;
        private long _firstUtcUs;
        private long _lastUtcUs;

        /// <summary>An affine map carries aggregates over; a negative slope swaps the extremes.</summary>
        public void Add(in BucketAggregate raw, AffineMap map, long firstUtcUs, long lastUtcUs)
        {
            var (low, high) = map.Slope < 0 ? (map.Apply(raw.Max), map.Apply(raw.Min)) : (map.Apply(raw.Min), map.Apply(raw.Max));
            if (Count == 0)
            {
                (Min, Max, First, _firstUtcUs, Last, _lastUtcUs) = (low, high, map.Apply(raw.First), firstUtcUs, map.Apply(raw.Last), lastUtcUs);
            }
            else
            {
                Min = Math.Min(Min, low);
                Max = Math.Max(Max, high);
                (First, _firstUtcUs) = firstUtcUs < _firstUtcUs ? (map.Apply(raw.First), firstUtcUs) : (First, _firstUtcUs);
                (Last, _lastUtcUs) = lastUtcUs >= _lastUtcUs ? (map.Apply(raw.Last), lastUtcUs) : (Last, _lastUtcUs);
            }

            Count += raw.Count;
            Sum += (map.Slope * raw.Sum) + (map.Offset * raw.Count);
        }
    }
}
