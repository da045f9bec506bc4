using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StemLab.Wire;

/// <summary>Codes that people read, compare and type: 31 characters that cannot be taken for one another (no 0, 1, I, L, O). Pure, safe from any thread.</summary>
public static class LabelCode
{
    /// <summary>The characters, 31.</summary>
    public const string Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    private const string Prefix = "AG-";
    private const int Group = 4;

    // Slow on purpose: whoever wants a key with another agent's four characters tries about a million.
    private const int LabelRounds = 20_000;

    // A typed code has 39 bits; a proof that was overheard must not give it away within its quarter of an hour.
    private const int CodeRounds = 100_000;

    private static ReadOnlySpan<byte> LabelSalt => "stemlab label 1"u8;

    /// <summary>The whole code of a key, like AG-7F2K-9MXQ: what to compare where two show the same first part.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo.</param>
    public static string Of(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> stretched = stackalloc byte[16];
        Rfc2898DeriveBytes.Pbkdf2(publicKey, LabelSalt, stretched, LabelRounds, HashAlgorithmName.SHA256);
        var text = Write(stretched, 2 * Group);
        return $"{Prefix}{text[..Group]}-{text[Group..]}";
    }

    /// <summary>The first part, which stands on the label: AG-7F2K.</summary>
    /// <param name="whole">As <see cref="Of"/> gave it.</param>
    public static string FirstPart(string whole) => whole[..Math.Min(whole.Length, Prefix.Length + Group)];

    /// <summary>A random code of so many characters.</summary>
    public static string New(int characters) => RandomNumberGenerator.GetString(Alphabet, characters);

    /// <summary>A code as typed, without blanks and dashes, in capitals; null where a character is none of the alphabet's or the number is not that asked for.</summary>
    public static string? Normalise(string typed, int characters)
    {
        var code = typed.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        return code.Length == characters && code.All(c => Alphabet.Contains(c, StringComparison.Ordinal)) ? code : null;
    }

    /// <summary>The key that a typed code stands for with one hub, 32 bytes.</summary>
    /// <param name="code">Normalised.</param>
    /// <param name="hub">The hub that gave it.</param>
    public static byte[] KeyOf(string code, Id128 hub) => Rfc2898DeriveBytes.Pbkdf2(code, hub.ToBytes(), CodeRounds, HashAlgorithmName.SHA256, 32);

    private static string Write(ReadOnlySpan<byte> from, int characters)
    {
        var value = BinaryPrimitives.ReadUInt128BigEndian(from);
        Span<char> into = stackalloc char[characters];
        for (var i = 0; i < characters; i++)
        {
            into[i] = Alphabet[(int)(value % (UInt128)Alphabet.Length)];
            value /= (UInt128)Alphabet.Length;
        }

        return into.ToString();
    }
}
