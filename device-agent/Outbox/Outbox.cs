using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>
/// Everything sampled and not yet known to be safe at the hub. Rows are sealed into blocks; blocks stay in RAM while receipts flow and go to disk when they do not;
/// a block is freed only when a receipt covers it, or given up with a Lost. Safe from any thread.
/// </summary>
/// <remarks>Locks are taken in the order disk, gate. The gate is held for microseconds: samplers never wait for a disk.</remarks>
internal sealed class Outbox : IDisposable
{
    private const int PageBlocks = 32;
    private const int PageBytes = 256 * 1024;
    private static readonly TimeSpan ReceiptDelay = TimeSpan.FromSeconds(5);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly OutboxOptions options;
    private readonly ILogger<Outbox> logger;
    private readonly TimeProvider time;
    private readonly long startedAt;
    private readonly Lock disk = new();
    private readonly Lock gate = new();

    // Guarded by disk.
    private OutboxFile file;
    private bool isClosed;

    // Guarded by gate.
    private bool hasEnded;

    private readonly List<StreamSealer> sealers = [];
    private readonly Dictionary<ulong, CoveredRanges> covered = [];
    private readonly List<HeldBlock> unsaved = [];
    private readonly List<ReceiptedRange> receipts = [];
    private Id128 storeId;
    private long receiptsSinceUs;
    private long lastId;
    private long savedId;
    private long waitingBytesOnDisk;
    private bool savesEachSecond;
    private bool diskRefuses;
    private int diskError;
    private readonly long[] lostTo = new long[(int)LostReason.Power + 1];
    private long rowsSampled;
    private long rowsLost;

