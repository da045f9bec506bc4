using Microsoft.Extensions.Logging;
using StemLab.Wire;

namespace StemLab.Agent;

internal static partial class AgentLog
{
    [LoggerMessage(EventId = 2000, Level = LogLevel.Information, Message = "Agent {Slug} {Agent} measures {Count} inputs, boot {BootNo} {Boot}")]
    public static partial void Started(ILogger logger, string slug, Id128 agent, int count, uint bootNo, Id128 boot);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "agent.db was damaged and is kept as {Path}; boots and ties known before are no longer declared")]
    public static partial void BookDamaged(ILogger logger, string path);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Critical, Message = "The agent stops on a bug")]
    public static partial void Stopped(ILogger logger, Exception bug);
}
