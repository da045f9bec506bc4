namespace StemLab.Hub.Export;

/// <summary>Event ids 1370 to 1389.</summary>
internal static partial class ExportLog
{
    [LoggerMessage(1370, LogLevel.Information, "Froze {Version}: {Count} readings in {ElapsedMs} ms")]
    public static partial void Frozen(ILogger logger, string version, long count, double elapsedMs);

    [LoggerMessage(1371, LogLevel.Warning, "Freezing {Version} failed: {Reason}")]
    public static partial void Failed(ILogger logger, string version, string reason);

    [LoggerMessage(1372, LogLevel.Warning, "Withdrew {Version}: readings in it were erased by fact {FactId}")]
    public static partial void Withdrawn(ILogger logger, string version, string factId);

    [LoggerMessage(1373, LogLevel.Warning, "Files of a withdrawn version could not be removed and will be tried again: {Reason}")]
    public static partial void NotRemoved(ILogger logger, string reason);

    [LoggerMessage(1374, LogLevel.Warning, "That {Version} failed could not be written to hub.db: {Reason}")]
    public static partial void NotNoted(ILogger logger, string version, string reason);
}
