using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Hub.Stream;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>
/// Watching: replay, then live, by a position in the commit log. Watchers with the same selection share messages that one pump builds every 10 to 100 ms;
/// a watcher's cost is its position. Safe from any thread.
/// </summary>
internal sealed class LiveFeed(
    CommittedStream stream, ObservationStore store, DerivationBook derivations, QualityBook quality, HubClock clock, FastWatch fast, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<LiveFeed> logger)
{
    /// <summary>Most time between two messages while rows come, unless the watcher asks for more.</summary>
    public static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Few watchers are told sooner: about 1,000 messages a second to up to 100 of them in all, but none sooner than <see cref="LeastInterval"/>.</summary>
    private static readonly TimeSpan IntervalPerWatcher = TimeSpan.FromMilliseconds(1);

    /// <summary>This part of the interval must be over before a commit sends a message; the rest is for what came sooner to wait for the next commit, so that messages leave with one and not just before it.</summary>
    private const double Early = 0.75;

    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Rows in one message, about; a commit is not split.</summary>
    public const int RowsOfAMessage = 8_192;

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<(string Selection, bool WithRaw), Group> _groups = [];

    private int _watchers;

    private readonly long _life = Random.Shared.NextInt64(1, long.MaxValue);

    public CommittedStream Stream => stream;

    public ILogger Logger => logger;

    public ObservationStore Store => store;

    public DerivationBook Derivations => derivations;

    /// <summary>Judges rows before they are sent, and tells what changed.</summary>
    public QualityBook Quality => quality;

    public HubClock Clock => clock;

    public TimeProvider Time => time;

    public ChannelRefs Refs { get; } = new();

    /// <summary>Where a watcher starts that wants only what comes from now on.</summary>
    public WatchCursor Newest => CursorAt(stream.Newest, derivations.Current, quality.Version);

    /// <param name="told">The version through which changes were told before it.</param>
    public WatchCursor CursorAt(CommitPosition position, Derivation derivation, long told) => new(store.StoreId, position, derivation.Revision, new ToldVersion(_life, told));

    /// <summary>Whether a watcher who was told so much can be told the rest; false after another life of the hub.</summary>
    public bool Counts(ToldVersion told) => told.Life == _life && told.Version <= quality.Version;

    /// <summary>Serves one watcher until it leaves or the hub stops.</summary>
    /// <param name="request">Checked by the caller.</param>
    /// <param name="cursor">The request's cursor, read; null when it starts otherwise.</param>
    /// <param name="selection">The request's channels.</param>
    /// <param name="write">Sends one message; returns when the watcher can take more.</param>
    /// <param name="cancellationToken">The watcher left.</param>
    /// <param name="sendsBytes">True when <paramref name="write"/> does nothing but send: it may get messages that are bytes already.</param>
    public async Task WatchAsync(
        WatchReadingsRequest request, WatchCursor? cursor, ChannelSelection selection, Func<WatchReadingsResponse, CancellationToken, Task> write, CancellationToken cancellationToken, bool sendsBytes = false)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var watched = await fast.BeginAsync(selection, cancellationToken);
        var shares = request.MaxRateHz == 0 && TimeSpan.FromMicroseconds(request.MinIntervalUs) <= FlushInterval;
        var group = shares ? Join(selection, request.WithRaw) : null;
        try
        {
            await new Watcher(this, request, selection, group?.Frames, write, sendsBytes).RunAsync(cursor, ends.Token);
        }
        finally
        {
            if (group is not null)
            {
                await LeaveAsync(group);
            }
        }
    }

    private Group Join(ChannelSelection selection, bool withRaw)
    {
        lock (_gate)
        {
            var key = (selection.Key, withRaw);
            if (!_groups.TryGetValue(key, out var group))
            {
                var start = stream.Newest;
                group = new Group(key, new SharedFrames(start), new CancellationTokenSource());
                group.Pump = new FramePump(this, group.Frames, start, selection, new FrameBuilder(store, quality, selection, Refs, withRaw, maxRateHz: 0)).RunAsync(group.Stop.Token);
                _groups.Add(key, group);
            }

            group.Watchers++;
            _watchers++;
            return group;
        }
    }

    private async Task LeaveAsync(Group group)
    {
        lock (_gate)
        {
            _watchers--;
            if (--group.Watchers > 0)
            {
                return;
            }

            _groups.Remove(group.Key);
        }

        await group.Stop.CancelAsync();
        await group.Pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        group.Stop.Dispose();
    }

    /// <summary>Ends with the first commit that may send a message, at the latest when the interval since the one before is over.</summary>
    public async Task GatherAsync(long sentAt, CancellationToken cancellationToken)
    {
        var interval = SharedInterval();
        if (time.GetElapsedTime(sentAt) is var passed && passed >= interval * Early)
        {
            return;
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var over = Task.Delay(interval - passed, time, ends.Token);
        while (!over.IsCompleted && time.GetElapsedTime(sentAt) < interval * Early)
        {
            await Task.WhenAny(stream.WaitAsync(stream.Newest, ends.Token), over);
        }

        await ends.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private TimeSpan SharedInterval()
    {
        var wanted = IntervalPerWatcher * Volatile.Read(ref _watchers);
        return wanted < LeastInterval ? LeastInterval : wanted > FlushInterval ? FlushInterval : wanted;
    }

    private sealed class Group((string Selection, bool WithRaw) key, SharedFrames frames, CancellationTokenSource stop)
    {
        public (string Selection, bool WithRaw) Key { get; } = key;

        public SharedFrames Frames { get; } = frames;

        public CancellationTokenSource Stop { get; } = stop;

        public Task Pump { get; set; } = Task.CompletedTask;

        public int Watchers { get; set; }
    }
}
