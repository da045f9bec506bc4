using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using StemLab.Hub.Access;
using StemLab.Hub.Fleet;

namespace StemLab.Hub.Intake.Door;

/// <summary>What CONNECT asked for and what it was given. Written by the read loop before CONNACK, read by anybody after.</summary>
internal sealed class ConnectTerms
{
    /// <summary>SHA-256 in hex.</summary>
    private const int BoardHexDigits = 64;

    /// <summary>A P-256 key as SubjectPublicKeyInfo, and its base64.</summary>
    private const int KeyBytes = 91;
    private const int LongestKey = 124;

    private bool _isAssigned;

    /// <summary>True once a CONNECT was read.</summary>
    public bool IsKnown { get; private set; }

    public string ClientId { get; private set; } = "";

    /// <summary>Null when the credential was refused.</summary>
    public MqttGrant? Grant { get; private set; }

    /// <summary>Zero where the client asked for none.</summary>
    public TimeSpan KeepAlive { get; private set; }

    /// <summary>Longest packet the client takes, bytes.</summary>
    public uint ClientMaxPacketBytes { get; private set; } = uint.MaxValue;

    /// <summary>Published when the connection ends without DISCONNECT; null where there is none.</summary>
    public MqttApplicationMessage? Will { get; set; }

    /// <summary>
    /// Reads the terms, and leaves MQTTnet a CONNECT without keep-alive and will: the door keeps both itself, because MQTTnet does not see the publishes that prove a client alive.
    /// </summary>
    public void Take(MqttConnectPacket connect, bool v5, FrontDoor door, IPAddress remote)
    {
        if (string.IsNullOrEmpty(connect.ClientId) && (v5 || connect.CleanSession))
        {
            connect.ClientId = "auto-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
            _isAssigned = true;
        }

        ClientId = connect.ClientId ?? "";
        KeepAlive = TimeSpan.FromSeconds(connect.KeepAlivePeriod);
        connect.KeepAlivePeriod = 0;
        if (v5 && connect.MaximumPacketSize > 0)
        {
            ClientMaxPacketBytes = connect.MaximumPacketSize;
        }

        var password = connect.Password is null ? null : Encoding.UTF8.GetString(connect.Password);
        Grant = door.Access.Authenticate(connect.Username, password, ClientId, remote, ShownBy(connect));
        if (Grant is { IsTokenless: true } or { Maker: not null })
        {
            // Within the hub each maker's names are its own: nobody throws out another by taking its client id.
            ClientId = connect.ClientId = $"{(Grant.Maker is null ? "" : connect.Username)}~{ClientId}";
        }

        if (connect.WillFlag)
        {
            connect.WillFlag = false;
            Will = new MqttApplicationMessage
            {
                Topic = connect.WillTopic,
                PayloadSegment = connect.WillMessage ?? [],
                QualityOfServiceLevel = connect.WillQoS,
                ContentType = connect.WillContentType,
            };
        }

        IsKnown = true;
    }

    /// <summary>What an agent shows of its board as user properties; null where it shows nothing, or not in form.</summary>
    private static AgentKey? ShownBy(MqttConnectPacket connect)
    {
        string? board = null;
        var key = "";
        foreach (var property in connect.UserProperties ?? [])
        {
            var value = Encoding.UTF8.GetString(property.ValueBuffer.Span);
            board = property.Name == "board" && value.Length == BoardHexDigits && value.All(char.IsAsciiHexDigitLower) ? value : board;
            key = property.Name == "key" && value.Length <= LongestKey && IsKey(value) ? value : key;
        }

        return board is null ? null : new AgentKey(key, board, "");
    }

    private static bool IsKey(string base64)
    {
        Span<byte> bytes = stackalloc byte[LongestKey];
        return Convert.TryFromBase64String(base64, bytes, out var written) && written == KeyBytes;
    }

    /// <summary>Says in CONNACK what the hub does not offer or bounds.</summary>
    public void Complete(MqttConnAckPacket connAck, IntakeOptions options)
    {
        connAck.TopicAliasMaximum = 0;
        connAck.ReceiveMaximum = (ushort)Math.Min(options.WindowPublishes, ushort.MaxValue);
        connAck.MaximumPacketSize = (uint)options.MaxPacketBytes;
        connAck.SharedSubscriptionAvailable = false;
        connAck.SessionExpiryInterval = 0;
        if (_isAssigned && connAck.ReasonCode == MqttConnectReasonCode.Success)
        {
            connAck.AssignedClientIdentifier = ClientId;
        }
    }

    /// <summary>True for a 3.1.1 CONNECT that wants a session but says no name: MQTTnet drops it, the standard wants return code 2 (section 3.1.3.1).</summary>
    public static bool IsNamelessSession(in ReadOnlySequence<byte> whole)
    {
        Span<byte> start = stackalloc byte[14];
        if (whole.Length < start.Length)
        {
            return false;
        }

        whole.Slice(0, start.Length).CopyTo(start);
        return start[0] == 0x10 && start[2..9].SequenceEqual("\0\u0004MQTT\u0004"u8) && (start[9] & 2) == 0 && start[12] == 0 && start[13] == 0;
    }
}
