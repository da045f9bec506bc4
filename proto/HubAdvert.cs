using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StemLab.Wire;

/// <summary>
/// A hub as multicast DNS tells of it (RFC 6762, RFC 6763, service _stemlab._tcp.local): who it is and where its doors are. Nothing of it is proven; the hub's signature is asked for after.
/// Immutable; reading and writing are pure and never throw on any bytes.
/// </summary>
/// <param name="HubId">Who.</param>
/// <param name="PagePort">Port of pages and of knocking.</param>
/// <param name="IsTls">True where pages are spoken by TLS.</param>
/// <param name="Addresses">Where; IPv4 and IPv6.</param>
public sealed record HubAdvert(Id128 HubId, int PagePort, bool IsTls, ImmutableArray<IPAddress> Addresses)
{
    /// <summary>UDP port of multicast DNS.</summary>
    public const int Port = 5353;

    /// <summary>Most bytes of a message written or read.</summary>
    public const int MostBytes = 1400;

    private const string Service = "_stemlab._tcp.local";
    private const ushort TypeA = 1;
    private const ushort TypePtr = 12;
    private const ushort TypeTxt = 16;
    private const ushort TypeAaaa = 28;
    private const ushort TypeSrv = 33;
    private const ushort TypeAny = 255;
    private const ushort Internet = 1;
    private const uint LifeSeconds = 120;
    private const uint LegacyLifeSeconds = 10;
    private const int HeaderBytes = 12;
    private const int MostPointers = 16;
    private const int MostRecords = 64;
    private const int MostAddresses = 16;

    /// <summary>The group that questions go to (IPv4).</summary>
    public static IPAddress Group { get; } = new([224, 0, 0, 251]);

    /// <summary>The question "which StemLab hubs are there?".</summary>
    /// <param name="id">Comes back in an answer sent to the asker alone.</param>
    public static byte[] Question(ushort id)
    {
        var into = new List<byte>();
        WriteHeader(into, id, 0, 1, 0);
        WriteQuestion(into);
        return [.. into];
    }

