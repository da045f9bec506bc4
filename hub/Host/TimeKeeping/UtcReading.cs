namespace StemLab.Hub.TimeKeeping;

/// <summary>What a source of UTC says now.</summary>
/// <param name="UtcUs">UTC µs since 1970.</param>
/// <param name="SigmaUs">Half-width in µs of a bound that holds in 99.9 % of cases, without the time the reading itself took.</param>
/// <param name="Source">"ntp", "rtc", "fixed"…, as it stands in the anchor.</param>
/// <param name="Synchronised">True where something outside this machine disciplines the clock.</param>
internal readonly record struct UtcReading(long UtcUs, long SigmaUs, string Source, bool Synchronised);
