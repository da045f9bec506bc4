using System.Text.Json;
using StemLab.Hub.Derive;
using StemLab.Hub.Operations;
using StemLab.Hub.Quality;
using StemLab.Hub.Stream;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Store.Influx;

namespace StemLab.Hub.Influx;

/// <summary>
/// Keeps measurement <c>reading_current</c> true for dashboards: every reading at its true time with value, unit, flag and revision. New rows follow the committed stream once
/// they are judged; where a fact or a verdict changes the past, the touched span of the channel is deleted and written again. In the background, after the readings themselves; one owner.
/// </summary>
internal sealed class CurrentValues(
    InfluxLink link, ObservationStore store, CommittedStream stream, DerivationBook derivations, QualityBook quality, StoredExtents extents, HubOptions options, TimeProvider time, ILogger<CurrentValues> logger) : BackgroundService
{
    private const int PageRows = 5000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    // Spans still to be written again, by channel.
    private readonly Dictionary<string, (long From, long To)> _dirty = [];
    private readonly DerivedColumns _columns = new();
    private Dictionary<string, string> _labels = [];
    private CommitPosition _cursor;
    private Derivation _seen = null!;
    private long _version;
    private bool _isDirty;
    private bool _isTold;

    private string File => Path.Combine(options.DataFolder, "influx-current.json");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Store != "influx")
        {
            return;
        }

        Load();
        while (!stoppingToken.IsCancellationRequested)
        {
            var did = false;
            try
            {
                did = link.Influx is { Status: { State: FarState.Good, WaitingRows: < 50_000 } } influx && await StepAsync(influx, stoppingToken);
            }
            catch (IOException unavailable)
            {
                // InfluxDB or the disk: both say so themselves; the span is written again later.
                InfluxHubLog.CurrentWaits(logger, unavailable.Message);
            }

            if (!did)
            {
                TrySave();
                await Task.Delay(Rest, time, stoppingToken);
            }
        }
    }

    private async Task<bool> StepAsync(InfluxStore influx, CancellationToken cancellationToken)
    {
        NoteChanges();
        if (_dirty.Count > 0)
        {
            var (channel, span) = _dirty.First();
            if (!await RewriteAsync(influx, channel, span.From, span.To, cancellationToken))
            {
                return false;
            }

            _dirty.Remove(channel);
            _isDirty = true;
            return true;
        }

        var page = stream.Read(_cursor, PageRows);
        if (page.IsExpired)
        {
            NoteAll();
        }

        if (!page.Commits.IsEmpty)
        {
            await quality.TryWaitThroughAsync(page.Commits[^1].Commit, cancellationToken);
        }

        foreach (var segments in page.Commits.SelectMany(commit => commit.Segments).GroupBy(segment => segment.Series))
        {
            foreach (var series in _seen.ReadersOf(segments.Key).Where(series => series.Map.State != TimeState.Unknown))
            {
                var points = Live(series, segments);
                if ((await influx.WriteCurrentAsync(ChannelOf(series.Channel), points, cancellationToken)).Kind is not (ReplyKind.Stored or ReplyKind.Rejected))
                {
                    return false;
                }
            }
        }

        var moved = page.Next != _cursor;
        _cursor = page.Next;
        _isDirty |= moved;
        return moved && !page.IsAtEnd;
    }

    private List<CurrentPoint> Live(SeriesDerivation series, IEnumerable<SegmentOfRows> segments)
    {
        List<CurrentPoint> points = [];
        using var snapshot = series.NeedsSiblings ? store.Snapshot() : null;
        foreach (var segment in segments)
        {
            // Siblings are read forwards only; late segments begin anew.
            var siblings = snapshot is null ? null : new SiblingRows(snapshot, _seen);
            var flags = quality.LiveFlags(series.Id, segment.TUs.Span[0], segment.TUs.Span[^1]);
            points.AddRange(Points(series, new RowRun(segment.TUs, segment.Raw, segment.Missing), flags, siblings, long.MinValue, long.MaxValue));
        }

        return points;
    }

    /// <summary>Takes in what facts and verdicts changed since the last look, and labels, which are tags.</summary>
    private void NoteChanges()
    {
        var isKnown = quality.TryChangesSince(_version, out var changes, out var newest);
        var now = quality.Derivation;
        if (newest == _version && ReferenceEquals(now, _seen))
        {
            return;
        }

        if (isKnown)
        {
            foreach (var span in changes.SelectMany(change => change.Spans))
            {
                Note(span.Channel, span.FromUtcUs, span.ToUtcUs);
            }
        }
        else
        {
            NoteAll();
        }

        _version = newest;
        foreach (var channel in now.Channels.Where(channel => _labels.TryGetValue(channel.Name, out var label) && label != channel.AgentSlug))
        {
            Note(channel.Name, long.MinValue, long.MaxValue);
        }

        _labels = now.Channels.ToDictionary(channel => channel.Name, channel => channel.AgentSlug);
        _seen = now;
        _isDirty = true;
    }

    private void Note(string channel, long from, long to) =>
        _dirty[channel] = _dirty.TryGetValue(channel, out var known) ? (Math.Min(known.From, from), Math.Max(known.To, to)) : (from, to);

    private void NoteAll()
    {
        foreach (var channel in quality.Derivation.Channels)
        {
            Note(channel.Name, long.MinValue, long.MaxValue);
        }
    }

    private async Task<bool> RewriteAsync(InfluxStore influx, string name, long from, long to, CancellationToken cancellationToken)
    {
        if (!_seen.TryFindChannel(name, out var channel))
        {
            return true;
        }

        var tags = ChannelOf(channel);
        if ((await influx.DeleteCurrentAsync(tags, from, to, cancellationToken)).Kind is not (ReplyKind.Stored or ReplyKind.MissingDatabase))
        {
            return false;
        }

        foreach (var id in channel.Series)
        {
            if (!_seen.TryFindSeries(id, out var series) || series.Map.State == TimeState.Unknown)
            {
                continue;
            }

            var next = from == long.MinValue ? from : series.Map.ToBoot(from);
            var end = to == long.MaxValue ? to : series.Map.ToBoot(to);
            while (next < end)
            {
                var (points, reached) = Read(channel, series, next, end, from, to, cancellationToken);
                if ((await influx.WriteCurrentAsync(tags, points, cancellationToken)).Kind is not (ReplyKind.Stored or ReplyKind.Rejected))
                {
                    return false;
                }

                next = reached;
            }
        }

        return true;
    }

    /// <summary>One bounded read, so that no snapshot is held while InfluxDB works.</summary>
    private (List<CurrentPoint> Points, long Next) Read(
        ChannelView channel, SeriesDerivation series, long fromUs, long toUs, long fromUtcUs, long toUtcUs, CancellationToken cancellationToken)
    {
        List<CurrentPoint> points = [];
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var siblings = series.NeedsSiblings ? new SiblingRows(snapshot, _seen) : null;
        foreach (var run in snapshot.Rows(series.Entry.Id, fromUs, toUs))
        {
            var flags = quality.FlagsOf(snapshot, _seen, channel, series.Map.ToUtc(run.TUs.Span[0]), series.Map.ToUtc(run.TUs.Span[^1]) + 1, cancellationToken);
            points.AddRange(Points(series, run, flags.Of(series.Id), siblings, fromUtcUs, toUtcUs));
            if (points.Count >= PageRows)
            {
                return (points, run.TUs.Span[^1] + 1);
            }
        }

        return (points, long.MaxValue);
    }

    private List<CurrentPoint> Points(SeriesDerivation series, in RowRun run, SeriesFlags flags, SiblingRows? siblings, long fromUtcUs, long toUtcUs)
    {
        series.Apply(run.TUs.Span, run.Raw.Span, run.Missing.Span, siblings, _columns);
        flags.Apply(run.TUs.Span, _columns);
        var points = new List<CurrentPoint>(_columns.Count);
        for (var i = 0; i < _columns.Count; i++)
        {
            if (_columns.UtcUs[i] >= fromUtcUs && _columns.UtcUs[i] < toUtcUs)
            {
                points.Add(new CurrentPoint(series.Entry.Boot, _columns.UtcUs[i], _columns.Value[i], _columns.Flag[i], _seen.Revision, series.Channel.UnitUcum));
            }
        }

        return points;
    }

    private static CurrentChannel ChannelOf(ChannelView channel) =>
        new(channel.Agent.ToString(), channel.Name[(channel.Name.LastIndexOf('/') + 1)..], channel.AgentSlug, channel.PropertyId, channel.Simulated);

    /// <summary>Goes on where the last run stopped: what facts changed since then is compared, revision against revision. Without a memory everything is written.</summary>
    private void Load()
    {
        _version = quality.Version;
        _seen = quality.Derivation;
        var memory = Remembered();
        if (memory is null || memory.StoreId != store.StoreId.ToString())
        {
            _cursor = CommitPosition.After(store.Stats.Commit);
            NoteAll();
            _labels = _seen.Channels.ToDictionary(channel => channel.Name, channel => channel.AgentSlug);
            return;
        }

        (_cursor, _labels) = (CommitPosition.After(memory.Commit), memory.Labels);
        foreach (var channel in memory.Dirty)
        {
            Note(channel, long.MinValue, long.MaxValue);
        }

        var then = derivations.At(memory.Revision);
        foreach (var span in new ChangeFinder(extents).Between(then, _seen).Concat(quality.Between(then, _seen)))
        {
            Note(span.Channel, span.FromUtcUs, span.ToUtcUs);
        }
    }

    /// <summary>Null = there is none that can be used: what cannot be, or be of this store, is told once.</summary>
    private Memory? Remembered()
    {
        if (!Path.Exists(File))
        {
            return null;
        }

        try
        {
            var memory = JsonSerializer.Deserialize(System.IO.File.ReadAllText(File), InfluxJson.Default.Memory);
            if (memory is not null && Array.TrueForAll(memory.Dirty, channel => channel is not null) && (memory.StoreId != store.StoreId.ToString() || IsPossible(memory)))
            {
                return memory;
            }

            InfluxHubLog.CurrentForgotten(logger, File, "it speaks of what this hub does not have");
        }
        catch (JsonException broken)
        {
            InfluxHubLog.CurrentForgotten(logger, File, JsonFault.Of(broken).En);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            InfluxHubLog.CurrentForgotten(logger, File, "it cannot be read");
        }

        return null;
    }

    /// <summary>A memory from the future, of a data folder that was put back for instance, would wait for what comes and leave it out.</summary>
    private bool IsPossible(Memory memory) => memory.Commit >= 0 && memory.Commit <= store.Stats.Commit && memory.Revision >= 0 && memory.Revision <= _seen.Revision;

    /// <summary>Where the memory cannot be written the readings still are; only a new start has more to do. Told once.</summary>
    private void TrySave()
    {
        try
        {
            Save();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (!_isTold)
            {
                InfluxHubLog.CurrentNotKept(logger, File);
            }

            _isTold = true;
        }
    }

    private void Save()
    {
        if (!_isDirty)
        {
            return;
        }

        var memory = new Memory(store.StoreId.ToString(), _cursor.Index == int.MaxValue ? _cursor.Commit : _cursor.Commit - 1, _seen.Revision, [.. _dirty.Keys], _labels);
        System.IO.File.WriteAllText(File + ".new", JsonSerializer.Serialize(memory, InfluxJson.Default.Memory));
        System.IO.File.Move(File + ".new", File, overwrite: true);
        _isDirty = false;
    }

    /// <summary>What is remembered between runs; being late is harmless.</summary>
    internal sealed record Memory(string StoreId, long Commit, long Revision, string[] Dirty, Dictionary<string, string> Labels);
}
