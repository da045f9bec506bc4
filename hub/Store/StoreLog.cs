using Microsoft.Extensions.Logging;

namespace StemLab.Store;

/// <summary>Log lines of the store: life-cycle, and one per episode of trouble.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(1100, LogLevel.Information, "Store {Store} opened at {Path}: commit {Seq}, {Count} rows read back from the log")]
    public static partial void Opened(ILogger logger, StoreId store, string path, long seq, long count);

    [LoggerMessage(1101, LogLevel.Warning, "The log ended with {Bytes} bytes after its last commit ({Tail}); their senders were never answered and offer them again")]
    public static partial void TailFound(ILogger logger, long bytes, LogTail tail);

    [LoggerMessage(1102, LogLevel.Error, "Journal row of commit {Seq} is damaged; restore series.db from a backup, agents offer again what they hold")]
    public static partial void DamagedCommit(ILogger logger, long seq);

    [LoggerMessage(1103, LogLevel.Error, "The disk refuses, nothing is receipted until it takes rows again: {Reason}")]
    public static partial void Refusing(ILogger logger, string reason);

    [LoggerMessage(1104, LogLevel.Information, "The disk takes rows again after {Count} refused commits")]
    public static partial void Recovered(ILogger logger, long count);

    [LoggerMessage(1105, LogLevel.Error, "The writer stopped on a fault of its own")]
    public static partial void WriterStopped(ILogger logger, Exception exception);

    [LoggerMessage(1106, LogLevel.Error, "Chunk {Chunk} of series {Series} failed its checksum and was put aside; restore series.db from a backup")]
    public static partial void DamagedChunk(ILogger logger, long chunk, int series);

    [LoggerMessage(1107, LogLevel.Warning, "Moving rows to chunks failed and will be tried again: {Reason}")]
    public static partial void FlushFailed(ILogger logger, string reason);
}
