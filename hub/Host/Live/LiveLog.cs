namespace StemLab.Hub.Live;

internal static partial class LiveLog
{
    [LoggerMessage(EventId = 1200, EventName = nameof(PumpEnded), Level = LogLevel.Error, Message = "Shared messages of a selection end by a fault, its watchers read on alone")]
    public static partial void PumpEnded(ILogger logger, Exception fault);
}
