using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Units;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>Verdicts on the rows of one series from first to last t.</summary>
internal delegate SeriesFlags FlagsOfSeries(SeriesDerivation series, long firstT, long lastT);

/// <summary>
/// What the other probes of an agent said, as far as a compensated calibration asks: the newest reading of that property at or before each row, on the same
/// boot's clock, at most so old. Reads one snapshot, opened when it is first needed, under one derivation; one owner, one thread.
/// </summary>
/// <param name="flagsOf">Verdicts on the readings used; absent = nobody asks for them.</param>
internal sealed class SiblingRows(Func<StoreSnapshot> open, Derivation derivation, FlagsOfSeries? flagsOf = null)
{
    private readonly Dictionary<(SeriesId Of, Compensation Need), SiblingCursor[]> _cursors = [];
    private readonly Dictionary<SeriesId, ComputedRows> _computed = [];

    /// <summary>Whose values are being made further up: a ring of siblings ends where it would close.</summary>
    private ImmutableHashSet<SeriesId> _above = [];
    private double[] _other = [];
    private byte[] _otherFlag = [];
    private long[] _at = [];
    private long[] _otherAt = [];

    public SiblingRows(StoreSnapshot snapshot, Derivation derivation, FlagsOfSeries? flagsOf = null)
        : this(() => snapshot, derivation, flagsOf)
    {
    }

    /// <summary>Whether the flags of readings are known.</summary>
    public bool HasFlags => flagsOf is not null;

    /// <summary>Fills in the role's unit what <paramref name="need"/> names; NaN where there is nothing near enough, or nothing a water could be.</summary>
    /// <param name="of">The series to be compensated.</param>
    /// <param name="tUs">Ascending times of its rows.</param>
    /// <param name="flags">Receives the flag of the reading used, 0 where none; empty = not wanted, or no <see cref="HasFlags"/>.</param>
    /// <returns>True when every row has one.</returns>
    public bool Fill(SeriesEntry of, Compensation need, ReadOnlySpan<long> tUs, Span<double> into, Span<byte> flags)
    {
        if (!_cursors.TryGetValue((of.Id, need), out SiblingCursor[]? cursors))
        {
            cursors = Open(of, need);
            _cursors.Add((of.Id, need), cursors);
        }

        if (cursors.Length == 0)
        {
            into.Fill(double.NaN);
            flags.Clear();
            return false;
        }

        (double low, double high) = Sane(need.Role);
        if (cursors.Length == 1)
        {
            return cursors[0].Fill(tUs, into, flags, [], low, high);
        }

        Newest(cursors, tUs, into, flags);
        for (int i = 0; i < into.Length; i++)
        {
            if (!(into[i] >= low && into[i] <= high))
            {
                into[i] = double.NaN;
                if (!flags.IsEmpty)
                {
                    flags[i] = 0;
                }
            }
        }

        return false;
    }

    /// <summary>The rows of a derived series, made from others.</summary>
    public ComputedRows Computed(SeriesDerivation series, ComputedColumn column, bool withUncertainty)
    {
        if (!_computed.TryGetValue(series.Id, out ComputedRows? rows) || (withUncertainty && !rows.WithUncertainty))
        {
            _computed[series.Id] = rows = new ComputedRows(open(), derivation, series, column, this, flagsOf, withUncertainty);
        }

        return rows;
    }

    /// <summary>Unit a role is needed in.</summary>
    public static string UnitOf(CompensationRole role) => role switch
    {
        CompensationRole.Temperature => "Cel",
        CompensationRole.Salinity => "1",
        _ => "hPa",
    };

    /// <summary>Outside of this a probe was broken or in the wrong place: a DS18B20 at its 85 °C start value must not bend a pH.</summary>
    private static (double Low, double High) Sane(CompensationRole role) => role switch
    {
        CompensationRole.Temperature => (-5, 60),
        CompensationRole.Salinity => (0, 45),
        _ => (300, 1300),
    };

    private SiblingCursor[] Open(SeriesEntry of, Compensation need)
    {
        var cursors = new List<SiblingCursor>();
        StoreSnapshot snapshot = open();
        foreach (SeriesId id in derivation.SiblingsOf(of, need.Property).Where(id => !_above.Contains(id)))
        {
            SeriesDerivation series = derivation.Series(id);
            string unit = UnitOf(need.Role);
            AffineMap toRole = AffineMap.Identity;
            if (snapshot.Dictionary.TryFind(id, out _) && (series.Channel.UnitUcum == unit || Ucum.TryConvert(series.Channel.UnitUcum, unit, out toRole)))
            {
                SiblingRows? own = series.NeedsSiblings ? new SiblingRows(open, derivation, flagsOf) { _above = _above.Add(of.Id) } : null;
                cursors.Add(new SiblingCursor(snapshot, series, toRole, need.MaxAgeUs, own, flagsOf));
            }
        }

        return [.. cursors];
    }

