using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Wire;

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

        foreach (SeriesDerivation series in after.Derived.Series)
        {
            if (before.TryFindSeries(series.Id, out SeriesDerivation? known))
            {
                Compare(before, after, known, series);
            }
            else
            {
                Whole(series);
            }
        }

        foreach (SeriesDerivation gone in before.Derived.Series.Where(series => !after.TryFindSeries(series.Id, out _)))
        {
            Whole(gone);
        }

        TakenOut(before, after);

        return Found();
    }

    private ImmutableArray<ChangedSpan> Found() => [.. _spans.Select(span => new ChangedSpan(span.Key, span.Value.From, span.Value.To))];

    /// <summary>A derived channel that came or went: wherever it has, or had, rows.</summary>
    private void Whole(SeriesDerivation series)
    {
        if (_extents.TryFind(series.Entry.Id, out long firstUs, out long lastUs))
        {
            Add(series.Channel.Name, series.Map.ToUtc(firstUs), series.Map.ToUtc(lastUs));
        }
    }

    /// <summary>What reads differently because these facts took rows out.</summary>
    public ImmutableArray<ChangedSpan> TakenOutBy(Derivation derivation, IReadOnlyCollection<Id128> facts)
    {
        foreach ((SeriesId id, ImmutableArray<RemovedRows> removed) in derivation.Removed)
        {
            TakenOut(derivation, id, removed.Where(rows => facts.Contains(rows.Fact)));
        }

        return Found();
    }

    /// <summary>Rows erased or dropped since: whoever shows them, or what was made with them, asks again.</summary>
    private void TakenOut(Derivation before, Derivation after)
    {
        if (before.Revision == after.Revision)
        {
            return;
        }

        foreach ((SeriesId id, ImmutableArray<RemovedRows> removed) in after.Removed)
        {
            TakenOut(after, id, before.Removed.TryGetValue(id, out ImmutableArray<RemovedRows> earlier) ? removed.Except(earlier) : removed);
        }
    }

    private void TakenOut(Derivation derivation, SeriesId id, IEnumerable<RemovedRows> gone)
    {
        foreach (RemovedRows rows in gone)
        {
            (long fromT, long toT) = WhereTheyWere(id, rows);
            foreach (SeriesDerivation reader in derivation.ReadersOf(id))
            {
                Add(reader.Channel.Name, reader.Map.ToUtc(fromT), reader.Map.ToUtc(toT));
            }

            foreach (SiblingLink link in derivation.LinksOf(id))
            {
                // Only where the rows are that were made with them.
                if (_extents.TryFind(link.Rows, out long firstRowUs, out long lastRowUs) && Math.Max(rows.FromT, firstRowUs) is var from && Math.Min(Later(rows.ToT - 1, link.MaxAgeUs), lastRowUs) is var to && from <= to)
                {
                    SeriesDerivation made = derivation.Series(link.Dependent);
                    Add(made.Channel.Name, made.Map.ToUtc(from), made.Map.ToUtc(to));
                }
            }
        }
    }

    /// <summary>First and last t where rows that are taken out can have been. After a restart the extent knows only what is left: then the fact's own span; one with an open start from the boot's 0.</summary>
    private (long FromT, long ToT) WhereTheyWere(SeriesId id, RemovedRows rows)
    {
        long toT = rows.ToT - 1;
        bool isLeft = _extents.TryFind(id, out long firstUs, out long lastUs);
        if (isLeft && firstUs <= toT && lastUs >= rows.FromT)
        {
            return (Math.Max(firstUs, rows.FromT), Math.Min(lastUs, toT));
        }

        return (rows.FromT == long.MinValue ? Math.Min(0, toT) : rows.FromT, toT);
    }

    private void Compare(Derivation was, Derivation isNow, SeriesDerivation before, SeriesDerivation after)
    {
        if (!TryChanged(was, isNow, before, after, [], out long fromT, out long toT))
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

    /// <summary>Smallest closed stretch of the boot's clock outside of which both say the same of every row; everything they are made with taken in.</summary>
    /// <param name="above">Whose values are made with this one's.</param>
    private bool TryChanged(Derivation was, Derivation isNow, SeriesDerivation before, SeriesDerivation after, ImmutableHashSet<SeriesId> above, out long fromT, out long toT)
    {
        if (ReferenceEquals(before, after) || !TryChangedTimes(before, after, out fromT, out toT))
        {
            (fromT, toT) = (long.MaxValue, long.MinValue);
        }

        if (after.Computed is { } column && fromT != long.MinValue)
        {
            Inputs(was, isNow, after, column, ref fromT, ref toT);
        }
        else
        {
            Siblings(was, isNow, before, after, above, ref fromT, ref toT);
        }

        return fromT <= toT;
    }

    /// <summary>A computed value also changes where its inputs do, for as long as a reading of them counts. Asked where the definition is the same.</summary>
    private void Inputs(Derivation was, Derivation isNow, SeriesDerivation of, ComputedColumn column, ref long fromT, ref long toT)
    {
        for (int i = 0; i < column.Inputs.Length; i++)
        {
            ComputedInput input = column.Inputs[i];
            bool isLead = i == column.Lead;
            SeriesDerivation[] then = [.. was.SeriesOf(input.Channel, of.Entry.Boot).Where(series => !isLead || series.Entry.Id == of.Entry.Id)];
            SeriesDerivation[] now = [.. isNow.SeriesOf(input.Channel, of.Entry.Boot).Where(series => !isLead || series.Entry.Id == of.Entry.Id)];
            foreach (SeriesId id in then.Concat(now).Select(series => series.Id).Distinct())
            {
                SeriesDerivation? before = then.FirstOrDefault(series => series.Id == id);
                SeriesDerivation? after = now.FirstOrDefault(series => series.Id == id);
                (long first, long last) = (long.MaxValue, long.MinValue);
                bool isChanged = before is not null && after is not null
                    ? TryChanged(was, isNow, before, after, [], out first, out last)
                    : _extents.TryFind((before ?? after)!.Entry.Id, out first, out last);
                if (isChanged)
                {
                    fromT = Math.Min(fromT, first);
                    toT = Math.Max(toT, isLead ? last : Later(last, input.MaxAgeUs));
                }
            }
        }
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
                bool isChanged = then.Contains(id) && now.Contains(id)
                    ? TryChanged(was, isNow, was.Series(id), isNow.Series(id), above.Add(after.Entry.Id), out long first, out long last)
                    : _extents.TryFind(id, out first, out last);
                if (isChanged)
                {
                    fromT = Math.Min(fromT, first);
                    toT = Math.Max(toT, Later(last, need.MaxAgeUs));
                }
            }
        }
    }

    private static long Later(long tUs, long ageUs) => tUs > long.MaxValue - ageUs ? long.MaxValue : tUs + ageUs;

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
