using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StemLab.Store;

/// <summary>Recognises a foreign publish that comes a second time. Remembered for 10 minutes of the store's running time and for the newest 500,000 keys, also over a restart.</summary>
/// <param name="Value">128 bits over client id, packet id and payload.</param>
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
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(payload, hash);
        var idBytes = Encoding.UTF8.GetByteCount(clientId);
        var topicBytes = Encoding.UTF8.GetByteCount(topic);
        var all = 16 + 2 + 4 + idBytes + topicBytes;
        Span<byte> text = all <= 512 ? stackalloc byte[all] : new byte[all];
        hash[..16].CopyTo(text);
        BinaryPrimitives.WriteUInt16LittleEndian(text[16..], packetId);
        BinaryPrimitives.WriteInt32LittleEndian(text[18..], idBytes);
        Encoding.UTF8.GetBytes(clientId, text[22..]);
        Encoding.UTF8.GetBytes(topic, text[(22 + idBytes)..]);
        SHA256.HashData(text, hash);
        return new RedeliveryKey(BinaryPrimitives.ReadUInt128BigEndian(hash), isRedelivery);
    }
}
