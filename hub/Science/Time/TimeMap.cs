using System.Collections.Immutable;

namespace StemLab.Science.Time;

/// <summary>How well the UTC of a boot is known.</summary>
public enum TimeState
{
    /// <summary>Nothing is known: the map only keeps order; sigma is infinite.</summary>
    Unknown = 0,

    /// <summary>No clock was met, but the boots before and after were: the estimate is the middle, sigma the half width.</summary>
    Bounded = 1,

    /// <summary>Held by at least one UTC anchor, directly or through ties.</summary>
    Anchored = 2,
}

/// <summary>One corner of a map: at this boot time the offset to UTC is this, within sigma.</summary>
/// <param name="TUs">Boot time, µs.</param>
/// <param name="OffsetUs">UTC minus boot time, µs.</param>
/// <param name="SigmaUs">Half-width, µs; <see cref="long.MaxValue"/> = infinite.</param>
public readonly record struct TimeKnot(long TUs, long OffsetUs, long SigmaUs);

/// <summary>
/// Boot time to UTC and back for one boot: utc = t + off(t), off piecewise linear between knots and constant outside.
/// Integer µs, 128-bit arithmetic, rounded down, never decreasing. Immutable; safe from any thread.
/// </summary>
/// <remarks>Results beyond the range of <see cref="long"/> are held at its ends.</remarks>
public sealed class TimeMap : IEquatable<TimeMap>
{
    /// <summary>A clock of unknown rate is trusted to one part in this many: 50 ppm.</summary>
    internal const long WideningDivisor = 20_000;

    /// <summary>The offset never changes faster than one part in this many: 200 ppm.</summary>
    internal const long SlopeDivisor = 5_000;

    private readonly ImmutableArray<TimeKnot> _knots;
    private readonly bool _isUtc;

    internal TimeMap(TimeState state, ImmutableArray<TimeKnot> knots, bool isUtc = false)
    {
        if (knots.IsDefaultOrEmpty)
            throw new ArgumentException("BUG: a map needs a knot", nameof(knots));
        State = state;
        _knots = knots;
        _isUtc = isUtc;
    }

    /// <summary>How well this boot's UTC is known.</summary>
    public TimeState State { get; }

    /// <summary>The corners, ascending in boot time; at least one. Offsets between neighbours change by 200 ppm at most.</summary>
    public ImmutableArray<TimeKnot> Knots => _knots;

    /// <summary>The map of a boot nothing is known about: identity, infinite sigma.</summary>
    public static TimeMap Unknown { get; } = new(TimeState.Unknown, [new TimeKnot(0, 0, long.MaxValue)]);

    /// <summary>The map of a source that states UTC itself.</summary>
    /// <param name="sigmaUs">Its declared half-width, µs; <see cref="long.MaxValue"/> or a negative number = not known.</param>
    /// <returns>Identity; sigma the same everywhere.</returns>
    public static TimeMap Utc(long sigmaUs) => sigmaUs is < 0 or long.MaxValue
        ? new TimeMap(TimeState.Unknown, [new TimeKnot(0, 0, long.MaxValue)], isUtc: true)
        : new TimeMap(TimeState.Anchored, [new TimeKnot(0, 0, sigmaUs)], isUtc: true);

    /// <summary>UTC of a boot time.</summary>
    /// <param name="tUs">Boot time, µs.</param>
    /// <returns>µs since 1970-01-01T00:00:00Z, rounded down.</returns>
    public long ToUtc(long tUs) => Saturate((Int128)tUs + OffsetAt(tUs));

    /// <summary>UTC of many boot times; fastest where they ascend.</summary>
    /// <param name="tUs">Boot times, µs, any order.</param>
    /// <param name="utcUs">Receives the UTC of each, µs; at least as long as <paramref name="tUs"/>.</param>
    public void ToUtc(ReadOnlySpan<long> tUs, Span<long> utcUs)
    {
        if (utcUs.Length < tUs.Length)
            throw new ArgumentException("The output is shorter than the input.", nameof(utcUs));

        for (var i = 0; i < tUs.Length;)
        {
            var t = tUs[i];
            var k = SegmentOf(t);
            var from = k < 0 ? long.MinValue : _knots[k].TUs;
            var to = k + 1 < _knots.Length ? _knots[k + 1].TUs : long.MaxValue;
            // Stay in this segment as long as the input does; from <= t < to.
            do
            {
                utcUs[i] = Saturate((Int128)t + OffsetIn(k, t));
                i++;
                if (i == tUs.Length)
                    return;
                t = tUs[i];
            }
            while (t >= from && t < to);
        }
    }

