namespace StemLab.Hub.Influx;

internal static partial class InfluxHubLog
{
    [LoggerMessage(EventId = 1560, Level = LogLevel.Debug, Message = "reading_current waits: {Reason}")]
    public static partial void CurrentWaits(ILogger logger, string reason);

    [LoggerMessage(EventId = 1561, Level = LogLevel.Warning, Message = "{File} cannot be used ({Reason}): reading_current is written anew from the beginning")]
    public static partial void CurrentForgotten(ILogger logger, string file, string reason);

    [LoggerMessage(EventId = 1562, Level = LogLevel.Warning, Message = "{File} cannot be written: after a new start reading_current is written again from an earlier point")]
    public static partial void CurrentNotKept(ILogger logger, string file);
}
