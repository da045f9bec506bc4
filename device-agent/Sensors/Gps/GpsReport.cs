namespace StemLab.Agent.Sensors.Gps;

/// <summary>What one sentence or message of a receiver says; what it does not say is null.</summary>
/// <param name="HasFix">Whether the receiver knows where it is.</param>
/// <param name="Latitude">WGS 84, degrees north.</param>
/// <param name="Longitude">WGS 84, degrees east.</param>
/// <param name="Altitude">Above mean sea level, m.</param>
/// <param name="Satellites">Used in the fix.</param>
/// <param name="Hdop">Horizontal dilution of precision.</param>
/// <param name="UtcUs">The receiver's time, µs since 1970; only with a fix.</param>
internal readonly record struct GpsReport(bool? HasFix, double? Latitude, double? Longitude, double? Altitude, int? Satellites, double? Hdop, long? UtcUs);
