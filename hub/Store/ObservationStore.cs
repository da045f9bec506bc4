using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace StemLab.Store;

/// <summary>
/// The embedded store: one writer, one file, any number of readers. Safe from any thread.
/// </summary>
public sealed class ObservationStore : IAsyncDisposable
{
    private ObservationStore()
    {
    }

    /// <summary>Opens series.db in the folder, making it when absent, and reads back what was not yet in chunks.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="decoder">Decodes native blocks when the log is read.</param>
    /// <param name="onCommitted">Called on the writer thread after the fsync, in commit order, for every commit that showed rows; must not block or throw. Null = nobody listens.</param>
    /// <param name="time">Clock for retention and pauses.</param>
    /// <param name="logger">Where the store says what it found; null = nowhere.</param>
    /// <exception cref="StoreUnavailableException">Folder not writable, another process has the file, file of a newer version, native SQLite too old.</exception>
    public static ObservationStore Open(
        StoreOptions options,
        BlockDecoder decoder,
        Action<CommittedRows>? onCommitted,
        TimeProvider time,
        ILogger? logger = null) => throw new NotImplementedException();

    /// <summary>Identity of this series.db.</summary>
    public StoreId StoreId { get; }

    /// <summary>All names now.</summary>
    public StoreDictionary Dictionary => throw new NotImplementedException();

    /// <summary>How the store is now.</summary>
    public StoreHealth Health => throw new NotImplementedException();

    /// <summary>Figures now.</summary>
    public StoreStats Stats => throw new NotImplementedException();

    /// <summary>Takes boots, catalogues and streams. Durable when it returns; saying the same again costs nothing.</summary>
    /// <exception cref="StoreUnavailableException">The disk refuses.</exception>
    public ValueTask<DeclareOutcome> DeclareAsync(Declarations declarations, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Hands an item to the writer; waits while the queue is full. The result comes by <see cref="Submission.Completion"/>.</summary>
    /// <exception cref="StoreUnavailableException">The store is closed.</exception>
    public ValueTask SubmitAsync(Submission submission, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Ranges of a stream that are durable, normalised and ascending; empty when unknown.</summary>
    public ImmutableArray<SeqRangeValue> Covered(AgentId agent, StreamId stream) => throw new NotImplementedException();

    /// <summary>Where every row of an agent went; all zero when unknown.</summary>
    public Account Account(AgentId agent) => throw new NotImplementedException();

    /// <summary>A consistent view of everything committed.</summary>
    public StoreSnapshot Snapshot() => throw new NotImplementedException();

    /// <summary>Reads the commit log for a watcher that fell behind.</summary>
    /// <param name="after">Position already seen.</param>
    /// <param name="maxRows">Stop after so many rows; at least one commit or part of one is given.</param>
    public CommitPage ReadCommits(CommitPosition after, int maxRows) => throw new NotImplementedException();

    /// <summary>Erases rows: masks them for every later read and deletes them from the chunks. Late rows inside are counted erased.</summary>
    /// <param name="masks">Resolved ranges; each stays for ever.</param>
    /// <param name="cancellationToken">Gives up waiting for the queue.</param>
    public ValueTask EraseAsync(ImmutableArray<RowMask> masks, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Writes everything in memory to chunks; for maintenance and tests, never needed.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Takes what was submitted, commits it, and closes the file.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
