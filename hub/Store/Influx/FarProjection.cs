namespace StemLab.Store.Influx;

/// <summary>What the store must ask others about, because it knows no clocks and no science. Safe from any thread.</summary>
/// <param name="Offset">UTC minus boot time of a boot, µs; null while it is neither known within a day nor placed by a person. Asked until it is known, then never again.</param>
/// <param name="Values">Value and flag of rows as they are read now; null = they are not sent.</param>
public sealed record FarProjection(Func<BootId, long?> Offset, ValueProjection? Values);

/// <summary>Fills value (in the channel's unit, NaN = none) and flag (QARTOD) of rows of one series; all spans of one length, times ascending.</summary>
public delegate void ValueProjection(SeriesId series, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, Span<double> value, Span<byte> flag);
