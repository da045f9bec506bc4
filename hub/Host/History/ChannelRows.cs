using StemLab.Hub.Derive;
using StemLab.Store;

namespace StemLab.Hub.History;

/// <summary>
/// The rows of one channel in a UTC range, derived, in the order (utc, boot_no, boot_id, t, input), over all its series.
/// Read lazily, once, on one thread, while the snapshot is open.
/// </summary>
internal sealed class ChannelRows
{
    private readonly List<SeriesCursor> _cursors = [];

    /// <param name="snapshot">The rows.</param>
    /// <param name="derivation">What they mean.</param>
    /// <param name="channel">Of that derivation.</param>
    /// <param name="fromUtcUs">First UTC µs wanted.</param>
    /// <param name="toUtcUs">First UTC µs not wanted.</param>
    /// <param name="flags">Verdicts to lay over the rows; absent = they keep the flag they were derived with.</param>
    /// <param name="baseline">Also derive under it; absent = no.</param>
    /// <param name="withUncertainty">Also derive the uncertainty of values.</param>
    /// <param name="inputFlags">Verdicts on the readings a compensated value is made with; absent = they do not travel.</param>
    public ChannelRows(
        StoreSnapshot snapshot,
        Derivation derivation,
        ChannelView channel,
        long fromUtcUs,
        long toUtcUs,
        ChannelFlags? flags = null,
        Baseline? baseline = null,
        bool withUncertainty = false,
        FlagsOfSeries? inputFlags = null)
    {
        var siblings = new SiblingRows(snapshot, derivation, inputFlags);
        var siblingsThen = baseline is null ? null : new SiblingRows(snapshot, baseline.Of ?? derivation);
        foreach (var id in channel.Series)
        {
            // A series made after the snapshot was taken has no rows in it.
            var series = derivation.Series(id);
            if (!snapshot.Dictionary.TryFind(series.Entry.Id, out _))
            {
                continue;
            }

            var runs = snapshot.Rows(series.Entry.Id, series.Map.ToBoot(fromUtcUs), ToBootExclusive(series, toUtcUs));
            var cursor = new SeriesCursor(series, runs, siblings, baseline?.For(series), siblingsThen, withUncertainty) { Flags = flags?.Of(id) ?? SeriesFlags.None };
            if (cursor.Advance())
            {
                _cursors.Add(cursor);
            }
        }
    }

    /// <summary>Gives the next stretch: consecutive rows of one series, at most so many.</summary>
    /// <returns>False at the end.</returns>
    public bool TryNext(int mostRows, out RowStretch stretch)
    {
        stretch = default;
        if (_cursors.Count == 0)
        {
            return false;
        }

        var first = 0;
        for (var i = 1; i < _cursors.Count; i++)
        {
            first = _cursors[i].CompareTo(_cursors[first]) < 0 ? i : first;
        }

        var cursor = _cursors[first];
        var from = cursor.At;
        var to = Math.Min(cursor.Count, from + mostRows);
        to = Until(cursor, from, to);
        stretch = new RowStretch(cursor.Series, cursor.Columns, cursor.Run, from, to - from) { Baseline = cursor.Baseline };
        cursor.PassTo(to);
        return true;
    }

    /// <summary>Call when a stretch has been used: its columns may be overwritten now.</summary>
    public void Release()
    {
        for (var i = _cursors.Count - 1; i >= 0; i--)
        {
            if (_cursors[i].At == _cursors[i].Count && !_cursors[i].Advance())
            {
                _cursors.RemoveAt(i);
            }
        }
    }

    private static long ToBootExclusive(SeriesDerivation series, long utcUs) => utcUs == long.MaxValue ? long.MaxValue : series.Map.ToBoot(utcUs);

    /// <summary>The row at which another series takes over.</summary>
    private int Until(SeriesCursor cursor, int from, int to)
    {
        foreach (var other in _cursors)
        {
            if (ReferenceEquals(other, cursor))
            {
                continue;
            }

            if (cursor.CompareRow(to - 1, other) < 0)
            {
                continue;
            }

            var row = from + 1;
            while (row < to && cursor.CompareRow(row, other) < 0)
            {
                row++;
            }

            to = row;
        }

        return to;
    }
}
