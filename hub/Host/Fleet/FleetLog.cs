using StemLab.Store;

namespace StemLab.Hub.Fleet;

internal static partial class FleetLog
{
    [LoggerMessage(EventId = 1400, Level = LogLevel.Information, Message = "Agent {Agent} answered to settings of revision {Revision}, taken {Ok}")]
    public static partial void SettingsAnswered(ILogger logger, AgentId agent, ulong revision, bool ok);

    [LoggerMessage(EventId = 1401, Level = LogLevel.Information, Message = "Agent {Agent} has not answered to settings of revision {Revision}; they are sent again when it comes back")]
    public static partial void NotAnswered(ILogger logger, AgentId agent, ulong revision);
}
