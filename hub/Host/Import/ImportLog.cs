namespace StemLab.Hub.Import;

/// <summary>Event ids 1520 to 1529.</summary>
internal static partial class ImportLog
{
    [LoggerMessage(1520, LogLevel.Information, "Imported {Records} records: {Count} new readings, {Duplicates} duplicate, {Wrong} wrong lines and cells, in {ElapsedMs} ms")]
    public static partial void Imported(ILogger logger, long records, long count, long duplicates, long wrong, double elapsedMs);
}
