using Microsoft.Extensions.Logging;

namespace StemLab.Agent.TimeKeeping;

internal static partial class TimeKeepingLog
{
    [LoggerMessage(EventId = 2400, Level = LogLevel.Information, Message = "Time from {Source}, known within {SigmaUs} µs")]
    public static partial void TimeKnown(ILogger logger, string source, long sigmaUs);

    [LoggerMessage(EventId = 2401, Level = LogLevel.Information, Message = "Nothing has told this agent the time: readings keep their order and distance, and get their time when a hub hears them")]
    public static partial void NoClock(ILogger logger);
}
