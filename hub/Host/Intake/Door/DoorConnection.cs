using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.AspNetCore;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using StemLab.Hub.Access;
using StemLab.Hub.Sockets;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Intake.Door;

/// <summary>
/// One MQTT connection between Kestrel and MQTTnet. Every PUBLISH is taken here and answered after its commit; MQTTnet sees only the rest (CONNECT, SUBSCRIBE, PING…).
/// One read loop (MQTTnet's), one pump; writing is guarded by a lock.
/// </summary>
internal sealed class DoorConnection : IMqttChannelAdapter
{
    /// <summary>How long a client may take to let the last word through; then it is cut off.</summary>
    private static readonly TimeSpan LastWordPatience = TimeSpan.FromSeconds(1);

    private readonly ConnectionContext _context;
    private readonly FrontDoor _door;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;

    // Never disposed (it holds nothing of the system's): whoever ends a connection may still be writing to it when it goes.
    private readonly SemaphoreSlim _writing = new(1);
    private readonly AckPump _pump;
    private readonly Task _pumping;
    private readonly CutOff _cutOff;
    private readonly SubAckOrder _subAckOrder = new();
    private readonly ConnectTerms _terms = new();

    // Read loop only: packet ids of QoS 2 publishes between PUBLISH and PUBREL.
    private readonly HashSet<ushort> _unreleased = [];

    private readonly long _openedAt;
    private FrameFault _fault;
    private bool _isNamelessSession;
    private long _waitingSince;
    private volatile bool _isConnected;
    private int _ended;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Task _lastWord = Task.CompletedTask;

