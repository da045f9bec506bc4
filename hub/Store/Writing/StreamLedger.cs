using System.Collections.Immutable;

namespace StemLab.Store.Writing;

/// <summary>How a range lies to what is covered.</summary>
internal enum Overlap
{
    /// <summary>Nothing of it is covered.</summary>
    None,

    /// <summary>Some of it is.</summary>
    Part,

    /// <summary>All of it is.</summary>
    Whole,
}

/// <summary>What is durable of one stream, and what became of it. Immutable.</summary>
internal sealed record StreamLedger
{
    public const int MaxRanges = 1024;
    private const byte Version = 1;

    public static readonly StreamLedger Empty = new();

    /// <summary>Ascending, apart by at least one number.</summary>
    public ImmutableArray<SeqRangeValue> Ranges { get; init; } = [];

    public long Stored { get; init; }

    public long Duplicate { get; init; }

    public long Conflict { get; init; }

    public long Erased { get; init; }

    public long Rejected { get; init; }

    public long LostCap { get; init; }

    public long LostDisk { get; init; }

    public long LostCorrupt { get; init; }

    public long LostPower { get; init; }

    /// <summary>Sequence numbers covered.</summary>
    public ulong Covered
    {
        get
        {
            var sum = 0UL;
            foreach (var range in Ranges)
            {
                sum += range.Count;
            }

            return sum;
        }
    }

    /// <summary>Highest covered number + 1; 0 when nothing is.</summary>
    public ulong End => Ranges.IsEmpty ? 0 : Ranges[^1].First + Ranges[^1].Count;

    /// <summary>How many of the numbers of a range are covered.</summary>
    public ulong CoveredOf(ulong first, ulong count)
    {
        var end = first + count;
        var sum = 0UL;
        for (var i = FirstEndingAfter(first); i < Ranges.Length && Ranges[i].First < end; i++)
        {
            sum += Math.Min(end, Ranges[i].First + Ranges[i].Count) - Math.Max(first, Ranges[i].First);
        }

        return sum;
    }

    public Overlap Overlap(ulong first, ulong count)
    {
        var covered = CoveredOf(first, count);
        return covered == 0 ? Writing.Overlap.None : covered == count ? Writing.Overlap.Whole : Writing.Overlap.Part;
    }

    /// <summary>Adds a range; null when that would make more than <see cref="MaxRanges"/>.</summary>
    public StreamLedger? Cover(ulong first, ulong count)
    {
        var end = first + count;

        // The common case: the next block of a running stream.
        if (!Ranges.IsEmpty && End == first)
        {
            return this with { Ranges = Ranges.SetItem(Ranges.Length - 1, new SeqRangeValue(Ranges[^1].First, Ranges[^1].Count + count)) };
        }

        // Touching ranges grow together.
        var from = first == 0 ? 0 : FirstEndingAfter(first - 1);
        var to = from;
        while (to < Ranges.Length && Ranges[to].First <= end)
        {
            first = Math.Min(first, Ranges[to].First);
            end = Math.Max(end, Ranges[to].First + Ranges[to].Count);
            to++;
        }

        if (Ranges.Length - (to - from) + 1 > MaxRanges)
        {
            return null;
        }

        return this with { Ranges = Ranges.RemoveRange(from, to - from).Insert(from, new SeqRangeValue(first, end - first)) };
    }

