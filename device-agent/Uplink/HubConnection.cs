using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using Google.Protobuf;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

/// <summary>One MQTT 5 connection to the hub, from connect to its end; never used again after it. Safe from any thread.</summary>
internal sealed class HubConnection : IAsyncDisposable
{
    /// <summary>User properties of CONNECT: which board, and its key.</summary>
    private const string BoardProperty = "board";
    private const string KeyProperty = "key";
    private const int InboxCapacity = 256;
    private const int TimeRepliesKept = 16;
    private const uint MostInboundBytes = 256 * 1024;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private readonly UplinkOptions options;
    private readonly HubHome? home;
    private readonly TimeProvider time;
    private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    private readonly CancellationTokenSource ended = new();

    // Full = the session is behind: the connection is not read until it has caught up.
    private readonly Channel<InboundMessage> inbox = Channel.CreateBounded<InboundMessage>(new BoundedChannelOptions(InboxCapacity) { SingleReader = true });

    // Full = old replies nobody waits for: the oldest goes.
    private readonly Channel<TimedReply> timeReplies = Channel.CreateBounded<TimedReply>(new BoundedChannelOptions(TimeRepliesKept) { FullMode = BoundedChannelFullMode.DropOldest });

    private HubConnection(UplinkOptions options, HubHome? home, BootClock clock, Action wake, TimeProvider time)
    {
        this.options = options;
        this.home = home;
        this.time = time;
        Ended = ended.Token;
        client.ApplicationMessageReceivedAsync += received => TakeAsync(received.ApplicationMessage, clock, wake);
        client.DisconnectedAsync += _ => EndAsync(wake);
    }

    /// <summary>A reply of the hub's clock and our clock when it came.</summary>
    internal readonly record struct TimedReply(TimeReply Reply, long T3Us);

    /// <summary>A receipt or command as it came.</summary>
    internal readonly record struct InboundMessage(NativeTopic Kind, byte[] Payload);

    /// <summary>Receipts and commands, in order.</summary>
    public ChannelReader<InboundMessage> Inbox => inbox.Reader;

    /// <summary>Replies of the hub's clock.</summary>
    public ChannelReader<TimedReply> TimeReplies => timeReplies.Reader;

    /// <summary>Cancelled when the connection has ended.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Most publishes without PUBACK the hub allows.</summary>
    public int ReceiveMaximum { get; private set; } = 1;

    /// <summary>Connects and subscribes.</summary>
    /// <param name="options">Where and who.</param>
    /// <param name="home">What it shows of its board; null = nothing.</param>
    /// <param name="clock">Stamps time replies.</param>
    /// <param name="wake">Called when something has come or the connection has ended.</param>
    /// <param name="time">For timeouts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HubRefusedException">The hub refuses; the message says why.</exception>
    public static async Task<HubConnection> OpenAsync(UplinkOptions options, HubHome? home, BootClock clock, Action wake, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new HubConnection(options, home, clock, wake, time);
        try
        {
            await connection.ConnectAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes QoS 1 and waits for PUBACK; false where the hub answered with a failure code.</summary>
    /// <exception cref="TimeoutException">No PUBACK in time.</exception>
    public async Task<bool> PublishAsync(NativeTopic kind, byte[] payload, bool retain, CancellationToken cancellationToken)
    {
        var message = new MqttApplicationMessageBuilder().WithTopic(Topics.Of(options.AgentId, kind)).WithPayload(payload)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).WithRetainFlag(retain).Build();
        var result = await client.PublishAsync(message, cancellationToken).WaitAsync(options.AnswerTimeout, time, cancellationToken);
        return result.IsSuccess;
    }

    /// <summary>Publishes a time request, QoS 0.</summary>
    public Task AskTimeAsync(TimeRequest request, CancellationToken cancellationToken) => client.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic(Topics.Time(options.AgentId)).WithPayload(request.ToByteArray())
            .WithResponseTopic(Topics.TimeReply(options.AgentId)).WithCorrelationData(BitConverter.GetBytes(request.T0Us)).Build(),
        cancellationToken);