    /// <summary>True where a message asks for StemLab hubs.</summary>
    /// <param name="message">As it came.</param>
    /// <param name="id">Of the message.</param>
    public static bool IsQuestion(ReadOnlySpan<byte> message, out ushort id)
    {
        id = 0;
        if (message.Length < HeaderBytes || (message[2] & 0xF8) != 0)
        {
            return false;
        }

        id = BinaryPrimitives.ReadUInt16BigEndian(message);
        var questions = Math.Min((int)BinaryPrimitives.ReadUInt16BigEndian(message[4..]), MostRecords);
        var at = HeaderBytes;
        for (var i = 0; i < questions; i++)
        {
            if (!TryName(message, ref at, out var name) || at + 4 > message.Length)
            {
                return false;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            at += 4;
            if (type is TypePtr or TypeAny && name.Equals(Service, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The answer to a question.</summary>
    /// <param name="id">Of the question; 0 where the answer goes to the group.</param>
    /// <param name="isAlone">True where the asker did not ask from port 5353: then it is told its question again, and a short life (RFC 6762 section 6.7).</param>
    public byte[] Answer(ushort id, bool isAlone)
    {
        var into = new List<byte>();
        var addresses = Addresses.Where(address => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6).Take(MostAddresses).ToArray();
        WriteHeader(into, isAlone ? id : (ushort)0, 0x8400, isAlone ? (ushort)1 : (ushort)0, (ushort)(3 + addresses.Length));
        if (isAlone)
        {
            WriteQuestion(into);
        }

        var life = isAlone ? LegacyLifeSeconds : LifeSeconds;
        var unique = (ushort)(isAlone ? Internet : Internet | 0x8000);
        var instance = $"stemlab-{HubId.ToString()[..8]}.{Service}";
        var host = $"stemlab-{HubId.ToString()[..8]}.local";
        WriteRecord(into, Service, TypePtr, Internet, life, NameBytes(instance));
        WriteRecord(into, instance, TypeSrv, unique, life, [0, 0, 0, 0, (byte)(PagePort >> 8), (byte)PagePort, .. NameBytes(host)]);
        WriteRecord(into, instance, TypeTxt, unique, life, [.. Text("v=1"), .. Text($"id={HubId}"), .. Text($"tls={(IsTls ? 1 : 0)}")]);
        foreach (var address in addresses)
        {
            WriteRecord(into, host, address.AddressFamily == AddressFamily.InterNetwork ? TypeA : TypeAaaa, unique, life, address.GetAddressBytes());
        }

        return [.. into];
    }

    /// <summary>Reads an answer; null where it is none, or not of a StemLab hub.</summary>
    public static HubAdvert? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes || (message[2] & 0x80) == 0)
        {
            return null;
        }

        var at = HeaderBytes;
        for (var i = BinaryPrimitives.ReadUInt16BigEndian(message[4..]); i > 0; i--)
        {
            if (!TryName(message, ref at, out _) || (at += 4) > message.Length)
            {
                return null;
            }
        }

        var records = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..]) + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        Id128 hub = default;
        var port = 0;
        var isTls = false;
        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        for (var i = 0; i < Math.Min(records, MostRecords); i++)
        {
            if (!TryName(message, ref at, out var name) || at + 10 > message.Length)
            {
                return null;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            if (at + length > message.Length)
            {
                return null;
            }

            var value = message.Slice(at, length);
            at += length;
            var isOurs = name.EndsWith(Service, StringComparison.OrdinalIgnoreCase);
            if (type == TypeSrv && isOurs && length > 6)
            {
                port = BinaryPrimitives.ReadUInt16BigEndian(value[4..]);
            }
            else if (type == TypeTxt && isOurs)
            {
                ReadText(value, ref hub, ref isTls);
            }
            else if ((type, length) is (TypeA, 4) or (TypeAaaa, 16) && addresses.Count < MostAddresses)
            {
                addresses.Add(new IPAddress(value));
            }
        }

        return hub.IsEmpty || port == 0 ? null : new HubAdvert(hub, port, isTls, addresses.ToImmutable());
    }

    private static void ReadText(ReadOnlySpan<byte> value, ref Id128 hub, ref bool isTls)
    {
        while (value.Length > 0 && value[0] < value.Length)
        {
            var entry = Encoding.ASCII.GetString(value.Slice(1, value[0]));
            value = value[(1 + value[0])..];
            if (entry.StartsWith("id=", StringComparison.Ordinal) && Id128.TryParse(entry.AsSpan(3), out var id))
            {
                hub = id;
            }

            isTls |= entry == "tls=1";
        }
    }

    /// <summary>Reads a name, compressed or not (RFC 1035 section 4.1.4); labels joined by dots.</summary>
    private static bool TryName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        var text = new StringBuilder();
        name = "";
        var next = -1;
        for (var (here, pointers) = (at, 0); here < message.Length && text.Length <= 255;)
        {
            int length = message[here];
            if (length == 0)
            {
                at = next < 0 ? here + 1 : next;
                name = text.ToString();
                return true;
            }

            if (length >= 0xC0)
            {
                if (here + 1 >= message.Length || ++pointers > MostPointers)
                {
                    return false;
                }

                next = next < 0 ? here + 2 : next;
                here = ((length & 0x3F) << 8) | message[here + 1];
                continue;
            }

            if (length > 63 || here + 1 + length > message.Length)
            {
                return false;
            }

            text.Append(text.Length > 0 ? "." : "").Append(Encoding.UTF8.GetString(message.Slice(here + 1, length)));
            here += 1 + length;
        }

        return false;
    }

    private static void WriteHeader(List<byte> into, ushort id, ushort flags, ushort questions, ushort answers)
    {
        foreach (var word in (ReadOnlySpan<ushort>)[id, flags, questions, answers, 0, 0])
        {
            WriteWord(into, word);
        }
    }

    private static void WriteQuestion(List<byte> into)
    {
        into.AddRange(NameBytes(Service));
        WriteWord(into, TypePtr);
        WriteWord(into, Internet);
    }

    private static void WriteRecord(List<byte> into, string name, ushort type, ushort kind, uint lifeSeconds, byte[] value)
    {
        into.AddRange(NameBytes(name));
        WriteWord(into, type);
        WriteWord(into, kind);
        WriteWord(into, (ushort)(lifeSeconds >> 16));
        WriteWord(into, (ushort)lifeSeconds);
        WriteWord(into, (ushort)value.Length);
        into.AddRange(value);
    }

    private static void WriteWord(List<byte> into, ushort word) => into.AddRange([(byte)(word >> 8), (byte)word]);

    private static byte[] NameBytes(string name) => [.. name.Split('.').SelectMany(Text), 0];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"hub {HubId} at {string.Join(", ", Addresses)}, port {PagePort}");
}
