namespace StemLab.Hub.Bundles;

/// <summary>Event ids 1390 to 1399.</summary>
internal static partial class BundlesLog
{
    [LoggerMessage(1390, LogLevel.Information, "Wrote bundle {Name}: {Count} readings, {Bytes} bytes in {ElapsedMs} ms")]
    public static partial void Written(ILogger logger, string name, long count, long bytes, double elapsedMs);

    [LoggerMessage(1391, LogLevel.Information, "Merged a bundle of hub {HubId}: {Count} new, {Duplicates} duplicate, {Facts} new facts")]
    public static partial void Merged(ILogger logger, string hubId, long count, long duplicates, long facts);

    [LoggerMessage(1392, LogLevel.Warning, "A bundle of hub {HubId} is damaged: {Count} parts could not be read")]
    public static partial void Damaged(ILogger logger, string hubId, int count);
}
