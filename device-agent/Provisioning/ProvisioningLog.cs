using Microsoft.Extensions.Logging;
using StemLab.Wire;

namespace StemLab.Agent.Provisioning;

internal static partial class ProvisioningLog
{
    [LoggerMessage(EventId = 2600, Level = LogLevel.Information, Message = "Let in as {Slug} {Agent} by hub {Hub} at {Page}")]
    public static partial void LetIn(ILogger logger, string slug, Id128 agent, string hub, Uri page);

    [LoggerMessage(EventId = 2601, Level = LogLevel.Information, Message = "Waiting to be let in by hub {Hub} at {Page}: open that page, Agents, and accept the code {Label}")]
    public static partial void Waiting(ILogger logger, string hub, Uri page, string label);

    [LoggerMessage(EventId = 2602, Level = LogLevel.Information, Message = "No hub found yet: is it on, and in the same network? This board's code is {Label}; looking again")]
    public static partial void NobodyFound(ILogger logger, string label);

    [LoggerMessage(EventId = 2603, Level = LogLevel.Warning, Message = "The hub at {Page} has shut this agent out (revoked, retired or transferred); a person can take {Label} back there. Readings are kept")]
    public static partial void Shut(ILogger logger, Uri page, string label);

    [LoggerMessage(EventId = 2604, Level = LogLevel.Warning, Message = "The hub at {Page} was told not to let this board in; asking again from time to time")]
    public static partial void Refused(ILogger logger, Uri page);

    [LoggerMessage(EventId = 2605, Level = LogLevel.Warning, Message = "This card was copied from another board: this board asks to join as a new agent, and sends nothing of the other's")]
    public static partial void Copied(ILogger logger);

    [LoggerMessage(EventId = 2606, Level = LogLevel.Warning, Message = "The hub at {Page} does not answer as a hub; is it an older one?")]
    public static partial void NoAnswer(ILogger logger, Uri page);

    [LoggerMessage(EventId = 2607, Level = LogLevel.Warning, Message = "The kit on this card does not help at {Page}: {Reason}; a person has to accept this board, or put a new kit on the card")]
    public static partial void KitTrouble(ILogger logger, string reason, Uri page);

    [LoggerMessage(EventId = 2608, Level = LogLevel.Information, Message = "The hub is at {Hub} now")]
    public static partial void FoundAgain(ILogger logger, string hub);

    [LoggerMessage(EventId = 2609, Level = LogLevel.Information, Message = "Somebody asks which board this is: {Label}")]
    public static partial void Blinking(ILogger logger, string label);

    [LoggerMessage(EventId = 2610, Level = LogLevel.Information, Message = "This agent leaves its hub, keeps its identity, and asks the next hub it finds to let it in")]
    public static partial void Leaves(ILogger logger);
}
