namespace StemLab.Agent.Sensors;

/// <summary>A figure about a probe or bus itself, measured now and then beside its readings.</summary>
/// <param name="Quantity">Name of the figure: "electrode_slope_acid", "bus_nacks".</param>
/// <param name="UnitUcum">UCUM code.</param>
/// <param name="Label">What it tells, for people.</param>
/// <param name="Read">The figure now, null where it is not known. Safe from any thread, quick, never throws.</param>
internal sealed record HealthFact(string Quantity, string UnitUcum, Words Label, Func<double?> Read);
