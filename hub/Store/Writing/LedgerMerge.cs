namespace StemLab.Store.Writing;

/// <summary>Joins ledgers of another hub with this one's. Writer thread only, but for the bytes.</summary>
internal static class LedgerMerge
{
    public static byte[] BytesOf(StreamLedger ledger)
    {
        var bytes = new ByteWriter();
        ledger.WriteTo(bytes);
        return bytes.Written.ToArray();
    }

    /// <summary>All of them in one transaction; what the disk refuses changes nothing.</summary>
    public static int Apply(StoreWriter writer, IReadOnlyCollection<LedgerCopy> ledgers)
    {
        List<(LedgerSlot Slot, StreamLedger Merged)> merged = [];
        foreach (var copy in ledgers)
        {
            if (copy.Stream.Value != 0
                && writer.Slots.TryGetValue((copy.Agent, copy.Stream), out var slot)
                && StreamLedger.TryRead(copy.State.Span) is { } told
                && IsInForm(told)
                && slot.Published.With(told) is { } both
                && !BytesOf(both).AsSpan().SequenceEqual(BytesOf(slot.Published)))
            {
                merged.Add((slot, both));
            }
        }

        if (merged.Count == 0)
        {
            return 0;
        }

        writer.Transact(
            session =>
            {
                using var insert = session.PrepareOnce("INSERT INTO ledger VALUES(?1, ?2) ON CONFLICT(stream) DO UPDATE SET state = ?2");
                foreach (var (slot, both) in merged)
                {
                    insert.Bind(1, slot.LocalId).Bind(2, BytesOf(both)).Run();
                }
            },
            flushFirst: false);
        foreach (var (slot, both) in merged)
        {
            slot.Draft = slot.Published = both;
        }

        return merged.Count;
    }

    /// <summary>Bytes of a stranger: ranges ascending and apart, no count below 0.</summary>
    private static bool IsInForm(StreamLedger ledger)
    {
        var next = 0UL;
        foreach (var range in ledger.Ranges)
        {
            if (range.Count == 0 || range.First < next || range.First > ulong.MaxValue - range.Count - 1)
            {
                return false;
            }

            next = range.First + range.Count + 1;
        }

        return ((ReadOnlySpan<long>)[ledger.Stored, ledger.Duplicate, ledger.Conflict, ledger.Erased, ledger.Rejected, ledger.LostCap, ledger.LostDisk, ledger.LostCorrupt, ledger.LostPower]).IndexOfAnyInRange(long.MinValue, -1) < 0;
    }
}
