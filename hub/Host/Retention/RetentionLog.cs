using StemLab.Wire;

namespace StemLab.Hub.Retention;

/// <summary>Event ids 1350 to 1369.</summary>
internal static partial class RetentionLog
{
    [LoggerMessage(1350, LogLevel.Information, "Erased {Count} readings by fact {FactId}")]
    public static partial void Erased(ILogger logger, Id128 factId, long count);

    [LoggerMessage(1351, LogLevel.Information, "Retention dropped {Count} readings, fact {FactId}")]
    public static partial void Dropped(ILogger logger, Id128 factId, long count);

    [LoggerMessage(1352, LogLevel.Warning, "Retention rule {FactId} is held: the hub's clock went far ahead since it was last applied; state the rule again when the clock is right")]
    public static partial void Held(ILogger logger, Id128 factId);

    [LoggerMessage(1353, LogLevel.Warning, "Readings that should be gone could not be taken out and will be tried again: {Reason}")]
    public static partial void Failed(ILogger logger, string reason);
}
