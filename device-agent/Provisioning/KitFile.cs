using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using StemLab.Wire;

namespace StemLab.Agent.Provisioning;

/// <summary>The file that is the same on every card of a kit: with it a board is let in without anybody accepting it. Immutable.</summary>
internal sealed record KitFile
{
    /// <summary>Name of the file on the boot partition.</summary>
    public const string Name = "stemlab-join.json";

    /// <summary>Which kit.</summary>
    public Id128 Kit { get; init; }

    /// <summary>The kit's key, PKCS #8, base64.</summary>
    public string KitKey { get; init; } = "";

    /// <summary>The hub that made it.</summary>
    public Id128 HubId { get; init; }

    /// <summary>That hub's key, SubjectPublicKeyInfo, base64: no other hub is knocked at.</summary>
    public string HubKey { get; init; } = "";

    /// <summary>That hub's name, for people.</summary>
    public string HubName { get; init; } = "";

    /// <summary>Addresses of its pages when the kit was made.</summary>
    public ImmutableArray<string> Pages { get; init; } = [];

    /// <summary>Where the boot partition of a Raspberry Pi is mounted.</summary>
    public static ImmutableArray<string> Places { get; } = [$"/boot/firmware/{Name}", $"/boot/{Name}"];

    /// <summary>Reads a text; null where it is no kit file.</summary>
    public static KitFile? Read(string text)
    {
        try
        {
            var read = JsonSerializer.Deserialize(text, KitJson.Default.KitFile);
            return read is { Kit.IsEmpty: false, HubId.IsEmpty: false, KitKey.Length: > 0 } ? read with { Pages = read.Pages.IsDefault ? [] : read.Pages } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The proof that the kit's key is on this card; null where the file is damaged.</summary>
    public byte[]? Prove(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> challenge)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(KitKey), out _);
            return key.SignData(SealedLetter.ProofText("kit", publicKey, challenge), HashAlgorithmName.SHA256);
        }
        catch (Exception damaged) when (damaged is CryptographicException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>How the file is read: generated at build time. Keys it does not know are left alone: a newer hub may write more.</summary>
[JsonSourceGenerationOptions(Converters = [typeof(Operations.Id128JsonConverter)])]
[JsonSerializable(typeof(KitFile))]
internal sealed partial class KitJson : JsonSerializerContext;
