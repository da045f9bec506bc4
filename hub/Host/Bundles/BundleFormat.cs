using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StemLab.Hub.Bundles;

/// <summary>What a part of a bundle holds; a reader passes over kinds it does not know and says so.</summary>
internal enum PartKind : byte
{
    /// <summary>Who wrote it, when, with what in it: JSON.</summary>
    Manifest = 1,

    /// <summary>Agents, boots and streams: JSON.</summary>
    Names = 2,

    /// <summary>Facts: JSON.</summary>
    Facts = 3,

    /// <summary>Rows of one series.</summary>
    Rows = 4,

    /// <summary>Both sides of collisions of one series.</summary>
    Collisions = 5,

    /// <summary>What is durable of streams.</summary>
    Ledgers = 6,

    /// <summary>The SHA-256 of every part before it: by it a lost part has a name.</summary>
    End = 7,
}

/// <summary>
/// Bytes of a field bundle, version 1: a head, then parts.
/// <code>
/// head  "STEMLAB-BUNDLE\n" | version u16 | check 4
/// part  "\nSLPART\n" | kind u8 | length u32 | SHA-256 of the payload 32 | check 4 | payload
/// </code>
/// Numbers little-endian; a check is the first 4 bytes of the SHA-256 of what stands before it (without the mark), so that damage to a length does not hide the parts after it:
/// a reader looks for the next mark. Pure.
/// </summary>
internal static class BundleFormat
{
    public const ushort Version = 1;

    public const int HeadBytes = 15 + 2 + 4;

    public const int PartHeadBytes = 8 + 1 + 4 + 32 + 4;

    /// <summary>Longest payload.</summary>
    public const int MostPayload = 4 << 20;

    /// <summary>Rows of a part: what a damaged sector costs at most, and no more than 2 % of overhead.</summary>
    public const int RowsOfAPart = 8192;

    public static ReadOnlySpan<byte> Mark => "\nSLPART\n"u8;

    private static ReadOnlySpan<byte> Magic => "STEMLAB-BUNDLE\n"u8;

    public static byte[] Head()
    {
        var head = new byte[HeadBytes];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(15), Version);
        Check(head.AsSpan(0, 17), head.AsSpan(17));
        return head;
    }

    /// <summary>Its version; null = no head of a bundle, or a damaged one.</summary>
    public static ushort? VersionOf(ReadOnlySpan<byte> head) =>
        head.Length >= HeadBytes && head[..15].SequenceEqual(Magic) && IsChecked(head[..17], head.Slice(17, 4)) ? BinaryPrimitives.ReadUInt16LittleEndian(head[15..]) : null;

    public static byte[] PartHead(PartKind kind, ReadOnlySpan<byte> payload, out byte[] hash)
    {
        var head = new byte[PartHeadBytes];
        Mark.CopyTo(head);
        head[8] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(9), (uint)payload.Length);
        hash = SHA256.HashData(payload);
        hash.CopyTo(head.AsSpan(13));
        Check(head.AsSpan(8, 37), head.AsSpan(45));
        return head;
    }

    public static bool TryPartHead(ReadOnlySpan<byte> head, out PartKind kind, out int length, out byte[] hash)
    {
        (kind, length, hash) = (0, 0, []);
        if (head.Length < PartHeadBytes || !head.StartsWith(Mark) || !IsChecked(head.Slice(8, 37), head.Slice(45, 4)))
        {
            return false;
        }

        var told = BinaryPrimitives.ReadUInt32LittleEndian(head[9..]);
        (kind, length, hash) = ((PartKind)head[8], (int)Math.Min(told, int.MaxValue), head.Slice(13, 32).ToArray());
        return told <= MostPayload;
    }

    private static void Check(ReadOnlySpan<byte> of, Span<byte> into) => SHA256.HashData(of).AsSpan(0, 4).CopyTo(into);

    private static bool IsChecked(ReadOnlySpan<byte> of, ReadOnlySpan<byte> check) => SHA256.HashData(of).AsSpan(0, 4).SequenceEqual(check);
}
