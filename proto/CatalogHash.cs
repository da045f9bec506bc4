using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StemLab.Wire.V1;

namespace StemLab.Wire;

/// <summary>The name of a catalogue of inputs: a block refers to inputs by index into the catalogue with this hash. Pure, safe from any thread.</summary>
public static class CatalogHash
{
    /// <summary>
    /// First 8 bytes, big-endian, of SHA-256 over the inputs in the given order, each as port, quantity, unit
    /// (u32 LE byte length + UTF-8) and config_rev (u32 LE). Interval, label and probe are not part of it.
    /// </summary>
    public static ulong Of(IEnumerable<Input> inputs)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var input in inputs)
        {
            AppendText(sha, input.Port);
            AppendText(sha, input.Quantity);
            AppendText(sha, input.UnitUcum);
            AppendNumber(sha, input.ConfigRev);
        }

        return BinaryPrimitives.ReadUInt64BigEndian(sha.GetHashAndReset());
    }

    private static void AppendText(IncrementalHash sha, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        AppendNumber(sha, (uint)bytes.Length);
        sha.AppendData(bytes);
    }

    private static void AppendNumber(IncrementalHash sha, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        sha.AppendData(bytes);
    }
}
