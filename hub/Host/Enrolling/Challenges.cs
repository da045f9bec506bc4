using System.Buffers.Binary;
using System.Security.Cryptography;
using StemLab.Hub.TimeKeeping;

namespace StemLab.Hub.Enrolling;

/// <summary>What a letter must hold so that it cannot be sent again later: a hash of the minute with a secret of this process. Nothing is kept per asker. Safe from any thread.</summary>
internal sealed class Challenges(HubClock clock)
{
    /// <summary>Minutes a challenge is good for, at least.</summary>
    public const int Minutes = 5;

    private const long MinuteUs = 60_000_000;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public byte[] Current => Of(clock.NowUs() / MinuteUs);

    public bool IsFresh(ReadOnlySpan<byte> challenge)
    {
        var minute = clock.NowUs() / MinuteUs;
        for (var back = 0; back <= Minutes; back++)
        {
            if (CryptographicOperations.FixedTimeEquals(challenge, Of(minute - back)))
            {
                return true;
            }
        }

        return false;
    }

    private byte[] Of(long minute)
    {
        Span<byte> text = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(text, minute);
        return HMACSHA256.HashData(_secret, text);
    }
}
