using System.Security.Cryptography;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;

namespace StemLab.Hub.Enrolling;

/// <summary>Why a code or a kit did not help.</summary>
internal enum KnockTrouble
{
    None,
    CodeWrong,
    CodeUsed,
    CodeExpired,
    KitUnknown,
    KitUsedUp,
    KitExpired,

    /// <summary>Too many wrong codes lately; this one was not looked at.</summary>
    TooManyTries,
}

/// <summary>Codes to type on one agent: single use, a quarter of an hour, gone with the process. Safe from any thread. The code itself never travels: the agent proves that it knows it.</summary>
internal sealed class JoinCodeBook(HubClock clock)
{
    public const int Characters = 8;

    /// <summary>Most codes open at once; the oldest goes.</summary>
    public const int Most = 40;

    /// <summary>Used and expired ones remembered, so that a person is told which it was.</summary>
    private const int MostKept = 120;

    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();

    // Under _gate, oldest first.
    private readonly List<Code> _codes = [];

    /// <summary>A new code.</summary>
    public string Make()
    {
        var code = LabelCode.New(Characters);
        var made = new Code(LabelCode.KeyOf(code, clock.HubId), clock.NowUs() + (long)Life.TotalMicroseconds);
        lock (_gate)
        {
            if (_codes.Count(one => IsOpen(one)) >= Most)
            {
                _codes.Remove(_codes.First(IsOpen));
            }

            if (_codes.Count >= MostKept)
            {
                _codes.RemoveAt(0);
            }

            _codes.Add(made);
        }

        return code;
    }

    /// <summary>Uses the code somebody proves to know.</summary>
    /// <param name="proof">As in KnockLetter.code_proof.</param>
    /// <param name="publicKey">Of the letter.</param>
    /// <param name="challenge">Of the letter.</param>
    /// <param name="key">The code's key, to seal the answer with; null unless the result is None.</param>
    public KnockTrouble Use(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> challenge, out byte[]? key)
    {
        var text = SealedLetter.ProofText("code", publicKey, challenge);
        key = null;
        lock (_gate)
        {
            for (var i = 0; i < _codes.Count; i++)
            {
                var code = _codes[i];
                if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(code.Key, text), proof))
                {
                    continue;
                }

                if (!IsOpen(code))
                {
                    return code.IsUsed ? KnockTrouble.CodeUsed : KnockTrouble.CodeExpired;
                }

                _codes[i] = code with { IsUsed = true };
                key = code.Key;
                return KnockTrouble.None;
            }
        }

        return KnockTrouble.CodeWrong;
    }

    private bool IsOpen(Code code) => !code.IsUsed && clock.NowUs() < code.EndUs;

    private sealed record Code(byte[] Key, long EndUs, bool IsUsed = false);
}
