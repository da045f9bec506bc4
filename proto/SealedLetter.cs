using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace StemLab.Wire;

/// <summary>Bytes that only the holder of one P-256 key can read: ECDH with a key made for this letter, HKDF-SHA256, AES-256-GCM. Pure, safe from any thread.</summary>
/// <remarks>Layout: 1 (version), the sender's one-time key as SubjectPublicKeyInfo (91 bytes), nonce (12), tag (16), ciphertext. NIST SP 800-56A, RFC 5869, SP 800-38D.</remarks>
public static class SealedLetter
{
    private const byte Version = 1;
    private const int KeyBytes = 91;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + KeyBytes + NonceBytes + TagBytes;

    private static ReadOnlySpan<byte> Purpose => "stemlab enrolment 1"u8;

    /// <summary>Seals bytes to a key.</summary>
    /// <param name="publicKey">The reader's, SubjectPublicKeyInfo.</param>
    /// <param name="plain">What is sent.</param>
    /// <param name="secret">What both sides know besides (a typed code's key): who does not know it cannot have written the letter. Empty = nothing.</param>
    /// <exception cref="CryptographicException">The key is none of P-256.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> secret)
    {
        using var reader = ECDiffieHellman.Create();
        reader.ImportSubjectPublicKeyInfo(publicKey, out _);
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var onceKey = once.ExportSubjectPublicKeyInfo();
        var letter = new byte[HeadBytes + plain.Length];
        letter[0] = Version;
        onceKey.CopyTo(letter, 1);
        var nonce = letter.AsSpan(1 + KeyBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(KeyOf(once.DeriveRawSecretAgreement(reader.PublicKey), secret, onceKey, publicKey), TagBytes);
        aes.Encrypt(nonce, plain, letter.AsSpan(HeadBytes), letter.AsSpan(HeadBytes - TagBytes, TagBytes), letter.AsSpan(0, 1 + KeyBytes));
        return letter;
    }

    /// <summary>Opens a letter; false where it is not for this key, was not written by who knows the secret, or was changed on the way.</summary>
    public static bool TryOpen(ECDiffieHellman key, ReadOnlySpan<byte> letter, ReadOnlySpan<byte> secret, [NotNullWhen(true)] out byte[]? plain)
    {
        plain = null;
        if (letter.Length < HeadBytes || letter[0] != Version)
        {
            return false;
        }

        try
        {
            using var once = ECDiffieHellman.Create();
            once.ImportSubjectPublicKeyInfo(letter.Slice(1, KeyBytes), out _);
            using var aes = new AesGcm(KeyOf(key.DeriveRawSecretAgreement(once.PublicKey), secret, letter.Slice(1, KeyBytes), key.ExportSubjectPublicKeyInfo()), TagBytes);
            var opened = new byte[letter.Length - HeadBytes];
            aes.Decrypt(letter.Slice(1 + KeyBytes, NonceBytes), letter[HeadBytes..], letter.Slice(HeadBytes - TagBytes, TagBytes), opened, letter[..(1 + KeyBytes)]);
            plain = opened;
            return true;
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    /// <summary>True where a text's signature was made with that key (ECDSA, P-256, SHA-256).</summary>
    public static bool IsSigned(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyBytes)
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);

            // One key has one form: a bit that the reader of the form overlooks would make another knocker of it.
            return key.KeySize == 256 && publicKey.SequenceEqual(key.ExportSubjectPublicKeyInfo()) && key.VerifyData(text, signature, HashAlgorithmName.SHA256);
        }
        catch (Exception wrong) when (wrong is CryptographicException or PlatformNotSupportedException)
        {
            // A point that is not on the curve is "not supported".
            return false;
        }
    }

    /// <summary>What is signed with a kit's key, or hashed with a typed code's, by whoever knocks: bound to one key and one challenge.</summary>
    /// <param name="purpose">"kit" or "code".</param>
    /// <param name="publicKey">The knocking key.</param>
    /// <param name="challenge">The hub's.</param>
    public static byte[] ProofText(string purpose, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> challenge) =>
        [.. System.Text.Encoding.ASCII.GetBytes($"stemlab {purpose}"), .. publicKey, .. challenge];

    /// <summary>What the hub signs of a letter it seals: bound to the key that knocked and to its challenge, so that no earlier answer passes for this one.</summary>
    public static byte[] LetterText(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> letter) => [.. ProofText("join", publicKey, challenge), .. letter];

    /// <summary>What the hub signs of an update it offers: "stemlab update" before the offer.</summary>
    public static byte[] UpdateText(ReadOnlySpan<byte> offer) => [.. "stemlab update"u8, .. offer];

    private static byte[] KeyOf(byte[] agreed, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> onceKey, ReadOnlySpan<byte> readersKey)
    {
        var salt = SHA256.HashData([.. onceKey, .. readersKey]);
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, [.. agreed, .. secret], 32, salt, Purpose.ToArray());
    }
}
