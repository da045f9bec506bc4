using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StemLab.Store;

/// <summary>Recognises a foreign publish that comes a second time. Remembered for 10 minutes of the store's running time and for the newest 500,000 keys, also over a restart.</summary>
/// <param name="Value">128 bits over client id, packet id, topic and payload.</param>
/// <param name="IsRedelivery">The sender's DUP flag. Without it the rows are new whatever was seen before.</param>
public readonly record struct RedeliveryKey(UInt128 Value, bool IsRedelivery)
{
    /// <summary>Makes the key of one publish; cheap enough for every publish.</summary>
    /// <param name="clientId">MQTT client id.</param>
    /// <param name="packetId">MQTT packet id.</param>
    /// <param name="topic">Topic of the publish.</param>
    /// <param name="payload">Payload bytes.</param>
    /// <param name="isRedelivery">DUP flag.</param>
    public static RedeliveryKey Of(string clientId, ushort packetId, string topic, ReadOnlySpan<byte> payload, bool isRedelivery)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(topic);
        const int Fixed = sizeof(ushort) + (2 * sizeof(int));
        var idBytes = Encoding.UTF8.GetByteCount(clientId);
        var topicBytes = Encoding.UTF8.GetByteCount(topic);
        var all = Fixed + idBytes + topicBytes + payload.Length;
        var rented = all <= 1024 ? null : ArrayPool<byte>.Shared.Rent(all);
        Span<byte> text = rented is null ? stackalloc byte[all] : rented.AsSpan(0, all);
        BinaryPrimitives.WriteUInt16LittleEndian(text, packetId);
        BinaryPrimitives.WriteInt32LittleEndian(text[2..], idBytes);
        BinaryPrimitives.WriteInt32LittleEndian(text[6..], topicBytes);
        Encoding.UTF8.GetBytes(clientId, text[Fixed..]);
        Encoding.UTF8.GetBytes(topic, text[(Fixed + idBytes)..]);
        payload.CopyTo(text[(Fixed + idBytes + topicBytes)..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text, hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return new RedeliveryKey(BinaryPrimitives.ReadUInt128BigEndian(hash), isRedelivery);
    }
}
