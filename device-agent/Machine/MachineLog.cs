using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Machine;

internal static partial class MachineLog
{
    [LoggerMessage(EventId = 2700, Level = LogLevel.Information, Message = "The board has no light this program may write: what it does is said here only (`stemlab-agent doctor` tells more)")]
    public static partial void NoLight(ILogger logger);

    [LoggerMessage(EventId = 2701, Level = LogLevel.Error, Message = "A loop of the agent hangs: systemd gets no sign of life and starts the agent again")]
    public static partial void NoProgress(ILogger logger);
}
