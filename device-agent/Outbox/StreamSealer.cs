using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>One stream of this process: gathers rows and seals them into blocks with dense sequence numbers. Guarded by the outbox.</summary>
internal sealed class StreamSealer(ulong streamId, BootRecord boot, Catalog catalog)
{
    private const int RowBytes = 20;
    private const int ColumnBytes = 40;

    /// <summary>Bytes the up message adds around the block, and a little to spare.</summary>
    private const int Margin = 64;

    private readonly Dictionary<int, long> lastTUs = [];
    private BlockDraft? draft;
    private long openedUs;
    private long gatheredTUs = long.MinValue;

    /// <summary>Sequence domain.</summary>
    public ulong StreamId { get; } = streamId;

    /// <summary>Clock domain.</summary>
    public BootRecord Boot { get; } = boot;

    /// <summary>Catalogue the inputs are indexes of.</summary>
    public Catalog Catalog { get; } = catalog;

    /// <summary>The number the next sealed row gets: everything before it is in a sealed block.</summary>
    public ulong NextSeq { get; private set; }

    /// <summary>Greatest time in a sealed block; <see cref="long.MinValue"/> before the first. What is only gathered dies with the process, so a file that is played again must go on before it.</summary>
    public long GreatestTUs { get; private set; } = long.MinValue;

    /// <summary>Rows not yet sealed.</summary>
    public int OpenRows => draft?.Count ?? 0;

    /// <summary>Takes rows that belong together (they are never parted by a seal) and returns how many were refused because their time had not grown. A full block goes to <paramref name="sealedBlocks"/>.</summary>
    public int Append(ReadOnlySpan<Row> rows, long nowUs, Func<long> nextId, List<HeldBlock> sealedBlocks)
    {
        if (draft is { Count: > 0 } && draft.ApproximateBytes + (rows.Length * (RowBytes + ColumnBytes)) + Margin > BlockCodec.MaxBytes)
        {
            sealedBlocks.Add(Seal(nextId)!);
        }

        var refused = 0;
        foreach (var row in rows)
        {
            if (lastTUs.TryGetValue(row.Input, out var last) && row.TUs <= last)
            {
                refused++;
                continue;
            }

            if (draft is null)
            {
                draft = new BlockDraft(StreamId, Boot.Id, Catalog.Hash);
                openedUs = nowUs;
            }

            if (row.Missing == MissingReason.Unspecified && double.IsFinite(row.Value))
            {
                draft.Add(row.Input, row.TUs, row.Value);
            }
            else
            {
                draft.AddMissing(row.Input, row.TUs, row.Missing == MissingReason.Unspecified ? MissingReason.Fault : row.Missing);
            }

            lastTUs[row.Input] = row.TUs;
            gatheredTUs = Math.Max(gatheredTUs, row.TUs);
        }

        return refused;
    }

    /// <summary>Seals what has gathered; null where nothing has.</summary>
    public HeldBlock? Seal(Func<long> nextId)
    {
        if (draft is null)
        {
            return null;
        }

        var block = new HeldBlock
        {
            Id = nextId(),
            StreamId = StreamId,
            FirstSeq = NextSeq,
            Count = (uint)draft.Count,
            Payload = BlockCodec.ToUp(BlockCodec.Seal(draft, NextSeq)),
            OpenedUs = openedUs,
        };
        NextSeq = block.EndSeq;
        GreatestTUs = gatheredTUs;
        draft = null;
        return block;
    }
}
