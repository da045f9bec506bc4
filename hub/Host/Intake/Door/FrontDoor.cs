using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Connections;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Protocol;
using MQTTnet.Server;
using StemLab.Hub.Access;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Intake.Door;

/// <summary>
/// Where MQTT comes in: Kestrel hands over connections, each becomes a <see cref="DoorConnection"/> in front of MQTTnet's server. Owns the server and the list of connections. Safe from any thread.
/// </summary>
internal sealed class FrontDoor : ConnectionHandler, IMqttServerAdapter, IHostedLifecycleService
{
    private const int MostFiltersPerClient = 256;
    private const string HubClientId = "stemlab-hub";

    private static readonly TimeSpan FinishGrace = TimeSpan.FromSeconds(5);

    /// <summary>MQTTnet sends no DISCONNECT for a normal end.</summary>
    private static readonly MqttServerStopOptions Silently = new() { DefaultClientDisconnectOptions = new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.NormalDisconnection } };

    private readonly MqttServer _server;
    private readonly ForeignIntake _foreign;
    private readonly FleetBook _fleet;
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly HashSet<DoorConnection> _connections = [];
    private readonly Dictionary<string, DoorConnection> _byClientId = new(StringComparer.Ordinal);

    public FrontDoor(
        IntakeOptions options, IntakeCounters counters, MqttAccess access, ObservationStore store, PublishRouter router, Settlement settlement, Receipts receipts,
        ForeignIntake foreign, FleetBook fleet, SubscriptionTree subscriptions, TimeProvider time, ILogger<FrontDoor> logger)
    {
        Options = options;
        Counters = counters;
        Access = access;
        Store = store;
        Router = router;
        Settlement = settlement;
        Receipts = receipts;
        _foreign = foreign;
        _fleet = fleet;
        Subscriptions = subscriptions;
        Time = time;
        Logger = logger;
        var serverOptions = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithDefaultCommunicationTimeout(options.ConnectTimeout)
            .WithMaxPendingMessagesPerClient(options.MaxPendingPerSubscriber)
            .WithPersistentSessions(false)
            .Build();
        serverOptions.KeepAliveOptions.MonitorInterval = TimeSpan.FromSeconds(30);
        _server = new MqttServer(serverOptions, [this], new BrokerLog(logger));
        _server.ValidatingConnectionAsync += Validate;
        _server.InterceptingSubscriptionAsync += Admit;
        _server.ClientSubscribedTopicAsync += Subscribed;
        _server.ClientUnsubscribedTopicAsync += Unsubscribed;
        _server.SessionDeletedAsync += SessionEnded;
        _server.QueuedApplicationMessageOverwrittenAsync += _ => CountDropped();
    }

    public IntakeOptions Options { get; }

    public IntakeCounters Counters { get; }

    public MqttAccess Access { get; }

    public ObservationStore Store { get; }

    public PublishRouter Router { get; }

    public Settlement Settlement { get; }

    public Receipts Receipts { get; }

    public SubscriptionTree Subscriptions { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    /// <summary>Set by MQTTnet while it runs.</summary>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Connections now.</summary>
    public IReadOnlyList<DoorConnection> Connections
    {
        get
        {
            lock (_gate)
            {
                return [.. _connections];
            }
        }
    }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (connection.Features.Get<ITransferFormatFeature>() is { } webSocket)
        {
            webSocket.ActiveFormat = TransferFormat.Binary;
        }

        var handler = ClientHandler;
        if (handler is null)
        {
            return;
        }

        Counters.Add(IntakeCount.ConnectionsOpened);
        using var door = new DoorConnection(connection, this);
        if (!TryEnter(door))
        {
            Counters.Add(IntakeCount.ClosedTooMany);
            await door.FinishAsync(FinishGrace);
            return;
        }

        try
        {
            await handler(door);
        }
        finally
        {
            await door.FinishAsync(FinishGrace);
            Leave(door);
        }
    }

    /// <summary>
    /// One connection a client id: ends the one that has it, and waits until it is gone. Where old and new meet in MQTTnet, the old one's end may take the new one's session away.
    /// </summary>
    public async Task TakeOverAsync(DoorConnection connection, CancellationToken cancellationToken)
    {
        if (connection.Grant is null)
        {
            return;
        }

        DoorConnection? old;
        lock (_gate)
        {
            old = _byClientId.GetValueOrDefault(connection.ClientId);
            _byClientId[connection.ClientId] = connection;
        }

        if (old is not null)
        {
            old.End(null, ReasonCode.SessionTakenOver);
            await old.Gone.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The client has its CONNACK.</summary>
    public void Connected(DoorConnection connection, bool isSessionPresent)
    {
        if (!isSessionPresent)
        {
            Subscriptions.RemoveAll(connection.ClientId);
        }

        if ((connection.Grant?.Agent ?? connection.Grant?.Maker) is { } agent)
        {
            _fleet.Connected(agent);
        }

        // Revoked between CONNECT and now: the watch has not seen this connection.
        if (connection.Grant is { } grant && !Access.Holds(grant))
        {
            connection.Abort(IntakeCount.ClosedTokenEnded);
        }
    }

    /// <summary>A connection that had its CONNACK is over; its will is given away.</summary>
    public async Task GoneAsync(DoorConnection connection, MqttApplicationMessage? will)
    {
        if ((connection.Grant?.Agent ?? connection.Grant?.Maker) is { } agent)
        {
            _fleet.Disconnected(agent);
        }

        if (will is not null && PublishRouter.IsOrdinary(will.Topic, connection))
        {
            await FanOutAsync(will, connection.ClientId);
        }
    }

    /// <summary>Gives a message to everybody who listens; never retained.</summary>
    public async Task FanOutAsync(MqttApplicationMessage message, string? senderId = null)
    {
        message.Retain = false;
        try
        {
            await _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(message) { SenderClientId = senderId ?? HubClientId });
            Counters.Add(IntakeCount.FanoutSent);
        }
        catch (InvalidOperationException)
        {
            // The server is stopping.
            Counters.Add(IntakeCount.FanoutDropped);
        }
    }

    /// <summary>Sends a command to an agent: QoS 1 on its cmd topic.</summary>
    public Task SendCommandAsync(Id128 agent, ReadOnlyMemory<byte> command) => FanOutAsync(new MqttApplicationMessage
    {
        Topic = Topics.Cmd(agent),
        Payload = new System.Buffers.ReadOnlySequence<byte>(command),
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    });

    /// <summary>The client's address for a connection that came by WebSocket.</summary>
    public static IPAddress RemoteOf(ConnectionContext connection) => connection.GetHttpContext()?.Connection.RemoteIpAddress ?? IPAddress.None;

    async Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _foreign.DeclareHubBootsAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The store has said so itself; the hub starts and serves what it has.
        }

        await _server.StartAsync();
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before anybody else stops: Kestrel would wait half a minute for connections that nobody closes.</summary>
    async Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken)
    {
        ClientHandler = null;

        // The door says the last word itself, to all at once: MQTTnet says it to one after the other and waits ten seconds for each that does not read.
        foreach (var connection in Connections)
        {
            connection.End(null, ReasonCode.ServerShuttingDown);
        }

        await StopServerAsync(cancellationToken);
    }

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => _server.IsStarted ? StopServerAsync(cancellationToken) : Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IMqttServerAdapter.StartAsync(MqttServerOptions options, IMqttNetLogger logger) => Task.CompletedTask;

    Task IMqttServerAdapter.StopAsync() => Task.CompletedTask;

    public void Dispose()
    {
    }

    private async Task StopServerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => _server.StopAsync(Silently), CancellationToken.None).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The hub's time to stop is over: whatever holds MQTTnet does not hold the store.
            IntakeLog.BrokerHeldUp(Logger);
        }
    }

    private bool TryEnter(DoorConnection connection)
    {
        lock (_gate)
        {
            return _connections.Count < Options.MaxConnections && _connections.Add(connection);
        }
    }

    private void Leave(DoorConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
            if (_byClientId.TryGetValue(connection.ClientId, out var current) && current == connection)
            {
                _byClientId.Remove(connection.ClientId);
            }
        }
    }

    private DoorConnection? Find(string clientId)
    {
        lock (_gate)
        {
            return _byClientId.GetValueOrDefault(clientId);
        }
    }

    private Task Validate(ValidatingConnectionEventArgs connecting)
    {
        if (connecting.ChannelAdapter is not DoorConnection { Grant: not null })
        {
            connecting.ReasonCode = MqttConnectReasonCode.NotAuthorized;
            Counters.Add(IntakeCount.ClosedNotAuthorized);
        }

        return Task.CompletedTask;
    }

    private Task Admit(InterceptingSubscriptionEventArgs asked)
    {
        var filter = asked.TopicFilter.Topic;
        var connection = Find(asked.ClientId);
        if (connection?.Grant is not { } grant || !grant.MaySubscribe(filter))
        {
            asked.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
        }
        else if (filter.StartsWith("$share/", StringComparison.Ordinal))
        {
            asked.Response.ReasonCode = MqttSubscribeReasonCode.SharedSubscriptionsNotSupported;
        }
        else if (!IsFilter(filter))
        {
            asked.Response.ReasonCode = MqttSubscribeReasonCode.TopicFilterInvalid;
        }
        else if (++connection.SubscriptionCount > MostFiltersPerClient)
        {
            asked.Response.ReasonCode = MqttSubscribeReasonCode.QuotaExceeded;
        }

        asked.ProcessSubscription = asked.Response.ReasonCode <= MqttSubscribeReasonCode.GrantedQoS2;
        return Task.CompletedTask;
    }

    private Task Subscribed(ClientSubscribedTopicEventArgs subscribed)
    {
        if (Find(subscribed.ClientId) is not { } connection)
        {
            return Task.CompletedTask;
        }

        if (connection.Grant?.Agent is not { } agent)
        {
            Subscriptions.Add(subscribed.ClientId, subscribed.TopicFilter.Topic);
        }
        else if (MqttTopicFilterComparer.Compare(Topics.Ack(new Id128(agent.Value)), subscribed.TopicFilter.Topic) == MqttTopicFilterCompareResult.IsMatch)
        {
            connection.WantsReceipts = true;
        }

        return Task.CompletedTask;
    }

    private Task Unsubscribed(ClientUnsubscribedTopicEventArgs unsubscribed)
    {
        Subscriptions.Remove(unsubscribed.ClientId, unsubscribed.TopicFilter);
        if (Find(unsubscribed.ClientId) is { SubscriptionCount: > 0 } connection)
        {
            connection.SubscriptionCount--;
        }

        return Task.CompletedTask;
    }

    private Task SessionEnded(SessionDeletedEventArgs ended)
    {
        Subscriptions.RemoveAll(ended.Id);
        return Task.CompletedTask;
    }

    private Task CountDropped()
    {
        Counters.Add(IntakeCount.FanoutDropped);
        return Task.CompletedTask;
    }

    /// <summary>MQTT 5.0 section 4.7: # alone at the end, + alone in its level.</summary>
    private static bool IsFilter(string filter)
    {
        var levels = filter.Split('/');
        for (var i = 0; i < levels.Length; i++)
        {
            var wild = levels[i].Contains('#') || levels[i].Contains('+');
            if (wild && (levels[i].Length > 1 || (levels[i] == "#" && i < levels.Length - 1)))
            {
                return false;
            }
        }

        return filter.Length > 0 && !filter.Contains('\0');
    }
}
