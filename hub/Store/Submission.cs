using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>One item for the writer. Submit it once.</summary>
public abstract record Submission
{
    private readonly TaskCompletionSource<Outcome> _completion;

    /// <param name="isAnsweredAlone">True where what follows the answer may take long: it then gets a pool thread of its own.</param>
    private protected Submission(bool isAnsweredAlone = false) =>
        _completion = new TaskCompletionSource<Outcome>(isAnsweredAlone ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);

    /// <summary>
    /// Completes after the fsync of its commit. Fails with <see cref="StoreUnavailableException"/> when the disk refuses or the store closes: nothing of it is durable then.
    /// What waits for the rows of one commit goes on one after the other on one pool thread, so it must not block.
    /// </summary>
    public Task<Outcome> Completion => _completion.Task;

    /// <summary>Rows it weighs in the bounded queue; at least 1.</summary>
    internal abstract int Weight { get; }

    internal void Complete(Outcome outcome) => _completion.TrySetResult(outcome);

    internal void Fail(Exception exception) => _completion.TrySetException(exception);
}

/// <summary>A sealed block of a native agent.</summary>
/// <param name="Agent">Sender, as the connection proved it.</param>
/// <param name="Stream">Sequence domain.</param>
/// <param name="Boot">Clock domain of every row.</param>
/// <param name="CatalogHash">Names the catalogue the columns index.</param>
/// <param name="FirstSeq">Sequence number of row 0.</param>
/// <param name="Count">Number of rows; equals the decoded rows.</param>
/// <param name="Payload">The publish payload; kept verbatim, must not change afterwards.</param>
/// <param name="Rows">The payload decoded; must not change afterwards.</param>
public sealed record NativeBlock(
    AgentId Agent,
    StreamId Stream,
    BootId Boot,
    ulong CatalogHash,
    ulong FirstSeq,
    int Count,
    ReadOnlyMemory<byte> Payload,
    BlockRows Rows) : Submission
{
    internal override int Weight => Math.Max(1, Count);
}

/// <summary>Sequence numbers the agent gave and cannot deliver. Stored and covered like a block; what is already covered stays as it is.</summary>
/// <param name="Agent">Sender.</param>
/// <param name="Stream">Sequence domain.</param>
/// <param name="FirstSeq">First number lost.</param>
/// <param name="Count">How many, at least 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="Payload">The publish payload, kept verbatim.</param>
public sealed record LostRange(
    AgentId Agent,
    StreamId Stream,
    ulong FirstSeq,
    ulong Count,
    LostReason Reason,
    ReadOnlyMemory<byte> Payload) : Submission
{
    internal override int Weight => 1;
}

/// <summary>One row of a foreign sender.</summary>
/// <param name="Input">Input of the sending agent.</param>
/// <param name="TUs">µs of the boot named by the submission.</param>
/// <param name="Raw">Value, finite; ignored for a missing row.</param>
/// <param name="Missing">0 for a raw row, else the missing reason.</param>
public readonly record struct ForeignRow(InputDeclaration Input, long TUs, double Raw, byte Missing);

/// <summary>Rows of a foreign sender: no sequence numbers, no receipt; the publish is answered when this completes.</summary>
/// <param name="Agent">The foreign agent; need not be declared.</param>
/// <param name="Boot">The hub's boot for arrival-stamped rows, a utc boot otherwise; must be declared.</param>
/// <param name="Rows">At least one row, in the order of the message.</param>
/// <param name="Key">Recognises a re-delivery; null for QoS 0.</param>
/// <param name="BumpIfNotLater">True for arrival-stamped rows: the writer sets t to last + 1 µs when it is not later than the series' last.</param>
public sealed record ForeignRows(
    AgentId Agent,
    BootId Boot,
    ImmutableArray<ForeignRow> Rows,
    RedeliveryKey? Key,
    bool BumpIfNotLater) : Submission
{
    internal override int Weight => Math.Max(1, Rows.Length);
}

/// <summary>Bytes that could not be read, kept aside with their reason. With a stream they cover its range, so that the sender can go on.</summary>
/// <param name="Agent">Sender; null where it is not known.</param>
/// <param name="Stream">Sequence domain; null for a foreign payload or an unreadable one.</param>
/// <param name="FirstSeq">First number covered; ignored without stream.</param>
/// <param name="Count">Numbers covered; ignored without stream.</param>
/// <param name="Reason">Short machine word, counted per reason.</param>
/// <param name="Payload">The bytes, kept verbatim up to 64 KiB.</param>
public sealed record AsideBytes(
    AgentId? Agent,
    StreamId? Stream,
    ulong FirstSeq,
    ulong Count,
    string Reason,
    ReadOnlyMemory<byte> Payload) : Submission
{
    internal override int Weight => 1;
}