    /// <summary>Several series of one channel on the boot (its configuration changed): at each row the one read last, of equals the later declared.</summary>
    private void Newest(SiblingCursor[] cursors, ReadOnlySpan<long> tUs, Span<double> into, Span<byte> flags)
    {
        if (_other.Length < tUs.Length)
        {
            (_other, _otherFlag, _at, _otherAt) = (new double[tUs.Length], new byte[tUs.Length], new long[tUs.Length], new long[tUs.Length]);
        }

        cursors[0].Fill(tUs, into, flags, _at);
        foreach (SiblingCursor cursor in cursors.AsSpan(1))
        {
            cursor.Fill(tUs, _other.AsSpan(0, tUs.Length), flags.IsEmpty ? [] : _otherFlag.AsSpan(0, tUs.Length), _otherAt);
            for (int i = 0; i < tUs.Length; i++)
            {
                if (_otherAt[i] >= _at[i] && !double.IsNaN(_other[i]))
                {
                    (into[i], _at[i]) = (_other[i], _otherAt[i]);
                    if (!flags.IsEmpty)
                    {
                        flags[i] = _otherFlag[i];
                    }
                }
            }
        }
    }
}

/// <summary>Where a reader stands in one sibling series; rows are asked for in ascending time, going back starts anew.</summary>
/// <param name="own">What the sibling's own compensation is made with; absent = it has none.</param>
internal sealed class SiblingCursor(StoreSnapshot snapshot, SeriesDerivation series, AffineMap toRole, long maxAgeUs, SiblingRows? own, FlagsOfSeries? flagsOf)
{
    private readonly DerivedColumns _columns = new();
    private RowRuns? _runs;
    private ReadOnlyMemory<long> _times;
    private int _next;
    private long _lastAskedUs = long.MinValue;

    // The newest reading with a value before what comes next; long.MinValue = none.
    private long _currentUs = long.MinValue;
    private double _current;
    private byte _currentFlag;

    /// <param name="flags">Receives the flag of the reading used, 0 where none; empty = not wanted.</param>
    /// <param name="at">Receives the time of the reading used, long.MinValue where none; empty = not wanted.</param>
    /// <param name="low">A reading below it says nothing: NaN, flag 0.</param>
    /// <param name="high">So does one above it.</param>
    /// <returns>True when every row got a reading.</returns>
    public bool Fill(
        ReadOnlySpan<long> tUs, Span<double> into, Span<byte> flags, Span<long> at, double low = double.NegativeInfinity, double high = double.PositiveInfinity)
    {
        if (tUs.IsEmpty)
        {
            return true;
        }

        if (_runs is null || tUs[0] < _lastAskedUs)
        {
            Open(tUs[0]);
        }

        _lastAskedUs = tUs[^1];
        bool isWhole = true;
        int i = 0;
        while (i < tUs.Length)
        {
            long nextUs = Advance(tUs[i]);
            long lastUs = _currentUs == long.MinValue ? long.MinValue : _currentUs > long.MaxValue - maxAgeUs ? long.MaxValue : _currentUs + maxAgeUs;
            bool isSane = _current >= low && _current <= high;
            double current = isSane ? _current : double.NaN;
            int from = i;
            long endUs = lastUs < nextUs ? lastUs + 1 : nextUs;
            for (; i < tUs.Length && tUs[i] < endUs; i++)
            {
                into[i] = current;
            }

            Mark(flags, from, i, isSane ? _currentFlag : (byte)0);
            Mark(at, from, i, _currentUs);
            int stale = i;
            for (; i < tUs.Length && tUs[i] < nextUs; i++)
            {
                into[i] = double.NaN;
            }

            isWhole &= stale == i && (isSane || from == stale);
            Mark(flags, stale, i, (byte)0);
            Mark(at, stale, i, long.MinValue);
        }

        return isWhole;
    }

    private static void Mark<T>(Span<T> column, int from, int to, T value)
    {
        if (!column.IsEmpty)
        {
            column[from..to].Fill(value);
        }
    }

    private void Open(long tUs)
    {
        long oldestUs = tUs < long.MinValue + maxAgeUs ? long.MinValue : tUs - maxAgeUs;
        bool isNear = snapshot.TryLatest(series.Entry.Id, tUs, out StoredRow row) && row.TUs >= oldestUs;

        // A missing row says nothing: then the one before it counts, as far back as the age allows.
        long fromUs = !isNear ? tUs : row.Missing == 0 ? row.TUs : oldestUs;
        _runs = snapshot.Rows(series.Entry.Id, fromUs, long.MaxValue);
        (_times, _next, _currentUs) = (default, 0, long.MinValue);
    }

    /// <summary>Takes in every reading up to t; the time of the next one after it.</summary>
    private long Advance(long tUs)
    {
        while (true)
        {
            ReadOnlySpan<long> times = _times.Span;
            while (_next < times.Length)
            {
                if (times[_next] > tUs)
                {
                    return times[_next];
                }

                if (!double.IsNaN(_columns.Value[_next]))
                {
                    (_currentUs, _current, _currentFlag) = (times[_next], toRole.Apply(_columns.Value[_next]), _columns.Flag[_next]);
                }

                _next++;
            }

            if (!_runs!.MoveNext())
            {
                return long.MaxValue;
            }

            RowRun run = _runs.Current;
            series.Values(run.TUs.Span, run.Raw.Span, run.Missing.Span, own, _columns);
            flagsOf?.Invoke(series, run.TUs.Span[0], run.TUs.Span[^1]).Apply(run.TUs.Span, _columns);
            (_times, _next) = (run.TUs, 0);
        }
    }
}
