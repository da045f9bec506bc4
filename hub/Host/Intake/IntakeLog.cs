using System.Collections.Immutable;
using StemLab.Store;

namespace StemLab.Hub.Intake;

internal static partial class IntakeLog
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Debug, Message = "Connection of {ClientId} closed: {Reason}")]
    public static partial void ConnectionClosed(ILogger logger, string clientId, IntakeCount reason);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Debug, Message = "MQTTnet {Source}: {Message}")]
    public static partial void Broker(ILogger logger, Exception? exception, string source, string message);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "Device {Topic} appeared as {Agent}")]
    public static partial void DeviceAppeared(ILogger logger, string topic, AgentId agent);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Information, Message = "Birth of {Slug} ({Agent}): {Catalogs} catalogues, {Streams} streams")]
    public static partial void Born(ILogger logger, string slug, AgentId agent, int catalogs, int streams);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Warning, Message = "Birth of {Agent} contradicts what it declared before: {Refused}")]
    public static partial void BirthContradicts(ILogger logger, AgentId agent, ImmutableArray<string> refused);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "Outgoing readings stopped; starting again")]
    public static partial void OutgoingFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Debug, Message = "A clock tie from {Agent} was not valid")]
    public static partial void TieInvalid(ILogger logger, AgentId agent);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Warning, Message = "MQTT did not stop in time; the hub stops without waiting for it")]
    public static partial void BrokerHeldUp(ILogger logger);
}
