using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MQTTnet;
using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Hub.Quality;
using StemLab.Hub.Intake.Door;
using StemLab.Hub.Stream;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Intake;

/// <summary>
/// Committed readings for Node-RED, Home Assistant and mosquitto_sub: <c>stemlab/{agent slug}/{channel slug}</c>, QoS 0, never retained, JSON.
/// Works only while somebody subscribes. At most ten a second per channel: of what comes closer together the newest is sent, the rest counted as skipped.
/// </summary>
internal sealed class Outgoing(
    FrontDoor door, SubscriptionTree subscriptions, CommittedStream stream, ObservationStore store, QualityBook quality, HubUtc hubUtc, HubClock clock, IntakeCounters counters, TimeProvider time, ILogger<Outgoing> logger)
    : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private const int RowsOfAPage = 20_000;

    private readonly DerivedColumns _derived = new();
    private readonly ArrayBufferWriter<byte> _json = new(256);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var position = stream.Newest;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Beat, time, stoppingToken);
                position = subscriptions.HearsBelow(Topics.OutRoot) ? await SendAsync(position, stoppingToken) : stream.Newest;
            }
            catch (Exception fault) when (fault is StoreUnavailableException or IOException or InvalidOperationException)
            {
                IntakeLog.OutgoingFailed(logger, fault);
                await Task.Delay(Pause, time, stoppingToken);
                position = stream.Newest;
            }
        }
    }

    /// <summary>Sends the newest row of every channel committed since, and returns where it got to.</summary>
    private async Task<CommitPosition> SendAsync(CommitPosition position, CancellationToken cancellationToken)
    {
        var newest = new Dictionary<string, (SeriesId Series, long TUs, double Raw, byte Missing)>(StringComparer.Ordinal);
        Derivation followed;
        CommitPage page;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page = stream.Read(position, RowsOfAPage);
            if (page.IsExpired)
            {
                return stream.Newest;
            }

            await quality.WaitThroughAsync(page.Commits.IsEmpty ? 0 : page.Commits[^1].Commit, cancellationToken);
            followed = quality.Derivation;
            foreach (var segment in page.Commits.SelectMany(commit => commit.Segments))
            {
                Take(segment, followed, newest);
            }

            position = page.Next;
        }
        while (!page.IsAtEnd && !page.Commits.IsEmpty);

        foreach (var (_, row) in newest)
        {
            await SendAsync(followed, followed.Series(row.Series), row.TUs, row.Raw, row.Missing);
        }

        return position;
    }

    private void Take(in SegmentOfRows segment, Derivation current, Dictionary<string, (SeriesId, long, double, byte)> newest)
    {
        if (!current.TryFindSeries(segment.Series, out _))
        {
            counters.Add(IntakeCount.OutgoingSkipped, segment.Length);
            return;
        }

        var last = segment.Length - 1;
        foreach (var series in current.ReadersOf(segment.Series))
        {
            counters.Add(IntakeCount.OutgoingSkipped, newest.ContainsKey(series.Channel.Name) ? segment.Length : last);
            newest[series.Channel.Name] = (series.Id, segment.TUs.Span[last], segment.Raw.Span[last], segment.Missing.Span[last]);
        }
    }

    private Task SendAsync(Derivation current, SeriesDerivation series, long tUs, double raw, byte missing)
    {
        var topic = TopicOf(series.Channel);
        if (!subscriptions.Hears(topic))
        {
            return Task.CompletedTask;
        }

        using (var snapshot = series.NeedsSiblings ? store.Snapshot() : null)
        {
            series.Apply([tUs], [raw], [missing], snapshot is null ? null : new SiblingRows(snapshot, current), _derived);
            quality.LiveFlags(series.Id, tUs, tUs).Apply([tUs], _derived);
        }

        Write(series.Channel, _derived.Value[0], _derived.UtcUs[0], _derived.SigmaUs[0], _derived.Flag[0]);
        counters.Add(IntakeCount.OutgoingSent);
        return door.FanOutAsync(new MqttApplicationMessage { Topic = topic, PayloadSegment = _json.WrittenSpan.ToArray(), ContentType = "application/json" });
    }

    /// <summary>"stemlab/pond-1/ph", or "stemlab/pond-1/probe-2-ph" where the port does not say the property.</summary>
    internal static string TopicOf(ChannelView channel)
    {
        var port = Slug.From(channel.Port, _ => false);
        var property = Slug.From(channel.PropertyId, _ => false);
        return $"{Topics.OutRoot}{channel.AgentSlug}/{(port == property ? property : $"{port}-{property}")}";
    }

    private void Write(ChannelView channel, double value, long utcUs, long sigmaUs, byte flag)
    {
        _json.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_json);
        json.WriteStartObject();
        if (double.IsNaN(value))
        {
            json.WriteNull("value");
        }
        else
        {
            json.WriteNumber("value", value);
        }

        json.WriteString("unit", channel.UnitUcum);
        if (sigmaUs == long.MaxValue)
        {
            // Nobody has told the hub what time it is.
            json.WriteNull("utc");
            json.WriteNull("sigma_s");
            json.WriteNull("age_s");
        }
        else
        {
            json.WriteString("utc", DateTimeOffset.UnixEpoch.AddMicroseconds(utcUs).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
            json.WriteNumber("sigma_s", sigmaUs / 1e6);
            if (hubUtc.At(clock.NowUs()) is { } now)
            {
                json.WriteNumber("age_s", Math.Round((now.UtcUs - utcUs) / 1e6, 3));
            }
            else
            {
                json.WriteNull("age_s");
            }
        }

        json.WriteNumber("flag", flag);
        if (channel.Simulated)
        {
            json.WriteBoolean("simulated", true);
        }

        json.WriteEndObject();
        json.Flush();
    }
}
