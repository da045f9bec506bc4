using System.Buffers.Binary;
using System.Buffers.Text;
using StemLab.Store;

namespace StemLab.Hub.Live;

/// <summary>What a watcher gives back to resume. Opaque to clients; 52 bytes as base64url, 36 of a hub that did not say <paramref name="Told"/> yet.</summary>
/// <param name="Store">Whose log.</param>
/// <param name="Position">Everything up to here was sent.</param>
/// <param name="Revision">Of the facts it was read by.</param>
/// <param name="Told">Through which version it was told what changed.</param>
internal readonly record struct WatchCursor(StoreId Store, CommitPosition Position, long Revision, ToldVersion Told)
{
    private const int Size = 52;
    private const int OldSize = 36;
    private const int MostLetters = 80;

    public static bool TryParse(string text, out WatchCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[MostLetters];
        if (text.Length > MostLetters || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written is not (Size or OldSize))
        {
            return false;
        }

        var position = new CommitPosition(BinaryPrimitives.ReadInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[24..]));
        var told = written == Size ? new ToldVersion(BinaryPrimitives.ReadInt64BigEndian(bytes[36..]), BinaryPrimitives.ReadInt64BigEndian(bytes[44..])) : default;
        cursor = new WatchCursor(new StoreId(BinaryPrimitives.ReadUInt128BigEndian(bytes)), position, BinaryPrimitives.ReadInt64BigEndian(bytes[28..]), told);
        return position is { Commit: >= 0, Index: >= 0 } && cursor.Revision >= 0 && told.Version >= 0;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Store.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Position.Commit);
        BinaryPrimitives.WriteInt32BigEndian(bytes[24..], Position.Index);
        BinaryPrimitives.WriteInt64BigEndian(bytes[28..], Revision);
        BinaryPrimitives.WriteInt64BigEndian(bytes[36..], Told.Life);
        BinaryPrimitives.WriteInt64BigEndian(bytes[44..], Told.Version);
        return Base64Url.EncodeToString(bytes);
    }
}

/// <summary>A version of what changed, and in which life of the hub it was counted; versions of different lives have nothing to do with each other.</summary>
/// <param name="Life">By chance; 0 = not known.</param>
/// <param name="Version">Of the quality book.</param>
internal readonly record struct ToldVersion(long Life, long Version);
