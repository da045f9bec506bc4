using StemLab.Store;

namespace StemLab.Hub.Updating;

internal static partial class UpdatingLog
{
    [LoggerMessage(EventId = 1870, Level = LogLevel.Information, Message = "Update of agent {Agent} to {Version}: {Reason}")]
    public static partial void Updated(ILogger logger, AgentId agent, string version, string reason);
}