    private Outbox(OutboxOptions options, TimeProvider time, ILogger<Outbox> logger, OutboxFile file)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        this.file = file;
        startedAt = time.GetTimestamp();
        (lastId, savedId, storeId, waitingBytesOnDisk) = (file.MaxId, file.MaxId, file.StoreId, file.WaitingBytes);
    }

    /// <summary>Completes when nothing is taken any more: what is held is all there will be of this process.</summary>
    public Task Ended => ended.Task;

    /// <summary>Set whenever there may be something new to send.</summary>
    public AsyncSignal HasNews { get; } = new();

    /// <summary>Rows given up since the process started.</summary>
    public long RowsLost => Volatile.Read(ref rowsLost);

    /// <summary>False once half of the cap waits for receipts: sources that can wait then do.</summary>
    public bool IsRoomy
    {
        get
        {
            lock (gate)
            {
                return waitingBytesOnDisk + Unsaved(block => !block.IsReceipted) < options.CapBytes / 2 && Unsaved(_ => true) < options.RamCapBytes / 2;
            }
        }
    }

    /// <summary>Opens the outbox; a damaged one is set aside and saved as far as it can be read.</summary>
    public static Outbox Open(OutboxOptions options, TimeProvider time, ILogger<Outbox> logger)
    {
        try
        {
            return new Outbox(options, time, logger, OutboxFile.Open(options.Path));
        }
        catch (SqliteException damage) when (DamagedFile.IsDamage(damage))
        {
            var file = OutboxSalvage.Replace(options.Path, out var salvaged);
            OutboxLog.Salvaged(logger, salvaged.Aside, salvaged.Saved, salvaged.Lost, damage.Message);
            var outbox = new Outbox(options, time, logger, file);
            outbox.Count(salvaged.LostRows, LostReason.Corrupt);
            return outbox;
        }
    }

    /// <summary>Greatest time stored of a boot in this or an earlier process; null of none.</summary>
    public long? StoredTUs(Id128 boot)
    {
        lock (disk)
        {
            return file.GreatestTUs(boot);
        }
    }

    /// <summary>Greatest boot_no of any stream kept; 0 of none.</summary>
    public uint GreatestBootNo()
    {
        lock (disk)
        {
            return file.GreatestBootNo();
        }
    }

    /// <summary>Begins a stream of this process: a random id, sequence numbers from 0. It is on disk before its first row.</summary>
    public StreamSealer OpenStream(BootRecord boot, Catalog catalog)
    {
        var sealer = new StreamSealer(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), boot, catalog);
        lock (disk)
        {
            file.AddStream(sealer.StreamId, boot, catalog);
            lock (gate)
            {
                sealers.Add(sealer);
            }
        }

        return sealer;
    }

    /// <summary>Takes rows that belong together; those of one input whose time has not grown are refused and counted.</summary>
    public int Append(StreamSealer sealer, ReadOnlySpan<Row> rows)
    {
        lock (gate)
        {
            if (hasEnded)
            {
                // Its stream was said to be complete.
                AgentMeters.RowsRefused.Add(rows.Length);
                return rows.Length;
            }

            var before = unsaved.Count;
            var refused = sealer.Append(rows, NowUs(), NextId, unsaved);
            if (unsaved.Count > before)
            {
                HasNews.Set();
            }

            rowsSampled += rows.Length - refused;
            AgentMeters.RowsSampled.Add(rows.Length - refused);
            AgentMeters.RowsRefused.Add(refused);
            return refused;
        }
    }

    /// <summary>Seals everything gathered.</summary>
    public void Seal()
    {
        lock (gate)
        {
            var before = unsaved.Count;
            foreach (var sealer in sealers)
            {
                if (sealer.Seal(NextId) is { } block)
                {
                    unsaved.Add(block);
                }
            }

            if (unsaved.Count > before)
            {
                HasNews.Set();
            }
        }
    }

    /// <summary>Once a second: saves what must be on disk by now and keeps the cap. Never throws for a disk that refuses: that is a state, with one warning.</summary>
    /// <param name="all">True to save everything in any case (at the end).</param>
    public void Keep(bool all)
    {
        lock (disk)
        {
            if (Batch(all) is not { } batch)
            {
                return;
            }

            try
            {
                var givenUp = file.Write(batch);
                Count(givenUp);
                Saved(batch);
            }
            catch (SqliteException refusal)
            {
                Refused(refusal);
            }
        }
    }

    /// <summary>A receipt. Returns true where it came from another store than before: then nothing held counts as receipted, and all is to be offered again.</summary>
    public bool Cover(Id128 store, ulong streamId, IEnumerable<SeqRange> ranges)
    {
        var isOther = false;
        lock (disk)
        {
            if (store != storeId)
            {
                isOther = !storeId.IsEmpty;
                AnswerTo(store);
            }

            lock (gate)
            {
                foreach (var range in ranges)
                {
                    Cover(streamId, range.FirstSeq, range.Count > ulong.MaxValue - range.FirstSeq ? ulong.MaxValue : range.FirstSeq + range.Count);
                }
            }
        }

        return isOther;
    }

    /// <summary>True where receipts of this process have named all numbers of a block.</summary>
    public bool IsCovered(HeldBlock block)
    {
        lock (gate)
        {
            return covered.TryGetValue(block.StreamId, out var ranges) && ranges.Contains(block.FirstSeq, block.EndSeq);
        }
    }

    /// <summary>Blocks without a receipt and after &lt; id &lt; before, in order of sealing: a page of them, empty when there are none.</summary>
    public IReadOnlyList<HeldBlock> Waiting(long after, long before)
    {
        lock (gate)
        {
            if (after >= savedId)
            {
                return WaitingInRam(after, before);
            }
        }

        lock (disk)
        {
            var corrupt = new List<HeldBlock>();
            var page = file.Waiting(after, before, PageBlocks, PageBytes, corrupt);
            foreach (var block in corrupt)
            {
                OutboxLog.BlockCorrupt(logger, block.Id, block.StreamId, block.Count);
                Count(block.Count, LostReason.Corrupt);
            }

            if (page.Count > 0)
            {
                return page;
            }

            lock (gate)
            {
                return WaitingInRam(after, before);
            }
        }
    }

    /// <summary>Id such that the newest <paramref name="count"/> sealed blocks have greater ids.</summary>
    public long NewestAfter(int count)
    {
        lock (gate)
        {
            return Math.Max(0, lastId - count);
        }
    }

    /// <summary>Puts receipts not yet on disk there, so that what waits on disk is exactly what waits.</summary>
    public void SettleReceipts()
    {
        lock (gate)
        {
            if (receipts.Count == 0)
            {
                return;
            }

            receiptsSinceUs = long.MinValue;
        }

        Keep(all: false);
    }

    /// <summary>Streams and catalogues Birth declares.</summary>
    public (IReadOnlyList<KeptStream> Streams, IReadOnlyList<Catalog> Catalogs) Manifest()
    {
        lock (disk)
        {
            return (file.Streams(), file.Catalogs());
        }
    }

    /// <summary>Counts for health.</summary>
    public OutboxHealth Health()
    {
        lock (disk)
        {
            var oldest = file.OldestWaitingUs();
            lock (gate)
            {
                var waiting = unsaved.Where(block => !block.IsReceipted).ToList();
                var first = oldest ?? waiting.FirstOrDefault()?.OpenedUs;
                return new OutboxHealth(
                    first is { } us ? Math.Max(NowUs() - us, 1) : 0,
                    file.WaitingBlocks + waiting.Count,
                    file.HeldBytes + Unsaved(_ => true),
                    waiting.Sum(block => (long)block.Count) + sealers.Sum(sealer => sealer.OpenRows),
                    rowsSampled,
                    RowsLost,
                    diskRefuses,
                    diskError,
                    [.. lostTo]);
            }
        }
    }

    /// <summary>Nothing is sampled any more: seals and saves everything. Where the disk takes it the streams of this process are complete, and stay so; it is still delivered from.</summary>
    public void End()
    {
        lock (disk)
        {
            lock (gate)
            {
                hasEnded = true;
            }

            Seal();
            Keep(all: true);
        }

        ended.TrySetResult();
    }

    /// <summary>Ends, saves the last receipts, then closes.</summary>
    public void Dispose()
    {
        lock (disk)
        {
            if (!isClosed)
            {
                End();
                file.Dispose();
                isClosed = true;
            }
        }
    }

    /// <summary>Makes the disk as full as a test wants it: no page beyond so many; 0 = no limit.</summary>
    internal void LimitPages(long pages)
    {
        lock (disk)
        {
            file.Connection.Run($"PRAGMA max_page_count = {(pages == 0 ? uint.MaxValue - 1 : pages)}");
        }
    }

    /// <summary>Makes the card as read-only as a test wants it.</summary>
    internal void ForbidWrites(bool isForbidden)
    {
        lock (disk)
        {
            file.Connection.Run($"PRAGMA query_only = {(isForbidden ? 1 : 0)}");
        }
    }

    private long NowUs() => (long)time.GetElapsedTime(startedAt).TotalMicroseconds;

    private long NextId() => ++lastId;

    private long Unsaved(Func<HeldBlock, bool> which) => unsaved.Where(which).Sum(block => (long)block.Cost);

    private List<HeldBlock> WaitingInRam(long after, long before) =>
        [.. unsaved.Where(block => block.Id > after && block.Id < before && !block.IsReceipted).Take(PageBlocks)];

    /// <summary>Decides whether a transaction is due and what it writes; null of not.</summary>
    private SaveBatch? Batch(bool all)
    {
        lock (gate)
        {
            var now = NowUs();
            var oldestWaiting = unsaved.Find(block => !block.IsReceipted)?.OpenedUs ?? now;
            var archive = Unsaved(block => block.IsReceipted) >= options.ArchiveBytes || unsaved.Count > 0 && now - unsaved[0].OpenedUs >= options.ArchiveAge.TotalMicroseconds;
            var receiptsDue = receipts.Count > 0 && (receiptsSinceUs == long.MinValue || now - receiptsSinceUs >= ReceiptDelay.TotalMicroseconds);
            savesEachSecond |= now - oldestWaiting >= options.RamAge.TotalMicroseconds;
            var due = all || archive || receiptsDue || savesEachSecond && (unsaved.Count > 0 || receipts.Count > 0);
            if (!due)
            {
                return null;
            }

            // NextSeq counts sealed rows only; at the end there are no others.
            return new SaveBatch([.. unsaved], [.. receipts], [.. sealers.Select(sealer => new StreamProgress(sealer.StreamId, sealer.NextSeq, sealer.GreatestTUs))], options.CapBytes, hasEnded);
        }
    }

    private void Saved(SaveBatch batch)
    {
        lock (gate)
        {
            savedId = file.MaxId;
            receipts.RemoveRange(0, batch.Receipts.Count);
            receiptsSinceUs = NowUs();
            unsaved.RemoveRange(0, batch.Blocks.Count);
            waitingBytesOnDisk = file.WaitingBytes;
            savesEachSecond = NowUs() - (file.OldestWaitingUs() ?? long.MaxValue) >= options.RamAge.TotalMicroseconds;
            if (diskRefuses)
            {
                diskRefuses = false;
                diskError = 0;
                OutboxLog.DiskTakesAgain(logger, batch.Blocks.Count);
            }
        }
    }

    private void Refused(SqliteException refusal)
    {
        lock (gate)
        {
            diskError = refusal.SqliteErrorCode;
            if (!diskRefuses)
            {
                diskRefuses = true;
                OutboxLog.DiskRefuses(logger, options.Path, refusal.Message);
            }

            KeepRamCap();
        }

        if (DamagedFile.IsDamage(refusal))
        {
            file.Dispose();
            file = OutboxSalvage.Replace(options.Path, out var salvaged);
            OutboxLog.Salvaged(logger, salvaged.Aside, salvaged.Saved, salvaged.Lost, refusal.Message);
            Count(salvaged.LostRows, LostReason.Corrupt);
            foreach (var sealer in sealers)
            {
                file.AddStream(sealer.StreamId, sealer.Boot, sealer.Catalog);
            }
        }
    }

    /// <summary>With the disk refusing, RAM is all there is: receipted blocks go first, then whole blocks spread over the span.</summary>
    private void KeepRamCap()
    {
        if (Unsaved(_ => true) <= options.RamCapBytes)
        {
            return;
        }

        unsaved.RemoveAll(block => block.IsReceipted);
        if (Unsaved(_ => true) <= options.RamCapBytes)
        {
            return;
        }

        var need = Unsaved(_ => true) - (options.RamCapBytes / 10 * 9);

        var gains = unsaved.ConvertAll(block => block.IsLost ? 0 : block.Cost - block.ToLost(LostReason.Disk).Cost);
        var picked = Thinning.Pick(gains, need);
        var rows = 0L;
        foreach (var i in picked)
        {
            rows += unsaved[i].Count;
            unsaved[i] = unsaved[i].ToLost(LostReason.Disk);
        }

        Count(new GivenUp(picked.Count, rows, LostReason.Disk));
    }

    private void Count(GivenUp givenUp)
    {
        if (givenUp.Blocks > 0)
        {
            Count(givenUp.Rows, givenUp.Reason);
            OutboxLog.GaveUp(logger, givenUp.Blocks, givenUp.Rows, givenUp.Reason);
        }
    }

    private void Count(long rows, LostReason reason)
    {
        Interlocked.Add(ref rowsLost, rows);
        Interlocked.Add(ref lostTo[(int)reason], rows);
        AgentMeters.RowsLost.Add(rows, AgentMeters.Reason(reason));
    }

    private void AnswerTo(Id128 store)
    {
        OutboxLog.StoreChanged(logger, storeId, store);
        file.ForgetReceipts(store);
        lock (gate)
        {
            storeId = store;
            covered.Clear();
            receipts.Clear();
            unsaved.ForEach(block => block.IsReceipted = false);
            waitingBytesOnDisk = file.WaitingBytes;
        }
    }

    private void Cover(ulong streamId, ulong first, ulong end)
    {
        if (!covered.TryGetValue(streamId, out var ranges))
        {
            covered.Add(streamId, ranges = new CoveredRanges());
        }

        var added = ranges.Add(first, end, out var whole);
        foreach (var block in unsaved)
        {
            if (!block.IsReceipted && block.StreamId == streamId && block.FirstSeq >= whole.First && block.EndSeq <= whole.End)
            {
                block.IsReceipted = true;
                added -= Math.Min(added, block.Count);
            }
        }

        // What is left was covered for blocks on disk (or for blocks long freed, which costs a needless update).
        if (added > 0)
        {
            receiptsSinceUs = receipts.Count == 0 ? NowUs() : receiptsSinceUs;
            receipts.Add(new ReceiptedRange(streamId, first, end, whole.First, whole.End));
        }
    }
}
