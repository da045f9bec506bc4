using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>Compares two derivations: which stored rows now read differently. One comparison, one instance.</summary>
internal sealed class ChangeFinder
{
    private readonly StoredExtents _extents;
    private readonly SortedDictionary<string, (long From, long To)> _spans = new(StringComparer.Ordinal);

    public ChangeFinder(StoredExtents extents) => _extents = extents;

    public ImmutableArray<ChangedSpan> Between(Derivation before, Derivation after)
    {
        for (int id = 1; id <= Math.Min(before.SeriesCount, after.SeriesCount); id++)
        {
            Compare(before, after, before.Series(new SeriesId(id)), after.Series(new SeriesId(id)));
        }

        TakenOut(before, after);

        return [.. _spans.Select(span => new ChangedSpan(span.Key, span.Value.From, span.Value.To))];
    }

    /// <summary>Rows erased or dropped since: whoever shows them asks again.</summary>
    private void TakenOut(Derivation before, Derivation after)
    {
        if (before.Revision == after.Revision)
        {
            return;
        }

        foreach ((SeriesId id, ImmutableArray<RemovedRows> removed) in after.Removed)
        {
            int known = before.Removed.TryGetValue(id, out ImmutableArray<RemovedRows> earlier) ? earlier.Length : 0;
            if (removed.Length != known && _extents.TryFind(id, out long firstUs, out long lastUs) && after.TryFindSeries(id, out SeriesDerivation? series))
            {
                long fromT = Math.Max(firstUs, removed.Min(rows => rows.FromT));
                long toT = Math.Min(lastUs, removed.Max(rows => rows.ToT) - 1);
                if (fromT <= toT)
                {
                    Add(series.Channel.Name, series.Map.ToUtc(fromT), series.Map.ToUtc(toT));
                }
            }
        }
    }

    private void Compare(Derivation was, Derivation isNow, SeriesDerivation before, SeriesDerivation after)
    {
        (long fromT, long toT) = (long.MaxValue, long.MinValue);
        if (!ReferenceEquals(before, after) && TryChangedTimes(before, after, out long from, out long to))
        {
            (fromT, toT) = (from, to);
        }

        Siblings(was, isNow, before, after, [], ref fromT, ref toT);
        if (fromT > toT)
        {
            return;
        }

        if (!_extents.TryFind(after.Entry.Id, out long firstUs, out long lastUs) || lastUs < fromT || firstUs > toT)
        {
            return;
        }

        fromT = Math.Max(fromT, firstUs);
        toT = Math.Min(toT, lastUs);
        bool moved = before.Channel.Name != after.Channel.Name;
        if (moved)
        {
            Add(before.Channel.Name, before.Map.ToUtc(fromT), before.Map.ToUtc(toT));
            Add(after.Channel.Name, after.Map.ToUtc(fromT), after.Map.ToUtc(toT));
            return;
        }

        Add(after.Channel.Name, Math.Min(before.Map.ToUtc(fromT), after.Map.ToUtc(fromT)), Math.Max(before.Map.ToUtc(toT), after.Map.ToUtc(toT)));
    }

    /// <summary>A compensated value also changes where the readings it is made with do, for as long as one of them counts.</summary>
    /// <param name="above">Whose values are made with this one's.</param>
    private void Siblings(
        Derivation was, Derivation isNow, SeriesDerivation before, SeriesDerivation after, ImmutableHashSet<SeriesId> above, ref long fromT, ref long toT)
    {
        if (!before.NeedsSiblings && !after.NeedsSiblings)
        {
            return;
        }

        foreach (Compensation need in before.Needs().Union(after.Needs()))
        {
            SeriesId[] then = [.. was.SiblingsOf(before.Entry, need.Property)];
            SeriesId[] now = [.. isNow.SiblingsOf(after.Entry, need.Property)];
            foreach (SeriesId id in then.Union(now).Except(above))
            {
                (long first, long last) = (long.MaxValue, long.MinValue);
                if (!then.Contains(id) || !now.Contains(id))
                {
                    _extents.TryFind(id, out first, out last);
                }
                else
                {
                    if (ReferenceEquals(was.Series(id), isNow.Series(id)) || !TryChangedTimes(was.Series(id), isNow.Series(id), out first, out last))
                    {
                        (first, last) = (long.MaxValue, long.MinValue);
                    }

                    Siblings(was, isNow, was.Series(id), isNow.Series(id), above.Add(after.Entry.Id), ref first, ref last);
                }

                if (first <= last)
                {
                    fromT = Math.Min(fromT, first);
                    toT = Math.Max(toT, last > long.MaxValue - need.MaxAgeUs ? long.MaxValue : last + need.MaxAgeUs);
                }
            }
        }
    }

    private void Add(string channel, long fromUtcUs, long lastUtcUs)
    {
        long to = lastUtcUs == long.MaxValue ? lastUtcUs : lastUtcUs + 1;
        _spans[channel] = _spans.TryGetValue(channel, out (long From, long To) known) ? (Math.Min(known.From, fromUtcUs), Math.Max(known.To, to)) : (fromUtcUs, to);
    }

    /// <summary>Smallest closed stretch of the boot's clock outside of which both say the same.</summary>
    private static bool TryChangedTimes(SeriesDerivation before, SeriesDerivation after, out long fromT, out long toT)
    {
        (fromT, toT) = (long.MaxValue, long.MinValue);
        if (before.Channel.Name != after.Channel.Name || before.Channel.UnitUcum != after.Channel.UnitUcum || before.Map.State != after.Map.State)
        {
            (fromT, toT) = (long.MinValue, long.MaxValue);
            return true;
        }

        if (!before.Map.Equals(after.Map))
        {
            Knots(before.Map.Knots, after.Map.Knots, out fromT, out toT);
        }

        if (!before.Spans.AsSpan().SequenceEqual(after.Spans.AsSpan()))
        {
            Spans(before.Spans, after.Spans, ref fromT, ref toT);
        }

        return fromT <= toT;
    }

    /// <summary>A knot shapes the map from the knot before it to the one after it.</summary>
    private static void Knots(ImmutableArray<TimeKnot> before, ImmutableArray<TimeKnot> after, out long fromT, out long toT)
    {
        int shorter = Math.Min(before.Length, after.Length);
        int same = 0;
        while (same < shorter && before[same] == after[same])
        {
            same++;
        }

        int sameAtEnd = 0;
        while (sameAtEnd < shorter - same && before[^(sameAtEnd + 1)] == after[^(sameAtEnd + 1)])
        {
            sameAtEnd++;
        }

        fromT = same == 0 ? long.MinValue : before[same - 1].TUs;
        toT = sameAtEnd == 0 ? long.MaxValue : before[^sameAtEnd].TUs;
    }

    private static void Spans(ImmutableArray<DerivedSpan> before, ImmutableArray<DerivedSpan> after, ref long fromT, ref long toT)
    {
        int b = 0;
        int a = 0;
        while (b < before.Length && a < after.Length)
        {
            long start = Math.Max(before[b].FromT, after[a].FromT);
            long end = Math.Min(before[b].ToT, after[a].ToT);
            if (before[b] with { FromT = 0, ToT = 0 } != after[a] with { FromT = 0, ToT = 0 })
            {
                fromT = Math.Min(fromT, start);
                toT = Math.Max(toT, end == long.MaxValue ? end : end - 1);
            }

            b += before[b].ToT == end ? 1 : 0;
            a += after[a].ToT == end ? 1 : 0;
        }
    }
}
