namespace StemLab.Agent.TimeKeeping;

/// <summary>Something beside the hub that knows the time: the kernel's NTP clock, a battery clock, a GPS. Asked by one loop.</summary>
internal interface ITimeSource
{
    /// <summary>Name of its boot in the agent's book: "ntp", "rtc", "gps".</summary>
    string Name { get; }

    /// <summary>What it says now, quickly; null while it does not know.</summary>
    SourceTime? Now();
}

/// <summary>What a time source says.</summary>
/// <param name="UtcUs">µs since 1970.</param>
/// <param name="SigmaUs">Half-width of a bound that holds in 99.9 % of cases, µs.</param>
internal readonly record struct SourceTime(long UtcUs, long SigmaUs);