    /// <summary>Half-width of the bound on UTC at a boot time; holds in at least 99.9 % of cases.</summary>
    /// <param name="tUs">Boot time, µs.</param>
    /// <returns>µs; <see cref="long.MaxValue"/> = infinite, not known.</returns>
    public long SigmaUs(long tUs)
    {
        if (_isUtc)
            return _knots[0].SigmaUs;
        var k = SegmentOf(tUs);
        if (k < 0)
            return Widen(_knots[0], tUs);
        if (k + 1 == _knots.Length || _knots[k].TUs == tUs)
            return Widen(_knots[k], tUs);

        var (a, b) = (_knots[k], _knots[k + 1]);
        if (a.SigmaUs == long.MaxValue || b.SigmaUs == long.MaxValue)
            return long.MaxValue;
        // The true offset lies under both cones and over both; the map is a chord through them.
        var off = OffsetIn(k, tUs);
        var (wa, wb) = (Drift(tUs, a.TUs), Drift(b.TUs, tUs));
        var high = Int128.Min((Int128)a.OffsetUs + a.SigmaUs + wa, (Int128)b.OffsetUs + b.SigmaUs + wb);
        var low = Int128.Max((Int128)a.OffsetUs - a.SigmaUs - wa, (Int128)b.OffsetUs - b.SigmaUs - wb);
        return Saturate(Int128.Max(Int128.Max(high - off, off - low), 0));
    }

    /// <summary>The first boot time whose UTC is not before the given one.</summary>
    /// <param name="utcUs">UTC, µs.</param>
    /// <returns>The smallest t with <see cref="ToUtc(long)"/>(t) ≥ <paramref name="utcUs"/>; so [u0, u1) in UTC is exactly [ToBoot(u0), ToBoot(u1)) here.</returns>
    public long ToBoot(long utcUs)
    {
        // The first knot at or after u; the answer lies in (knot before, that knot].
        var (low, high) = (0, _knots.Length);
        while (low < high)
        {
            var mid = (low + high) >>> 1;
            if ((Int128)_knots[mid].TUs + _knots[mid].OffsetUs >= utcUs)
                high = mid;
            else
                low = mid + 1;
        }

        if (low == 0)
            return Saturate((Int128)utcUs - _knots[0].OffsetUs);
        var a = _knots[low - 1];
        if (low == _knots.Length)
            return Saturate((Int128)utcUs - a.OffsetUs);
        var b = _knots[low];
        var dt = (Int128)b.TUs - a.TUs;
        var rise = dt + b.OffsetUs - a.OffsetUs;
        var need = (Int128)utcUs - a.OffsetUs - a.TUs;
        return Saturate(a.TUs + CeilingDivide(need * dt, rise));
    }

    /// <summary>The straight piece of the map at a boot time: there utc = t + OffsetUs + Rate · (t - OriginUs), before rounding.</summary>
    /// <param name="tUs">Boot time, µs.</param>
    /// <returns>Origin of the piece, first boot time that is no longer on it (<see cref="long.MaxValue"/> = none), both µs; offset at the origin, µs; change of the offset per µs, unit 1.</returns>
    public (long OriginUs, long UntilUs, long OffsetUs, double Rate) Line(long tUs)
    {
        var k = SegmentOf(tUs);
        if (k < 0)
            return (_knots[0].TUs, _knots[0].TUs, _knots[0].OffsetUs, 0);
        var a = _knots[k];
        if (k + 1 == _knots.Length)
            return (a.TUs, long.MaxValue, a.OffsetUs, 0);
        var b = _knots[k + 1];
        return (a.TUs, b.TUs, a.OffsetUs, ((double)b.OffsetUs - a.OffsetUs) / ((double)b.TUs - a.TUs));
    }

    /// <inheritdoc/>
    public bool Equals(TimeMap? other) =>
        other is not null && State == other.State && _isUtc == other._isUtc && _knots.AsSpan().SequenceEqual(other._knots.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TimeMap);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(State, _isUtc, _knots.Length, _knots[0], _knots[^1]);

    /// <summary>50 ppm of the distance between two boot times, rounded up, µs.</summary>
    internal static Int128 Drift(long laterUs, long earlierUs) => CeilingDivide((Int128)laterUs - earlierUs, WideningDivisor);

    internal static long Saturate(Int128 value) =>
        value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;

    internal static Int128 FloorDivide(Int128 value, Int128 divisor)
    {
        var quotient = value / divisor;
        return value < 0 && quotient * divisor != value ? quotient - 1 : quotient;
    }

    internal static Int128 CeilingDivide(Int128 value, Int128 divisor) => -FloorDivide(-value, divisor);

    private static long Widen(TimeKnot knot, long tUs) => knot.SigmaUs == long.MaxValue
        ? long.MaxValue
        : Saturate((Int128)knot.SigmaUs + (tUs >= knot.TUs ? Drift(tUs, knot.TUs) : Drift(knot.TUs, tUs)));

    private Int128 OffsetAt(long tUs) => OffsetIn(SegmentOf(tUs), tUs);

    /// <summary>Index of the last knot at or before t; -1 before the first.</summary>
    private int SegmentOf(long tUs)
    {
        var (low, high) = (0, _knots.Length);
        while (low < high)
        {
            var mid = (low + high) >>> 1;
            if (_knots[mid].TUs <= tUs)
                low = mid + 1;
            else
                high = mid;
        }

        return low - 1;
    }

    private Int128 OffsetIn(int segment, long tUs)
    {
        if (segment < 0)
            return _knots[0].OffsetUs;
        var a = _knots[segment];
        if (segment + 1 == _knots.Length)
            return a.OffsetUs;
        var b = _knots[segment + 1];
        var rise = (Int128)b.OffsetUs - a.OffsetUs;
        return rise == 0 ? a.OffsetUs : a.OffsetUs + FloorDivide(rise * ((Int128)tUs - a.TUs), (Int128)b.TUs - a.TUs);
    }
}
