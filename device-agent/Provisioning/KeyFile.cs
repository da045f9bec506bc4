using System.Security.Cryptography;
using StemLab.Wire;

namespace StemLab.Agent.Provisioning;

/// <summary>The key pair a board makes once, in a file only its owner may read. One thread.</summary>
internal sealed class KeyFile : IDisposable
{
    private readonly ECDsa signing;
    private readonly ECDiffieHellman opening;

    private KeyFile(byte[] pkcs8)
    {
        signing = ECDsa.Create();
        signing.ImportPkcs8PrivateKey(pkcs8, out _);
        opening = ECDiffieHellman.Create();
        opening.ImportPkcs8PrivateKey(pkcs8, out _);
        PublicKey = signing.ExportSubjectPublicKeyInfo();
    }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Opens the file, or makes it with a new key.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="InvalidDataException">It is no key.</exception>
    public static KeyFile OpenOrMake(string path)
    {
        if (!File.Exists(path))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            WholeFile.Write(path, made.ExportPkcs8PrivateKey());
        }

        return Open(path);
    }

    /// <summary>Opens a file that is there.</summary>
    /// <exception cref="InvalidDataException">It is no key.</exception>
    public static KeyFile Open(string path)
    {
        try
        {
            return new KeyFile(File.ReadAllBytes(path));
        }
        catch (CryptographicException damaged)
        {
            throw new InvalidDataException($"{path} is damaged: delete it, and this board asks to join as a new one", damaged);
        }
    }

    /// <summary>ECDSA, SHA-256, IEEE P1363.</summary>
    public byte[] Sign(ReadOnlySpan<byte> text) => signing.SignData(text, HashAlgorithmName.SHA256);

    /// <summary>Opens what was sealed to this key; null where it was not, or by who does not know the secret.</summary>
    public byte[]? TryOpen(ReadOnlySpan<byte> letter, ReadOnlySpan<byte> secret) => SealedLetter.TryOpen(opening, letter, secret, out var plain) ? plain : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        signing.Dispose();
        opening.Dispose();
    }
}
