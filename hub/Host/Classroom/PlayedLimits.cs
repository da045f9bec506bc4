using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>
/// Holds what is played against the lesson's limits as if it were measured now: every reading in turn, hold and hysteresis on the recording's own time, so that an alert does not depend on how fast it is played.
/// One loop.
/// </summary>
internal sealed class PlayedLimits(ClassBook book, ClassLessons lessons, DerivationBook derivations, ReadingQuery query, HubClock clock)
{
    // The loop's own.
    private readonly Dictionary<long, Played> _played = [];

    /// <summary>One beat: what has been played since the one before.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var open = book.All.Where(one => one is { Playback: not null, IsEnded: false }).ToList();
        foreach (var gone in _played.Keys.Where(session => open.All(one => one.Session != session)).ToList())
        {
            _played.Remove(gone);
        }

        foreach (var one in open)
        {
            await LookAtAsync(one, one.Playback!, cancellationToken);
        }
    }

    private async Task LookAtAsync(ClassAtWork one, Playback playback, CancellationToken cancellationToken)
    {
        if (playback.BeganUs is not { } began)
        {
            // Stopped: the next time it begins anew, with nothing raised.
            _played.Remove(one.Session);
            Set(one.Session, null, []);
            return;
        }

        if (!_played.TryGetValue(one.Session, out var played) || played.BeganUs != began)
        {
            // Also after a restart of the hub: the same readings raise the same alerts.
            _played[one.Session] = played = new Played(began);
        }

        var (fromUs, toUs) = (played.PositionUs, playback.PlayedUs(clock.NowUs()));
        var limits = lessons.Of(one).Limits;
        if (toUs <= fromUs)
        {
            return;
        }

        var readings = new List<(long AtUs, LimitReading Reading)>();
        foreach (var part in playback.Parts)
        {
            foreach (var name in part.Channels)
            {
                if (derivations.Current.TryFindChannel(name, out var channel) && limits.Any(limit => limit.ObservedProperty == channel.PropertyId))
                {
                    await ReadAsync(part, channel, fromUs, toUs, readings, cancellationToken);
                }
            }
        }

        foreach (var (atUs, reading) in readings.OrderBy(reading => reading.AtUs))
        {
            played.Alerts = played.Limits.Judge(limits, [reading], played.Alerts, atUs, began + (long)(atUs / playback.Speed));
        }

        played.PositionUs = toUs;
        Set(one.Session, began, played.Alerts);
    }

    /// <summary>What somebody has seen stays seen.</summary>
    private void Set(long session, long? began, ImmutableArray<RaisedAlert> alerts) => book.Change(session, now =>
    {
        ImmutableArray<RaisedAlert> after = [.. alerts.Select(alert => now.Alerts.Contains(alert with { IsSeen = true }) ? alert with { IsSeen = true } : alert)];
        return now.Playback?.BeganUs != began || now.Alerts.SequenceEqual(after) ? now : now with { Alerts = after };
    });

    /// <summary>One channel's readings between two places of the recording.</summary>
    private async Task ReadAsync(PlaybackPart part, ChannelView channel, long fromUs, long toUs, List<(long AtUs, LimitReading Reading)> into, CancellationToken cancellationToken)
    {
        var (start, end) = (part.StartUtcUs + fromUs, Math.Min(part.StartUtcUs + toUs, part.EndUtcUs));
        if (end <= start)
        {
            return;
        }

        var request = new QueryReadingsRequest { StartTimeUs = start, EndTimeUs = end };
        await foreach (var answer in query.RunAsync(request, ChannelSelection.Parse([channel.Name], out _), cancellationToken))
        {
            foreach (var block in answer.Blocks)
            {
                var timeUs = block.BaseTimeUs;
                for (var i = 0; i < block.Value.Count; i++)
                {
                    timeUs += block.DeltaTimeUs[i];
                    var flag = (QcFlag)block.Flag[block.Flag.Count == 1 ? 0 : i];
                    if (flag is not QcFlag.Missing && double.IsFinite(block.Value[i]))
                    {
                        into.Add((timeUs - part.StartUtcUs, new LimitReading(part.Group, channel.Name, channel.PropertyId, block.Value[i], flag is QcFlag.Fail)));
                    }
                }
            }
        }
    }

    /// <summary>How far a class has been looked at.</summary>
    private sealed class Played(long beganUs)
    {
        public long BeganUs { get; } = beganUs;

        public long PositionUs { get; set; }

        public LimitWatch Limits { get; } = new();

        public ImmutableArray<RaisedAlert> Alerts { get; set; } = [];
    }
}
