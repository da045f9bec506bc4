using StemLab.Science.Units;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>A stretch of one series over which one way leads from raw to the channel's value. Times are µs of the series' boot, to exclusive.</summary>
/// <param name="FromT"><see cref="long.MinValue"/> = from the beginning.</param>
/// <param name="ToT"><see cref="long.MaxValue"/> = open.</param>
/// <param name="HasValue">False where nothing leads from the raw value to the channel's property and unit: rows there have no value (flag 9), only raw.</param>
/// <param name="Map">Raw in the native unit to value in the channel's unit; unit conversion and calibration together. Says it all where <see cref="IsAffine"/>.</param>
/// <param name="Calibration">Fact id; empty = none in force.</param>
/// <param name="Probe">Empty = none deployed.</param>
internal readonly record struct DerivedSpan(long FromT, long ToT, bool HasValue, AffineMap Map, Id128 Calibration, Id128 Probe)
{
    /// <summary>The calibration's curve where it has a method; absent = <see cref="Map"/> alone, with nothing known of its uncertainty.</summary>
    public ProbeCurve? Curve { get; init; }

    /// <summary>The drift spread on top; absent = none.</summary>
    public ProbeDrift? Drift { get; init; }

    /// <summary>How a derived channel is computed from others; then <see cref="Map"/> says nothing. Absent = the channel is measured.</summary>
    public ComputedColumn? Computed { get; init; }

    /// <summary>The calibration's time was over.</summary>
    public bool IsExpired { get; init; }

    /// <summary>True where aggregates of raw rows carry over to values.</summary>
    public bool IsAffine => Computed is null && Drift is null && Curve is null or { IsLine: true };

    /// <summary>True where a value depends on what other probes of the agent said.</summary>
    public bool NeedsSiblings => HasValue && (Computed is not null || Curve?.Needs.Length > 0 || Drift?.After?.Needs.Length > 0);
}
