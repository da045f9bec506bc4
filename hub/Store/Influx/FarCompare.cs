namespace StemLab.Store.Influx;

/// <summary>Number and sum of one stretch of rows.</summary>
/// <param name="Rows">Rows with a value.</param>
/// <param name="Missing">Rows that say why there is none.</param>
/// <param name="Sum">Sum of the values, in the raw unit.</param>
/// <param name="Size">Greatest |value|, in the raw unit: what the sum is exact to.</param>
public readonly record struct RowTotals(long Rows, long Missing, double Sum, double Size)
{
    /// <summary>All rows.</summary>
    public long All => Rows + Missing;

    /// <summary>Equal counts, and sums equal as far as two orders of adding can be.</summary>
    /// <param name="other">The other side.</param>
    public bool Matches(RowTotals other) =>
        Rows == other.Rows && Missing == other.Missing && Math.Abs(Sum - other.Sum) <= 1e-11 * Math.Max(Rows, 1) * Math.Max(Size, other.Size);

    /// <summary>Both together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static RowTotals operator +(RowTotals left, RowTotals right) => Add(left, right);

    /// <summary>Both together.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static RowTotals Add(RowTotals left, RowTotals right) =>
        new(left.Rows + right.Rows, left.Missing + right.Missing, left.Sum + right.Sum, Math.Max(left.Size, right.Size));
}

/// <summary>Counts and adds up the same rows on both sides. Safe from any thread.</summary>
internal sealed class FarCompare(ObservationStore store, InfluxConnection connection)
{
    /// <summary>What the hub says of a range, from headers where it can: costs no InfluxDB.</summary>
    public static RowTotals Here(StoreSnapshot snapshot, SeriesId series, long fromUs, long toUs)
    {
        var bucket = new BucketAggregate[1];
        snapshot.Aggregate(series, [fromUs, toUs], bucket);
        return Of(bucket[0]);
    }

    /// <summary>What InfluxDB says of the same range.</summary>
    /// <exception cref="InfluxQueryException">It does not say.</exception>
    public async Task<RowTotals> ThereAsync(FarSeries series, FrozenClock clock, long fromUs, long toUs, CancellationToken cancellationToken)
    {
        var totals = default(RowTotals);
        await connection.QueryAsync(
            InfluxQl.Count(series.Agent, series.Input, series.BootNumber, clock.Ns(fromUs), clock.Ns(toUs)),
            (_, cells) =>
            {
                var (raw, all) = (cells[1].IsNull ? 0 : (long)cells[1].Number, cells[3].IsNull ? 0 : (long)cells[3].Number);
                totals = new RowTotals(raw, all - raw, cells[2].IsNull ? 0 : cells[2].Number, 0);
            },
            cancellationToken).ConfigureAwait(false);
        return totals;
    }

    /// <summary>The first and last time of a series, closed to a half-open range; false when it has no rows.</summary>
    public bool TryRange(SeriesId series, out long fromUs, out long toUs)
    {
        using var snapshot = store.Snapshot();
        return TryRange(snapshot, series, out fromUs, out toUs);
    }

    public static bool TryRange(StoreSnapshot snapshot, SeriesId series, out long fromUs, out long toUs)
    {
        var isThere = snapshot.TryEnds(series, out fromUs, out var lastUs);
        toUs = lastUs == long.MaxValue ? lastUs : lastUs + 1;
        return isThere;
    }

    public static RowTotals Of(in BucketAggregate bucket) => bucket.Count == 0
        ? new RowTotals(0, bucket.Missing, 0, 0)
        : new RowTotals(bucket.Count, bucket.Missing, bucket.Sum, Math.Max(Math.Abs(bucket.Min), Math.Abs(bucket.Max)));
}
