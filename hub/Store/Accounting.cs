using System.Collections.Immutable;
using StemLab.Store.Writing;

namespace StemLab.Store;

/// <summary>Sums the ledgers of an agent.</summary>
internal static class Accounting
{
    public static Account Of(AgentId agent, IEnumerable<LedgerSlot> slots, StoreDictionary dictionary)
    {
        var account = new Account();
        var lost = new long[5];
        foreach (var slot in slots.Where(slot => slot.Agent == agent))
        {
            account = Add(account, slot, dictionary, lost);
        }

        return account with
        {
            Lost = Enum.GetValues<LostReason>().Where(reason => lost[(int)reason] > 0)
                .ToImmutableDictionary(reason => reason, reason => lost[(int)reason]),
        };
    }

    private static Account Add(Account account, LedgerSlot slot, StoreDictionary dictionary, long[] lost)
    {
        var ledger = slot.Published;
        lost[(int)LostReason.Cap] += ledger.LostCap;
        lost[(int)LostReason.Disk] += ledger.LostDisk;
        lost[(int)LostReason.Corrupt] += ledger.LostCorrupt;
        lost[(int)LostReason.Power] += ledger.LostPower;
        var isForeign = slot.Stream.Value == 0;
        var declared = dictionary.TryFind(slot.Agent, slot.Stream, out var stream) ? stream.Declaration : null;
        var ended = declared?.DurableNextSeq;
        var isOpen = !isForeign && declared is not { IsComplete: true };
        var expected = isForeign
            ? (ulong)(ledger.Stored + ledger.Duplicate + ledger.Conflict + ledger.Erased)
            : Math.Max(ledger.End, ended ?? 0);
        return account with
        {
            Expected = account.Expected + (long)expected,
            Stored = account.Stored + ledger.Stored,
            Duplicate = account.Duplicate + ledger.Duplicate,
            Conflict = account.Conflict + ledger.Conflict,
            Erased = account.Erased + ledger.Erased,
            Rejected = account.Rejected + ledger.Rejected,
            Missing = account.Missing + (isForeign ? 0 : (long)(expected - ledger.Covered)),
            Redelivered = account.Redelivered + slot.Redelivered,
            TailUnknownStreams = account.TailUnknownStreams + (isOpen && ended is not null ? 1 : 0),
            OpenStreams = account.OpenStreams + (isOpen ? 1 : 0),
            Streams = account.Streams + (isForeign ? 0 : 1),
        };
    }
}
