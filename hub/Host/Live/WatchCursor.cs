using System.Buffers.Binary;
using System.Buffers.Text;
using StemLab.Store;

namespace StemLab.Hub.Live;

/// <summary>What a watcher gives back to resume: store, position in its log, revision it had seen. Opaque to clients; 36 bytes as base64url.</summary>
internal readonly record struct WatchCursor(StoreId Store, CommitPosition Position, long Revision)
{
    private const int Size = 36;

    public static bool TryParse(string text, out WatchCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Size + 3];
        if (text.Length > 64 || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size)
        {
            return false;
        }

        var position = new CommitPosition(BinaryPrimitives.ReadInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[24..]));
        cursor = new WatchCursor(new StoreId(BinaryPrimitives.ReadUInt128BigEndian(bytes)), position, BinaryPrimitives.ReadInt64BigEndian(bytes[28..]));
        return position is { Commit: >= 0, Index: >= 0 } && cursor.Revision >= 0;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Store.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Position.Commit);
        BinaryPrimitives.WriteInt32BigEndian(bytes[24..], Position.Index);
        BinaryPrimitives.WriteInt64BigEndian(bytes[28..], Revision);
        return Base64Url.EncodeToString(bytes);
    }
}
