using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Sampling;

internal static partial class SamplingLog
{
    [LoggerMessage(EventId = 2100, Level = LogLevel.Error, Message = "The driver of {Probe} failed; its readings are missing until it recovers")]
    public static partial void ProbeThrew(ILogger logger, string probe, Exception bug);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "Source {Probe} has ended after {Count} readings")]
    public static partial void SourceEnded(ILogger logger, string probe, long count);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Error, Message = "Source {Probe} failed and gives nothing more until the agent is started again")]
    public static partial void SourceFailed(ILogger logger, string probe, Exception failure);
}
