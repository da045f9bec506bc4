using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake.Door;
using StemLab.Hub.Intake.Foreign;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Intake;

/// <summary>
/// Publishes of makers' devices: payload to mapper, keys to inputs, times to a boot, rows to the store. Called on the connections' read loops; shares only the list of devices.
/// </summary>
internal sealed class ForeignIntake(
    IntakeCounters counters, IntakeOptions options, FleetBook fleet, FactLog facts, HubClock clock, HubUtc hubUtc, ObservationStore store, AsideBudget aside, TimeProvider time, ILogger<ForeignIntake> logger)
{
    /// <summary>A sender's own time is believed only while the hub can judge it.</summary>
    private const long MostHubSigmaUs = 60_000_000;

    /// <summary>Bound stated for a sender's clock, which nobody has checked.</summary>
    private const long SenderSigmaUs = 60_000_000;

    private const long MostAheadUs = 5 * 60_000_000L;
    private const long MostBehindUs = 366L * 24 * 3600 * 1_000_000;
    private const int LongestDeviceKey = 256;

    private static readonly TimeSpan FullPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    // Under _gate; bounded by the fleet's own bound on unclaimed devices plus the adopted ones.
    private readonly Dictionary<string, ForeignDevice> _devices = new(StringComparer.Ordinal);
    private readonly BootId _hubBoot = new(clock.BootId.Value);
    private long _fullSince;
    private volatile bool _isHubDeclared;

    /// <summary>Declares the hub's boots, whose clock stamps what has no time of its own; where the disk refuses now, again with the first publish.</summary>
    public async Task DeclareHubBootsAsync(CancellationToken cancellationToken)
    {
        var hub = new AgentId(clock.HubId.Value);
        var boots = clock.Boots.Select(boot => new BootDeclaration(
            new BootId(boot.BootId.Value), hub, BootKind.Hub, boot.BootNo, boot.Previous.IsEmpty ? null : new BootId(boot.Previous.Value)));
        await store.DeclareAsync(new Declarations(hub, [.. boots], [], []), cancellationToken);
        _isHubDeclared = true;
    }

    /// <summary>Takes one publish. What must outlive the call is copied.</summary>
    public Ticket Take(in PublishFrame frame, KnownTopic topic, DoorConnection connection, bool isHeard, out Task<Ticket>? later)
    {
        later = null;
        var ticket = new Ticket(Ticket.AnswerOf(frame.Qos), frame.PacketId) { IsHeard = isHeard };
        var foreign = topic.Foreign ??= new ForeignTopic(topic.Text);
        if (foreign.Use is TopicUse.Status or TopicUse.Command)
        {
            counters.Add(foreign.Use == TopicUse.Status ? IntakeCount.IgnoredStatus : IntakeCount.IgnoredCommand);
            return ticket;
        }

        var nowUs = clock.NowUs() - connection.ArrivedUsAgo;
        var utc = hubUtc.At(nowUs);
        var message = connection.Scratch.Message;
        message.Clear();
        if (Map(frame, utc?.UtcUs, message) is { } wrong)
        {
            if (foreign.Use == TopicUse.ReadingsOrStatus && !message.IsObject)
            {
                counters.Add(IntakeCount.IgnoredStatus);
                return ticket;
            }

            return Reject(ticket, frame, DeviceKnown(foreign, message.IsObject), wrong);
        }

        if (frame.Retain)
        {
            // Whoever subscribes later would take it for a reading of that moment.
            return Reject(ticket with { IsHeard = false }, frame, null, IntakeCount.RejectedRetained) with { Reason = ReasonCode.NotAuthorized };
        }

        var device = DeviceOf(foreign, message.IsObject, connection.Grant?.Maker is not null);
        if (device is null)
        {
            return Reject(ticket, frame, null, IntakeCount.RejectedTooManyDevices);
        }

        if (!IsActive(device))
        {
            return Reject(ticket with { IsHeard = false }, frame, device.Agent, IntakeCount.RejectedNotActive) with { Reason = ReasonCode.NotAuthorized };
        }

        var isSentUtc = IsBelievable(message, utc, nowUs);
        var rows = RowsOf(message, device, foreign, isSentUtc, nowUs);
        if (rows.IsEmpty)
        {
            return Reject(ticket, frame, device.Agent, IntakeCount.RejectedTooManyChannels);
        }

        fleet.Seen(device.Agent);
        RedeliveryKey? key = frame.Qos == 0 ? null : RedeliveryKey.Of(connection.ClientId, frame.PacketId, topic.Text, frame.Payload, frame.Dup);
        var submission = new ForeignRows(device.Agent, isSentUtc ? device.UtcBoot : _hubBoot, rows, key, BumpIfNotLater: !isSentUtc);
        ticket = ticket with { Submission = submission };
        if (isSentUtc ? !device.IsUtcDeclared : !_isHubDeclared)
        {
            later = isSentUtc ? DeclareUtcAsync(device, ticket) : DeclareHubAsync(ticket);
        }

        return ticket;
    }

    /// <summary>Looked up again only when the fleet has changed.</summary>
    private bool IsActive(ForeignDevice device)
    {
        var current = fleet.Current;
        if (device.FleetVersion != current.Version)
        {
            device.IsShut = current.TryFind(device.Agent, out var agent) && agent.Standing != AgentStanding.Active;
            device.FleetVersion = current.Version;
        }

        return !device.IsShut;
    }

    private static IntakeCount? Map(in PublishFrame frame, long? nowUtcUs, MappedMessage into)
    {
        var payload = frame.Payload.TrimStart(" \t\r\n"u8);
        if (payload.Length == 0)
        {
            return IntakeCount.RejectedEmpty;
        }

        if (frame.ContentType.SequenceEqual("application/senml+cbor"u8) || (payload[0] is >= 0x80 and <= 0x9F && frame.ContentType.IsEmpty))
        {
            return SenmlMapper.ReadCbor(frame.Payload, nowUtcUs, into);
        }

        return payload[0] switch
        {
            (byte)'{' => JsonMapper.Read(payload, into),
            (byte)'[' => SenmlMapper.ReadJson(payload, nowUtcUs, into),
            _ => MapNumber(payload, into),
        };
    }

    private static IntakeCount? MapNumber(ReadOnlySpan<byte> payload, MappedMessage into)
    {
        var wrong = NumberText.Read(payload, out var value, out var unit);
        if (wrong is null)
        {
            into.Add(default, default, value, unit, null);
        }

        return wrong;
    }

    /// <summary>True when every reading tells a UTC the hub can hold against its own.</summary>
    private bool IsBelievable(MappedMessage message, (long UtcUs, long SigmaUs)? utc, long nowUs)
    {
        if (message.IgnoredKeys > 0)
        {
            counters.Add(IntakeCount.IgnoredKeys, message.IgnoredKeys);
        }

        var sent = 0;
        var believable = 0;
        foreach (var reading in message.Readings)
        {
            if (reading.SentUtcUs is { } at)
            {
                sent++;
                believable += utc is { SigmaUs: <= MostHubSigmaUs } hub && at <= hub.UtcUs + MostAheadUs && at >= hub.UtcUs - MostBehindUs ? 1 : 0;
            }
        }

        if (message.HasUnusableTime || believable < sent)
        {
            counters.Add(IntakeCount.IgnoredSentTime);
        }

        return sent == message.Readings.Count && believable == sent;
    }

    private ImmutableArray<ForeignRow> RowsOf(MappedMessage message, ForeignDevice device, ForeignTopic topic, bool isSentUtc, long nowUs)
    {
        var besideAir = message.Readings.Count > 1 && SpeaksOfAir(message, device);
        var rows = ImmutableArray.CreateBuilder<ForeignRow>(message.Readings.Count + 1);
        var refused = 0;
        foreach (var reading in message.Readings)
        {
            var key = reading.KeyLength == 0 ? topic.NumberPort : message.KeyOf(reading);
            if (device.InputOf(key, reading.Unit, besideAir) is { } input)
            {
                rows.Add(new ForeignRow(input, isSentUtc ? reading.SentUtcUs!.Value : nowUs, reading.Raw, 0));
            }
            else
            {
                refused++;
            }
        }

        if (refused > 0 && rows.Count > 0)
        {
            counters.Add(IntakeCount.Received, refused);
            counters.Add(IntakeCount.RejectedTooManyChannels, refused);
        }

        if (!isSentUtc && rows.Count > 0 && message.Readings[0].SentUtcUs is { } claimed)
        {
            rows.Add(new ForeignRow(ForeignDevice.SentTimeInput, nowUs, claimed, 0));
        }

        return rows.DrainToImmutable();
    }

    private static bool SpeaksOfAir(MappedMessage message, ForeignDevice device)
    {
        foreach (var reading in message.Readings)
        {
            if (device.SpeaksOfAir(message.KeyOf(reading)))
            {
                return true;
            }
        }

        return false;
    }

    private static AgentId? DeviceKnown(ForeignTopic topic, bool isObject) => (isObject ? topic.ForObjects : topic.ForNumbers)?.Agent;

    private ForeignDevice? DeviceOf(ForeignTopic topic, bool isObject, bool isMakers)
    {
        var device = isObject ? topic.ForObjects : topic.ForNumbers;
        if (device is not null)
        {
            return device;
        }

        device = DeviceOf(topic.DeviceKeyOf(isObject), isMakers);
        if (isObject)
        {
            topic.ForObjects = device;
        }
        else
        {
            topic.ForNumbers = device;
        }

        return device;
    }

    private ForeignDevice? DeviceOf(string key, bool isMakers)
    {
        lock (_gate)
        {
            if (_devices.TryGetValue(key, out var known))
            {
                return known;
            }

            if (key.Length > LongestDeviceKey || (_fullSince != 0 && time.GetElapsedTime(_fullSince) < FullPause))
            {
                return null;
            }

            if (fleet.EnsureForeign(key, adopted: isMakers) is not { } agent)
            {
                _fullSince = time.GetTimestamp();
                return null;
            }

            _fullSince = 0;
            IntakeLog.DeviceAppeared(logger, key, agent);
            return _devices[key] = new ForeignDevice(agent, options.MaxForeignChannels);
        }
    }

    private async Task<Ticket> DeclareHubAsync(Ticket ticket)
    {
        await DeclareHubBootsAsync(CancellationToken.None);
        return ticket;
    }

    private async Task<Ticket> DeclareUtcAsync(ForeignDevice device, Ticket ticket)
    {
        await store.DeclareAsync(new Declarations(device.Agent, [new BootDeclaration(device.UtcBoot, device.Agent, BootKind.Utc, 1, null)], [], []));
        var boot = new Id128(device.UtcBoot.Value);
        if (!facts.Current.Of<UtcAnchor>().Any(stated => stated.Body.Boot == boot))
        {
            facts.Append(new FactDraft(new UtcAnchor(boot, 0, 0, SenderSigmaUs, "sender"), clock.Now, FactRoles.Hub));
        }

        device.IsUtcDeclared = true;
        return ticket;
    }

    private Ticket Reject(in Ticket ticket, in PublishFrame frame, AgentId? agent, IntakeCount reason)
    {
        counters.Add(IntakeCount.Received);
        counters.Add(reason);
        if (!aside.TryTake())
        {
            counters.Add(IntakeCount.AsideSkipped);
            return ticket;
        }

        var kept = frame.Payload.Length > BlockCodec.MaxBytes ? frame.Payload[..BlockCodec.MaxBytes] : frame.Payload;
        return ticket with { Submission = new AsideBytes(agent, null, 0, 0, IntakeCounters.NameOf(reason), kept.ToArray()) };
    }
}
