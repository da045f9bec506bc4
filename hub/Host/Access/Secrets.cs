using System.Security.Cryptography;
using System.Text;

namespace StemLab.Hub.Access;

/// <summary>Random texts that let somebody in. Of what a machine keeps, 256 bits; the hub stores the SHA-256 alone, which needs no slowing for such texts. Pure but for the generator.</summary>
internal static class Secrets
{
    /// <summary>Letters and digits nobody takes for another: no 0 O 1 I L.</summary>
    public const string Letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    /// <summary>256 random bits, URL-safe, 43 characters, after a prefix that says what it is.</summary>
    public static string New(string prefix = "") => prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>A code for people to type: <see cref="Letters"/>, 31 to the power of the length.</summary>
    public static string NewCode(int length) => RandomNumberGenerator.GetString(Letters, length);

    /// <summary>A code as typed, in the form it was given out: capitals, without blanks and dashes.</summary>
    public static string Typed(string code) => string.Concat(code.Where(letter => !char.IsWhiteSpace(letter) && letter != '-')).ToUpperInvariant();

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
