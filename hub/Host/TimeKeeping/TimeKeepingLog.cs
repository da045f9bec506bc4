namespace StemLab.Hub.TimeKeeping;

/// <summary>Event ids 1600 to 1699.</summary>
internal static partial class TimeKeepingLog
{
    [LoggerMessage(1600, LogLevel.Information, "Anchored the hub's clock to UTC from {Source}, bound {SigmaUs} µs, {Count} earlier anchors taken back")]
    public static partial void Anchored(ILogger logger, string source, long sigmaUs, int count);

    [LoggerMessage(1601, LogLevel.Debug, "The machine's clock ({Source}) contradicts a better anchor and is not believed")]
    public static partial void ClockDisbelieved(ILogger logger, string source);

    [LoggerMessage(1602, LogLevel.Warning, "Could not save what the machine's clock says")]
    public static partial void LookFailed(ILogger logger, Exception exception);
}
