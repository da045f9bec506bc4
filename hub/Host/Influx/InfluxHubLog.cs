namespace StemLab.Hub.Influx;

internal static partial class InfluxHubLog
{
    [LoggerMessage(EventId = 1560, Level = LogLevel.Debug, Message = "reading_current waits: {Reason}")]
    public static partial void CurrentWaits(ILogger logger, string reason);
}