    public DoorConnection(ConnectionContext context, FrontDoor door)
    {
        _context = context;
        _door = door;
        _input = context.Transport.Input;
        _output = context.Transport.Output;
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(512, 64 * 1024));
        _openedAt = door.Time.GetTimestamp();
        _cutOff = new CutOff(context, door.Time);
        _pump = new AckPump(this, door.Settlement, door.Options, door.Time);
        _pumping = _pump.RunAsync();
        Scratch = new SenderScratch();
        Rebirth = new RebirthPause(door.Time);
    }

    public long BytesReceived { get; private set; }
    public long BytesSent { get; private set; }

    public X509Certificate2? ClientCertificate => null;
    public EndPoint? RemoteEndPoint => _context.RemoteEndPoint;
    public EndPoint? LocalEndPoint => _context.LocalEndPoint;
    public bool IsSecureConnection => false;

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public bool IsV5 => PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500;

    /// <summary>As the client gave it or the hub assigned it; empty before CONNECT.</summary>
    public string ClientId => _terms.ClientId;

    /// <summary>What the credential allows; null before CONNECT or when it was refused.</summary>
    public MqttGrant? Grant => _terms.Grant;

    /// <summary>True once the agent subscribed to its receipts.</summary>
    public bool WantsReceipts { get; set; }

    /// <summary>Subscriptions now; written by MQTTnet's one receive loop.</summary>
    public int SubscriptionCount { get; set; }

    /// <summary>The pump only.</summary>
    public RebirthPause Rebirth { get; }

    /// <summary>Completes when nothing of the connection is left, in MQTTnet neither.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Read-loop-only memory of the sender's topics and messages.</summary>
    public SenderScratch Scratch { get; }

    /// <summary>How long ago the publish at hand came at least, µs; 0 = just now. The read loop only.</summary>
    public long ArrivedUsAgo => _context.Features.Get<GatheredConnection>()?.ArrivedUsAgo ?? 0;

    private bool IsEnded => Volatile.Read(ref _ended) != 0;

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>MQTTnet is done with the connection; the door ends it after the last answer (<see cref="FinishAsync"/>).</summary>
    public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void ResetStatistics()
    {
        BytesReceived = 0;
        BytesSent = 0;
    }

    /// <summary>The next packet for MQTTnet; publishes before it are taken on the way. Null when the connection is over.</summary>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        while (!IsEnded)
        {
            var read = await ReadAsync(cancellationToken);
            if (read.IsCanceled)
            {
                return null;
            }

            var buffer = read.Buffer;
            MqttPacket? packet = null;
            try
            {
                while (packet is null && TryFrame(buffer, out var header, out var whole))
                {
                    packet = await TakeAsync(header, whole, cancellationToken);
                    buffer = buffer.Slice(whole.Length);
                    BytesReceived += whole.Length;
                }
            }
            finally
            {
                _input.AdvanceTo(buffer.Start, packet is null ? buffer.End : buffer.Start);
            }

            if (_fault != FrameFault.None)
            {
                End(_fault.Count(), _fault.Reason());
                return null;
            }

            if (packet is MqttConnectPacket)
            {
                await _door.TakeOverAsync(this, cancellationToken);
            }

            if (packet is not null || read.IsCompleted)
            {
                return packet;
            }
        }

        return null;
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        switch (packet)
        {
            case MqttConnAckPacket connAck:
                _terms.Complete(connAck, _door.Options);
                if (connAck.ReasonCode == MQTTnet.Protocol.MqttConnectReasonCode.Success)
                {
                    _isConnected = true;
                    _door.Connected(this, connAck.IsSessionPresent);
                }

                break;
            case MqttSubAckPacket subAck:
                _subAckOrder.Restore(subAck, IsV5);
                break;
            default:
                break;
        }

        await _writing.WaitAsync(cancellationToken);
        try
        {
            var encoded = PacketFormatterAdapter.Encode(packet);
            if (packet is MqttPublishPacket && encoded.Length > _terms.ClientMaxPacketBytes)
            {
                _door.Counters.Add(IntakeCount.FanoutDropped);
                return;
            }

            var into = _output.GetSpan(encoded.Length);
            encoded.Packet.AsSpan().CopyTo(into);
            encoded.Payload.CopyTo(into[encoded.Packet.Count..]);
            _output.Advance(encoded.Length);
            BytesSent += encoded.Length;
            await _output.FlushAsync(cancellationToken);
        }
        finally
        {
            PacketFormatterAdapter.Cleanup();
            _writing.Release();
        }
    }

    /// <summary>Writes ready bytes; false when the connection is gone.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _writing.WaitAsync();
        try
        {
            BytesSent += bytes.Length;
            var flushed = await _output.WriteAsync(bytes);
            return !flushed.IsCompleted;
        }
        catch (Exception gone) when (gone is IOException or ConnectionAbortedException or InvalidOperationException)
        {
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task FanOutAsync(MqttApplicationMessage message) => _door.FanOutAsync(message, ClientId);

    /// <summary>Sends a packet of the hub's own; false when the connection is gone.</summary>
    public async Task<bool> TrySendAsync(MqttPacket packet)
    {
        try
        {
            await SendPacketAsync(packet, CancellationToken.None);
            return true;
        }
        catch (Exception gone) when (gone is IOException or ConnectionAbortedException or InvalidOperationException or ObjectDisposedException)
        {
            return false;
        }
    }

    public Task SendCommandAsync(Id128 agent, ReadOnlyMemory<byte> command) => _door.SendCommandAsync(agent, command);

    public Task<bool> SendReceiptsAsync(TouchedRanges touched) => _door.Receipts.SendAsync(this, touched);

    /// <summary>Ends the connection at once, unanswered publishes stay unanswered.</summary>
    public void Abort(IntakeCount why)
    {
        if (TryEnd())
        {
            _door.Counters.Add(why);
            IntakeLog.ConnectionClosed(_door.Logger, ClientId, why);
        }

        _context.Abort(new ConnectionAbortedException(IntakeCounters.NameOf(why)));
    }

    /// <summary>Ends the connection with a word to an MQTT 5 client, and waits for nobody: who does not take the word in <see cref="LastWordPatience"/> is cut off without. Safe from any thread.</summary>
    /// <param name="why">What is counted; null where the hub itself ends.</param>
    /// <param name="reason">What the client is told.</param>
    public void End(IntakeCount? why, byte reason)
    {
        if (!TryEnd())
        {
            return;
        }

        if (why is { } counted)
        {
            _door.Counters.Add(counted);
            IntakeLog.ConnectionClosed(_door.Logger, ClientId, counted);
        }

        byte[] word = _isNamelessSession ? [0x20, 2, 0, 2] : _isConnected && IsV5 ? [0xE0, 1, reason] : [];
        _lastWord = SayLastAsync(word);
    }

    /// <summary>How long the connection has waited for bytes; zero while it is at work.</summary>
    public TimeSpan SilentFor()
    {
        var since = Volatile.Read(ref _waitingSince);
        return since == 0 ? TimeSpan.Zero : _door.Time.GetElapsedTime(since);
    }

    /// <summary>Closes silent connections: no CONNECT in time, or nothing for 1.5 keep-alives (MQTT 5.0 section 3.1.2.10); and one whose commit takes too long.</summary>
    public void CheckSilence()
    {
        _pump.CheckCommit();
        if (!_isConnected)
        {
            if (_door.Time.GetElapsedTime(_openedAt) > _door.Options.ConnectTimeout)
            {
                End(IntakeCount.ClosedConnectTimeout, ReasonCode.ProtocolError);
            }
        }
        else if (_terms.KeepAlive > TimeSpan.Zero && SilentFor() > _terms.KeepAlive * 1.5)
        {
            End(IntakeCount.ClosedKeepAlive, ReasonCode.KeepAliveTimeout);
        }
    }

    /// <summary>After MQTTnet is done: sends the last answers, gives the will away, closes.</summary>
    public async Task FinishAsync(TimeSpan grace)
    {
        TryEnd();
        _pump.Complete();
        await _cutOff.WithinAsync(grace, Task.WhenAll(_lastWord, _pumping));
        if (_isConnected)
        {
            await _door.GoneAsync(this, _terms.Will);
        }

        // Whoever is writing writes to the end first: what is completed under a writer's hands is lent to another connection.
        await _cutOff.WithinAsync(grace, _writing.WaitAsync());
        try
        {
            await _input.CompleteAsync();
            await _output.CompleteAsync();
        }
        finally
        {
            _writing.Release();
        }

        _cutOff.After(grace);
    }

    public void Dispose()
    {
        _pump.Dispose();
        _gone.TrySetResult();
    }

    private bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    private async Task SayLastAsync(byte[] word)
    {
        if (word.Length > 0)
        {
            await _cutOff.WithinAsync(LastWordPatience, WriteAsync(word).AsTask());
        }

        _input.CancelPendingRead();
    }

    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        var reading = _input.ReadAsync(cancellationToken);
        if (reading.IsCompletedSuccessfully)
        {
            return reading.Result;
        }

        Volatile.Write(ref _waitingSince, _door.Time.GetTimestamp());
        try
        {
            return await reading;
        }
        catch (Exception gone) when (gone is IOException or ConnectionAbortedException)
        {
            return new ReadResult(default, isCanceled: true, isCompleted: true);
        }
        finally
        {
            Volatile.Write(ref _waitingSince, 0);
        }
    }

    /// <summary>Cuts the next whole packet off; ends the connection when it can never be one, or is longer than allowed (checked as soon as its header is there).</summary>
    private bool TryFrame(in ReadOnlySequence<byte> buffer, out FixedHeader header, out ReadOnlySequence<byte> whole)
    {
        whole = default;
        header = default;
        if (IsEnded || _fault != FrameFault.None || buffer.Length < 2)
        {
            return false;
        }

        if (!FixedHeader.TryRead(buffer, out header, out var fault))
        {
            if (fault != FrameFault.None || (!_isConnected && buffer.FirstSpan[0] >> 4 != FixedHeader.Connect))
            {
                Fail(_isConnected ? fault : FrameFault.NotMqtt);
            }

            return false;
        }

        if (!_terms.IsKnown && header.Type != FixedHeader.Connect)
        {
            Fail(FrameFault.NotMqtt);
            return false;
        }

        var bytes = header.HeaderBytes + header.BodyBytes;
        if (bytes > (_terms.IsKnown ? _door.Options.MaxPacketBytes : _door.Options.MaxConnectBytes))
        {
            Fail(FrameFault.Oversized);
            return false;
        }

        if (buffer.Length < bytes)
        {
            return false;
        }

        whole = buffer.Slice(0, bytes);
        return true;
    }

    private ValueTask<MqttPacket?> TakeAsync(in FixedHeader header, in ReadOnlySequence<byte> whole, CancellationToken cancellationToken)
    {
        switch (header.Type)
        {
            case FixedHeader.Publish:
                return TakePublishAsync(header, whole, cancellationToken);
            case FixedHeader.PubRel:
                return TakePubRelAsync(whole.Slice(header.HeaderBytes), cancellationToken);
            default:
                return ValueTask.FromResult(Decode(whole));
        }
    }

    private ValueTask<MqttPacket?> TakePublishAsync(in FixedHeader header, in ReadOnlySequence<byte> whole, CancellationToken cancellationToken)
    {
        if (header.BodyBytes > _door.Options.SmallPublishBytes)
        {
            return TakeLargePublishAsync(header, whole, cancellationToken);
        }

        var adding = whole.IsSingleSegment
            ? AddPublishAsync(header, whole.FirstSpan, whole, isLarge: false, cancellationToken)
            : AddCopiedPublishAsync(header, whole, isLarge: false, cancellationToken);
        return adding.IsCompletedSuccessfully ? default : ThenNothing(adding);
    }

    private async ValueTask<MqttPacket?> TakeLargePublishAsync(FixedHeader header, ReadOnlySequence<byte> whole, CancellationToken cancellationToken)
    {
        await _pump.TakeLargePlaceAsync(cancellationToken);
        await AddCopiedPublishAsync(header, whole, isLarge: true, cancellationToken);
        return null;
    }

    private ValueTask AddCopiedPublishAsync(in FixedHeader header, in ReadOnlySequence<byte> whole, bool isLarge, CancellationToken cancellationToken)
    {
        var length = (int)whole.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        whole.CopyTo(copy);
        var adding = AddPublishAsync(header, copy.AsSpan(0, length), whole, isLarge, cancellationToken);

        // What is still needed after the synchronous part has been copied out by then.
        ArrayPool<byte>.Shared.Return(copy);
        return adding;
    }

    private ValueTask AddPublishAsync(in FixedHeader header, ReadOnlySpan<byte> packet, in ReadOnlySequence<byte> whole, bool isLarge, CancellationToken cancellationToken)
    {
        var fault = PublishFrame.Read(header.Flags, packet[header.HeaderBytes..], IsV5, out var frame);
        if (fault != FrameFault.None)
        {
            Fail(fault);
            return default;
        }

        if (frame.Qos == 2 && !_unreleased.Add(frame.PacketId))
        {
            return _pump.AddAsync(new Ticket(Answer.PubRec, frame.PacketId, ReasonCode.Success) { IsLarge = isLarge }, cancellationToken);
        }

        var ticket = _door.Router.Take(frame, this, out var later);
        return later is null ? AddAsync(ticket, whole, isLarge, cancellationToken) : AddLaterAsync(later, whole, isLarge, cancellationToken);
    }

    private async ValueTask AddLaterAsync(Task<Ticket> later, ReadOnlySequence<byte> whole, bool isLarge, CancellationToken cancellationToken)
    {
        Ticket ticket;
        try
        {
            ticket = await later;
        }
        catch (Exception refused) when (refused is StoreUnavailableException or SqliteException)
        {
            _door.Counters.Add(IntakeCount.DeferredStoreUnavailable);
            Abort(IntakeCount.ClosedStoreUnavailable);
            return;
        }

        await AddAsync(ticket, whole, isLarge, cancellationToken);
    }

    private ValueTask AddAsync(Ticket ticket, in ReadOnlySequence<byte> whole, bool isLarge, CancellationToken cancellationToken)
    {
        ticket = ticket with { IsLarge = isLarge, FanOut = ticket.IsHeard ? PublishFrame.ToMessage(whole, PacketFormatterAdapter) : null };
        if (ticket.Answer == Answer.PubRec && ticket.Reason >= 0x80 && IsV5)
        {
            // A refused QoS 2 publish is over with its PUBREC (MQTT 5.0 section 4.3.3).
            _unreleased.Remove(ticket.PacketId);
        }

        if (ticket.Submission is not null)
        {
            var submitting = _door.Store.SubmitAsync(ticket.Submission, cancellationToken);
            if (!submitting.IsCompletedSuccessfully)
            {
                return AddWhenSubmittedAsync(submitting, ticket, cancellationToken);
            }
        }

        return _pump.AddAsync(ticket, cancellationToken);
    }

    private async ValueTask AddWhenSubmittedAsync(ValueTask submitting, Ticket ticket, CancellationToken cancellationToken)
    {
        try
        {
            await submitting;
        }
        catch (StoreUnavailableException)
        {
            _door.Settlement.Refused(ticket.Submission!);
            Abort(IntakeCount.ClosedStoreUnavailable);
            return;
        }

        await _pump.AddAsync(ticket, cancellationToken);
    }

    private ValueTask<MqttPacket?> TakePubRelAsync(in ReadOnlySequence<byte> body, CancellationToken cancellationToken)
    {
        Span<byte> id = stackalloc byte[2];
        if (body.Length < 2)
        {
            Fail(FrameFault.Malformed);
            return default;
        }

        body.Slice(0, 2).CopyTo(id);
        var packetId = (ushort)((id[0] << 8) | id[1]);
        var reason = _unreleased.Remove(packetId) ? ReasonCode.Success : ReasonCode.PacketIdNotFound;
        var adding = _pump.AddAsync(new Ticket(Answer.PubComp, packetId, reason), cancellationToken);
        return adding.IsCompletedSuccessfully ? default : ThenNothing(adding);
    }

    private static async ValueTask<MqttPacket?> ThenNothing(ValueTask first)
    {
        await first;
        return null;
    }

    private MqttPacket? Decode(in ReadOnlySequence<byte> whole)
    {
        MqttPacket? packet;
        try
        {
            if (!PacketFormatterAdapter.TryDecode(whole, out packet, out _, out _, out _))
            {
                Fail(FrameFault.Malformed);
                return null;
            }
        }
        catch (Exception malformed) when (malformed is MqttProtocolViolationException or MqttCommunicationException or IndexOutOfRangeException or ArgumentException or NotSupportedException or InvalidOperationException or FormatException)
        {
            _isNamelessSession = ConnectTerms.IsNamelessSession(whole);
            Fail(_terms.IsKnown ? FrameFault.Malformed : FrameFault.NotMqtt);
            return null;
        }

        switch (packet)
        {
            case MqttConnectPacket connect when !_terms.IsKnown:
                _terms.Take(connect, IsV5, _door, Remote());
                return connect;
            case MqttConnectPacket or MqttAuthPacket:
                Fail(FrameFault.Malformed);
                return null;
            case MqttSubscribePacket subscribe:
                _subAckOrder.Remember(subscribe);
                return subscribe;
            case MqttDisconnectPacket disconnect when disconnect.ReasonCode != MQTTnet.Protocol.MqttDisconnectReasonCode.DisconnectWithWillMessage:
                _terms.Will = null;
                return disconnect;
            default:
                return packet;
        }
    }

    private IPAddress Remote() => (_context.RemoteEndPoint as IPEndPoint)?.Address ?? FrontDoor.RemoteOf(_context);

    /// <summary>Read loop only: the packet at hand ends the connection.</summary>
    private void Fail(FrameFault fault)
    {
        if (_fault == FrameFault.None)
        {
            _fault = fault;
        }
    }
}
