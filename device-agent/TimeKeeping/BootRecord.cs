using System.Security.Cryptography;
using System.Text;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>One clock domain of this agent, as kept in agent.db. Immutable.</summary>
/// <param name="Id">Global identity.</param>
/// <param name="Kind">Device, or utc for a file's own times.</param>
/// <param name="BootNo">Grows by one per device boot, from 1; 0 for utc, which has no place in that order.</param>
/// <param name="Previous">The device boot before; empty for the first and for utc.</param>
/// <param name="Origin">Which start it is: the kernel's boot id, "utc:" and a source's name, or empty for a process start.</param>
/// <param name="OffsetUs">t = source clock + offset.</param>
/// <param name="DeclaredSigmaUs">For utc: half-width of a bound that holds in 99.9 % of cases; 0 otherwise.</param>
internal sealed record BootRecord(Id128 Id, BootKind Kind, uint BootNo, Id128 Previous, string Origin, long OffsetUs, long DeclaredSigmaUs)
{
    /// <summary>Identity of a boot with a known origin: the first 16 bytes of SHA-256(origin || agent id).</summary>
    public static Id128 IdOf(string origin, Id128 agent)
    {
        var hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(origin), .. agent.ToBytes()]);
        return Id128.TryRead(hash.AsSpan(0, Id128.Size), out var id) ? id : Id128.New();
    }

    /// <summary>The boot as Birth declares it.</summary>
    public Boot ToWire(IEnumerable<ClockTie> ties) => new()
    {
        BootId = Id.ToByteString(),
        Kind = Kind,
        BootNo = BootNo,
        PrevBootId = Previous.ToByteString(),
        DeclaredSigmaUs = DeclaredSigmaUs,
        Ties = { ties },
    };
}
