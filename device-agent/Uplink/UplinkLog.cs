using Microsoft.Extensions.Logging;
using StemLab.Agent.Operations;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

internal static partial class UplinkLog
{
    [LoggerMessage(EventId = 2300, Level = LogLevel.Information, Message = "Connected to hub {Hub}, clock known within {SigmaUs} µs")]
    public static partial void Connected(ILogger logger, HubEndpoint hub, long sigmaUs);

    [LoggerMessage(EventId = 2301, Level = LogLevel.Warning, Message = "Connected to hub {Hub}, but its clock does not answer: readings go on without a tie")]
    public static partial void ConnectedWithoutClock(ILogger logger, HubEndpoint hub);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Warning, Message = "No hub at {Hub}: {Reason}; readings are kept, trying again")]
    public static partial void NoHub(ILogger logger, HubEndpoint hub, string reason);

    [LoggerMessage(EventId = 2303, Level = LogLevel.Debug, Message = "Attempt {Attempt} to reach hub {Hub} failed: {Reason}")]
    public static partial void StillNoHub(ILogger logger, HubEndpoint hub, int attempt, string reason);

    [LoggerMessage(EventId = 2304, Level = LogLevel.Warning, Message = "The hub refuses a block of stream {Stream} at {Seq}; it is offered again later")]
    public static partial void BlockRefused(ILogger logger, ulong stream, ulong seq);

    [LoggerMessage(EventId = 2305, Level = LogLevel.Debug, Message = "Command {Command} {Id} answered, ok {Ok}")]
    public static partial void CommandAnswered(ILogger logger, Command.BodyOneofCase command, Id128 id, bool ok);

    [LoggerMessage(EventId = 2306, Level = LogLevel.Warning, Message = "A message from the hub on {Topic} cannot be read, {Bytes} bytes")]
    public static partial void Unreadable(ILogger logger, NativeTopic topic, int bytes);

    [LoggerMessage(EventId = 2307, Level = LogLevel.Information, Message = "Somebody asks which agent this is, for {Seconds} s")]
    public static partial void Identified(ILogger logger, uint seconds);

    [LoggerMessage(EventId = 2308, Level = LogLevel.Error, Message = "The uplink stumbled over a bug and starts again")]
    public static partial void Bug(ILogger logger, Exception bug);

    [LoggerMessage(EventId = 2309, Level = LogLevel.Information, Message = "Stopped before hub {Hub} had confirmed everything ({Blocks} blocks on their way): {Reason}; what is left is delivered after the next start")]
    public static partial void FarewellCut(ILogger logger, HubEndpoint hub, int blocks, string reason);
}
