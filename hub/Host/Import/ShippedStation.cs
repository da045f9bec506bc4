namespace StemLab.Hub.Import;

/// <summary>How a station stands in the fleet whose table comes with the hub and was brought by nobody.</summary>
/// <param name="Software">In place of a file's.</param>
/// <param name="IsSimulated">Nothing of it was measured.</param>
internal sealed record ShippedStation(string Software, bool IsSimulated);
