namespace StemLab.Store.Influx;

/// <summary>One reading as it is read now, for dashboards: measurement <c>reading_current</c>.</summary>
/// <param name="Boot">Clock it was taken on; keeps readings with the same µs apart.</param>
/// <param name="UtcUs">True time, µs since 1970.</param>
/// <param name="Value">In <paramref name="Unit"/>; NaN = missing, only the flag is sent.</param>
/// <param name="Flag">QARTOD flag.</param>
/// <param name="Revision">Revision of facts it was derived with.</param>
/// <param name="Unit">UCUM code.</param>
public readonly record struct CurrentPoint(BootId Boot, long UtcUs, double Value, byte Flag, long Revision, string Unit);

/// <summary>The channel a current reading belongs to; every text becomes a tag.</summary>
/// <param name="Agent">32 hex digits.</param>
/// <param name="Channel">port~property.</param>
/// <param name="Name">The agent's label, for people.</param>
/// <param name="Property">Observed property.</param>
/// <param name="IsSimulated">Nothing behind it is a real measurement.</param>
public sealed record CurrentChannel(string Agent, string Channel, string Name, string Property, bool IsSimulated);
