namespace StemLab.Agent.Outbox;

/// <summary>How the outbox is.</summary>
/// <param name="OldestWaitingUs">Age of the oldest block without a receipt, µs, at least (of blocks from before the process started only the time since then is known); 0 = none waits.</param>
/// <param name="WaitingBlocks">Blocks without a receipt.</param>
/// <param name="HeldBytes">Bytes under the cap, receipted blocks included.</param>
/// <param name="UnsavedRows">Rows a power cut now would cost.</param>
/// <param name="RowsSampled">Rows taken since the process started.</param>
/// <param name="RowsLost">Rows given up since the process started.</param>
/// <param name="DiskRefuses">True while nothing can be saved.</param>
/// <param name="DiskError">Why not, SQLite's primary code (8 read-only, 13 full, 10 input or output error); 0 while it saves.</param>
/// <param name="LostTo">Rows given up since the process started, by <see cref="Wire.V1.LostReason"/> as index.</param>
internal readonly record struct OutboxHealth(long OldestWaitingUs, long WaitingBlocks, long HeldBytes, long UnsavedRows, long RowsSampled, long RowsLost, bool DiskRefuses, int DiskError, IReadOnlyList<long> LostTo);
