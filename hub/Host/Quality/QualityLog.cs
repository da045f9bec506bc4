namespace StemLab.Hub.Quality;

internal static partial class QualityLog
{
    [LoggerMessage(EventId = 1850, EventName = nameof(WatchFailed), Level = LogLevel.Warning, Message = "Readings cannot be judged now, they are tried again each second")]
    public static partial void WatchFailed(ILogger logger, Exception fault);

    [LoggerMessage(EventId = 1851, EventName = nameof(RecheckFailed), Level = LogLevel.Warning, Message = "Judging the past again is held up, it is tried again each second")]
    public static partial void RecheckFailed(ILogger logger, Exception fault);
}
