using Microsoft.Extensions.Logging;

namespace StemLab.Store.Influx;

/// <summary>Log lines of the InfluxDB side: life-cycle, and one per episode of trouble.</summary>
internal static partial class InfluxLog
{
    [LoggerMessage(1150, LogLevel.Information, "InfluxDB {Version} at {Path} takes rows, from commit {Seq} on")]
    public static partial void Good(ILogger logger, string version, Uri path, long seq);

    [LoggerMessage(1151, LogLevel.Warning, "InfluxDB at {Path} takes nothing now, rows wait here: {State} ({Reason})")]
    public static partial void Holding(ILogger logger, Uri path, FarState state, string reason);

    [LoggerMessage(1152, LogLevel.Error, "InfluxDB refused {Count} rows for good, the hub keeps them aside: {Reason}. `stemlab store requeue` sends them again")]
    public static partial void Quarantined(ILogger logger, int count, string reason);

    [LoggerMessage(1153, LogLevel.Warning, "InfluxDB has {Seq} of {Count} batches of this store: it was restored or emptied. What it lacks is found and sent again")]
    public static partial void WentBack(ILogger logger, long seq, long count);

    [LoggerMessage(1154, LogLevel.Warning, "The commit log no longer reaches back to what InfluxDB was told; everything here is sent again")]
    public static partial void LogTooShort(ILogger logger);

    [LoggerMessage(1155, LogLevel.Debug, "{Count} chunks now have their rows in InfluxDB only")]
    public static partial void Evicted(ILogger logger, int count);

    [LoggerMessage(1156, LogLevel.Error, "The InfluxDB side stopped on a fault of its own and starts again")]
    public static partial void Stopped(ILogger logger, Exception exception);

    [LoggerMessage(1157, LogLevel.Warning, "InfluxDB refused a name or mark, which is sent again later: {Reason}")]
    public static partial void NameRefused(ILogger logger, string reason);

    [LoggerMessage(1158, LogLevel.Error, "InfluxDB no longer has {Count} rows that only it had; restore its backup")]
    public static partial void RowsGone(ILogger logger, long count);
}