    /// <summary>What two hubs know of one stream together: all ranges, of each count the greater, and stored is the rest. The same in any order; null when that would make more than <see cref="MaxRanges"/>.</summary>
    public StreamLedger? With(StreamLedger other)
    {
        var both = this;
        foreach (var range in other.Ranges)
        {
            if (both.Cover(range.First, range.Count) is not { } covered)
            {
                return null;
            }

            both = covered;
        }

        both = both with
        {
            Duplicate = Math.Max(Duplicate, other.Duplicate),
            Conflict = Math.Max(Conflict, other.Conflict),
            Erased = Math.Max(Erased, other.Erased),
            Rejected = Math.Max(Rejected, other.Rejected),
            LostCap = Math.Max(LostCap, other.LostCap),
            LostDisk = Math.Max(LostDisk, other.LostDisk),
            LostCorrupt = Math.Max(LostCorrupt, other.LostCorrupt),
            LostPower = Math.Max(LostPower, other.LostPower),
        };
        var elsewhere = both.Duplicate + both.Conflict + both.Erased + both.Rejected + both.LostCap + both.LostDisk + both.LostCorrupt + both.LostPower;
        return both with { Stored = Math.Max(0, (long)Math.Min(both.Covered, long.MaxValue) - elsewhere) };
    }

    public StreamLedger Lose(LostReason reason, long count) => reason switch
    {
        LostReason.Disk => this with { LostDisk = LostDisk + count },
        LostReason.Corrupt => this with { LostCorrupt = LostCorrupt + count },
        LostReason.Power => this with { LostPower = LostPower + count },
        _ => this with { LostCap = LostCap + count },
    };

    public void WriteTo(ByteWriter into)
    {
        into.Byte(Version);
        foreach (var count in (ReadOnlySpan<long>)[Stored, Duplicate, Conflict, Erased, Rejected, LostCap, LostDisk, LostCorrupt, LostPower])
        {
            into.Number((ulong)count);
        }

        into.Number((ulong)Ranges.Length);
        var at = 0UL;
        foreach (var range in Ranges)
        {
            into.Number(range.First - at);
            into.Number(range.Count);
            at = range.First + range.Count;
        }
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote; null for other bytes.</summary>
    public static StreamLedger? TryRead(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Version)
        {
            return null;
        }

        Span<long> counts = stackalloc long[9];
        foreach (ref var count in counts)
        {
            count = (long)reader.Number();
        }

        var ranges = ImmutableArray.CreateBuilder<SeqRangeValue>(reader.Count(MaxRanges));
        var at = 0UL;
        for (var i = 0; i < ranges.Capacity; i++)
        {
            var first = at + reader.Number();
            ranges.Add(new SeqRangeValue(first, reader.Number()));
            at = first + ranges[^1].Count;
        }

        return reader.IsBad || reader.Left > 0 ? null : new StreamLedger
        {
            Ranges = ranges.MoveToImmutable(),
            Stored = counts[0],
            Duplicate = counts[1],
            Conflict = counts[2],
            Erased = counts[3],
            Rejected = counts[4],
            LostCap = counts[5],
            LostDisk = counts[6],
            LostCorrupt = counts[7],
            LostPower = counts[8],
        };
    }

    /// <summary>Index of the first range whose end lies after a number.</summary>
    private int FirstEndingAfter(ulong seq)
    {
        var (low, high) = (0, Ranges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Ranges[middle].First + Ranges[middle].Count <= seq ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

/// <summary>One stream's ledger: what the writer is staging and what everybody may see.</summary>
internal sealed class LedgerSlot(AgentId agent, StreamId stream, int localId)
{
    private volatile StreamLedger _published = StreamLedger.Empty;
    private long _redelivered;

    public AgentId Agent { get; } = agent;

    public StreamId Stream { get; } = stream;

    /// <summary>Key of the tables stream and ledger.</summary>
    public int LocalId { get; } = localId;

    /// <summary>Writer thread only.</summary>
    public StreamLedger Draft { get; set; } = StreamLedger.Empty;

    /// <summary>Writer thread only: the draft has changed in this commit.</summary>
    public bool IsDirty { get; set; }

    public StreamLedger Published
    {
        get => _published;
        set => _published = value;
    }

    /// <summary>Rows that came again whole since opening.</summary>
    public long Redelivered
    {
        get => Interlocked.Read(ref _redelivered);
        set => Interlocked.Exchange(ref _redelivered, value);
    }
}
