using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Updating;

internal static partial class UpdatingLog
{
    [LoggerMessage(EventId = 2800, Level = LogLevel.Information, Message = "Version {Version} lies ready beside {Running}; the agent starts it")]
    public static partial void Ready(ILogger logger, string version, string running);

    [LoggerMessage(EventId = 2801, Level = LogLevel.Information, Message = "Version {Version} got a receipt: it stays")]
    public static partial void Proven(ILogger logger, string version);
}
