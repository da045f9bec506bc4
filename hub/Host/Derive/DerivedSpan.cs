using StemLab.Science.Units;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>A stretch of one series over which one map leads from raw to the channel's value. Times are µs of the series' boot, to exclusive.</summary>
/// <param name="FromT"><see cref="long.MinValue"/> = from the beginning.</param>
/// <param name="ToT"><see cref="long.MaxValue"/> = open.</param>
/// <param name="HasValue">False where nothing leads from the raw value to the channel's property and unit: rows there have no value (flag 9), only raw.</param>
/// <param name="Map">Raw in the native unit to value in the channel's unit; one affine map, unit conversion and calibration together.</param>
/// <param name="Calibration">Fact id; empty = none in force.</param>
/// <param name="Probe">Empty = none deployed.</param>
internal readonly record struct DerivedSpan(long FromT, long ToT, bool HasValue, AffineMap Map, Id128 Calibration, Id128 Probe);
