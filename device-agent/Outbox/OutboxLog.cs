using Microsoft.Extensions.Logging;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

internal static partial class OutboxLog
{
    [LoggerMessage(EventId = 2200, Level = LogLevel.Error, Message = "The outbox was damaged and is kept as {Path}; {Count} blocks were saved, {Lost} are lost: {Reason}")]
    public static partial void Salvaged(ILogger logger, string path, int count, int lost, string reason);

    [LoggerMessage(EventId = 2201, Level = LogLevel.Warning, Message = "The disk refuses {Path}: {Reason}; readings stay in memory until it takes them again")]
    public static partial void DiskRefuses(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Information, Message = "The disk takes readings again, {Count} blocks saved")]
    public static partial void DiskTakesAgain(ILogger logger, int count);

    [LoggerMessage(EventId = 2203, Level = LogLevel.Warning, Message = "No room for unreceipted readings: {Count} blocks with {Rows} rows given up, reason {Reason}")]
    public static partial void GaveUp(ILogger logger, int count, long rows, LostReason reason);

    [LoggerMessage(EventId = 2204, Level = LogLevel.Information, Message = "Receipts now come from store {Store}, before from {Before}; everything still held is offered again")]
    public static partial void StoreChanged(ILogger logger, Id128 before, Id128 store);

    [LoggerMessage(EventId = 2205, Level = LogLevel.Error, Message = "Block {Block} of stream {Stream} has changed on the disk; its {Count} rows are lost")]
    public static partial void BlockCorrupt(ILogger logger, long block, ulong stream, uint count);
}
