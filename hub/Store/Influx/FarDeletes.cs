using StemLab.Store.Sqlite;

namespace StemLab.Store.Influx;

/// <summary>Ranges erased or dropped here that InfluxDB is still to delete. Safe from any thread.</summary>
internal sealed class FarDeletes(ObservationStore store, InfluxConnection connection, FarCompare compare)
{
    private readonly Lock _gate = new();
    private readonly List<OwedRange> _ranges = store.Read(FarTables.Deletes);

    /// <summary>True while something is to be deleted.</summary>
    public bool HasAny
    {
        get
        {
            lock (_gate)
            {
                return _ranges.Count > 0;
            }
        }
    }

    /// <summary>Writer thread, inside the transaction that erases; the rows are still there.</summary>
    public void Add(SqliteSession session, IEnumerable<RowMask> masks)
    {
        List<OwedRange> ranges = [];
        using (var snapshot = store.Snapshot())
        {
            foreach (var mask in masks)
            {
                // No further than the series goes: InfluxDB deletes by time, and other boots have their rows before and after.
                if (FarCompare.TryRange(snapshot, mask.Series, out var fromUs, out var toUs) && mask.FromUs < toUs && mask.ToUs > fromUs)
                {
                    ranges.Add(new OwedRange(mask.Series, Math.Max(fromUs, mask.FromUs), Math.Min(toUs, mask.ToUs)));
                }
            }
        }

        FarTables.AddDeletes(session, ranges);
        lock (_gate)
        {
            _ranges.AddRange(ranges);
        }
    }

    /// <summary>The server went back: what was deleted there may be there again.</summary>
    public async ValueTask AgainAsync(CancellationToken cancellationToken)
    {
        await store.WriteAsync(FarTables.DeleteAgain, cancellationToken: cancellationToken).ConfigureAwait(false);
        var ranges = store.Read(FarTables.Deletes);
        lock (_gate)
        {
            _ranges.AddRange(ranges.Except(_ranges));
        }
    }

    /// <summary>Deletes what waits. Rows of the same input on other boots' clocks that stand in between are brought here first, and sent again after.</summary>
    /// <param name="find">Names and clock of a series.</param>
    /// <param name="bringBack">Brings bodies of a range here.</param>
    /// <param name="oweAsync">Has a range sent again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Stored, or why InfluxDB does not delete now; and whether something was done.</returns>
    public async Task<(InfluxReply Reply, bool Did)> StepAsync(
        Func<SeriesId, (FarSeries Series, FrozenClock Clock)?> find,
        Func<OwedRange, CancellationToken, Task> bringBack,
        Func<IReadOnlyCollection<OwedRange>, CancellationToken, ValueTask> oweAsync,
        CancellationToken cancellationToken)
    {
        OwedRange[] ranges;
        lock (_gate)
        {
            ranges = [.. _ranges];
        }

        foreach (var range in ranges)
        {
            if (connection.Deletes && find(range.Series) is { } named)
            {
                var (fromNs, toNs) = (named.Clock.Ns(range.FromUs), named.Clock.Ns(range.ToUs));
                var neighbours = Neighbours(range, named.Series, find, fromNs, toNs);
                foreach (var neighbour in neighbours)
                {
                    await bringBack(neighbour, cancellationToken).ConfigureAwait(false);
                }

                await oweAsync(neighbours, cancellationToken).ConfigureAwait(false);
                var reply = await connection.DeleteAsync(InfluxQl.Delete(named.Series.Agent, named.Series.Input, fromNs, toNs), cancellationToken).ConfigureAwait(false);
                if (reply.Kind is not (ReplyKind.Stored or ReplyKind.MissingDatabase))
                {
                    return (reply.Kind == ReplyKind.Rejected ? reply with { Kind = ReplyKind.Misconfigured } : reply, false);
                }
            }

            await store.WriteAsync(session => FarTables.Deleted(session, range), cancellationToken: cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _ranges.Remove(range);
            }
        }

        return (InfluxReply.Ok, ranges.Length > 0);
    }

    private List<OwedRange> Neighbours(OwedRange erased, FarSeries series, Func<SeriesId, (FarSeries Series, FrozenClock Clock)?> find, long fromNs, long toNs)
    {
        List<OwedRange> neighbours = [];
        foreach (var entry in store.Dictionary.Series.ToArray().Where(entry => entry.Id != erased.Series && entry.Agent == series.Entry.Agent && entry.Input == series.Entry.Input))
        {
            if (find(entry.Id) is var (_, clock) && compare.TryRange(entry.Id, out var firstUs, out var endUs) && clock.Ns(firstUs) < toNs && clock.Ns(endUs) > fromNs)
            {
                neighbours.Add(new OwedRange(entry.Id, Math.Max(firstUs, (fromNs / 1000) - clock.OffsetUs - 1), Math.Min(endUs, (toNs / 1000) - clock.OffsetUs + 1)));
            }
        }

        return neighbours;
    }
}