    /// <summary>Says good-bye, so that the hub need not wait for the keep-alive.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await PublishAsync(NativeTopic.State, "0"u8.ToArray(), retain: true, cancellationToken);
        await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        ended.Cancel();
        ended.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var id = options.AgentId.ToString();
        var terms = new MqttClientOptionsBuilder()
                .WithTcpServer(options.Hub.Host, options.Hub.Port)
                .WithTcpServer(tcp => tcp.NoDelay = true)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId(id).WithCredentials(id, options.Token)
                .WithCleanStart(true).WithSessionExpiryInterval(0)
                .WithKeepAlivePeriod(KeepAlive).WithTimeout(options.AnswerTimeout).WithMaximumPacketSize(MostInboundBytes)
                .WithWillTopic(Topics.State(options.AgentId)).WithWillPayload("0").WithWillRetain(true).WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (home is not null)
        {
            terms = terms.WithUserProperty(BoardProperty, Encoding.UTF8.GetBytes(home.Board).AsMemory()).WithUserProperty(KeyProperty, Encoding.UTF8.GetBytes(home.PublicKey).AsMemory());
        }

        if (options.Tls)
        {
            terms = terms.WithTlsOptions(tls => tls.UseTls().WithCertificateValidationHandler(IsTrusted));
        }

        var answer = await client.ConnectAsync(terms.Build(), cancellationToken);
        if (answer.ResultCode is MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.Banned)
        {
            throw new HubRefusedException($"the hub refuses: {answer.ResultCode} {answer.ReasonString}".TrimEnd());
        }

        if (answer.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new IOException($"the hub refuses: {answer.ResultCode} {answer.ReasonString}".TrimEnd());
        }

        ReceiveMaximum = answer.ReceiveMaximum is { } most and > 0 ? most : ushort.MaxValue;
        var subscribed = await client.SubscribeAsync(
            new MqttClientSubscribeOptionsBuilder()
                .WithTopicFilter(Topics.Ack(options.AgentId), MqttQualityOfServiceLevel.AtLeastOnce)
                .WithTopicFilter(Topics.Cmd(options.AgentId), MqttQualityOfServiceLevel.AtLeastOnce)
                .WithTopicFilter(Topics.TimeReply(options.AgentId), MqttQualityOfServiceLevel.AtMostOnce)
                .Build(),
            cancellationToken);
        if (subscribed.Items.FirstOrDefault(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) is { } refused)
        {
            throw new IOException($"the hub refuses the subscription to {refused.TopicFilter.Topic}: {refused.ResultCode}");
        }
    }

    /// <summary>With certificates of the hub's own those alone count, and not the name: the hub may have got another address.</summary>
    private bool IsTrusted(MqttClientCertificateValidationEventArgs shown)
    {
        if (options.AuthorityPem.Length == 0)
        {
            return shown.SslPolicyErrors == SslPolicyErrors.None;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(options.AuthorityPem);

        // A boat has no way to ask whether a certificate was revoked; and a board without a clock none to know its dates.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return shown.Certificate is not null && chain.Build(X509CertificateLoader.LoadCertificate(shown.Certificate.GetRawCertData()));
    }

    private async Task TakeAsync(MqttApplicationMessage message, BootClock clock, Action wake)
    {
        var nowUs = clock.NowUs();
        if (!Topics.TryParse(message.Topic, out var agent, out var kind) || agent != options.AgentId)
        {
            return;
        }

        if (kind == NativeTopic.TimeReply)
        {
            if (TryParse(TimeReply.Parser, message.Payload.ToArray(), out var reply))
            {
                timeReplies.Writer.TryWrite(new TimedReply(reply, nowUs));
            }

            return;
        }

        if (kind is NativeTopic.Ack or NativeTopic.Cmd)
        {
            await inbox.Writer.WriteAsync(new InboundMessage(kind, message.Payload.ToArray()), Ended);
            wake();
        }
    }

    /// <summary>Parses a message; false for bytes that are none.</summary>
    public static bool TryParse<T>(MessageParser<T> parser, byte[] payload, out T message)
        where T : class, IMessage<T>
    {
        try
        {
            message = parser.ParseFrom(payload);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = null!;
            return false;
        }
    }

    private async Task EndAsync(Action wake)
    {
        try
        {
            await ended.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // Disposed by us: nobody waits any more.
        }

        wake();
    }
}
