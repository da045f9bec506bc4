using StemLab.Hub.History;
using StemLab.Hub.Live;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>
/// One page's one stream: the state of a class at once and at every change, and the readings the viewer may see at that time, live or played back. When values are withheld the readings stop;
/// when they are shown they go on where they stopped, so nothing is missing. One task a viewer.
/// </summary>
internal sealed class ClassStream(ClassBook book, ClassView view, LiveFeed live, RunPlayback playback, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Least time between two states: while forty phones join they come by the dozen.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <param name="request">Checked by the caller.</param>
    /// <param name="cursor">The request's cursor of live readings, read; null when it starts otherwise.</param>
    /// <param name="session">A class that is there.</param>
    /// <param name="viewer">Who looks on.</param>
    /// <param name="here">The hub under the name the caller used.</param>
    /// <param name="write">Sends one message; never called twice at a time.</param>
    /// <param name="left">The viewer left.</param>
    public async Task RunAsync(
        WatchClassRequest request, WatchCursor? cursor, long session, ClassViewer viewer, Uri here, Func<WatchClassResponse, CancellationToken, Task> write, CancellationToken left)
    {
        // A viewer who is told no readings is also let go when the hub stops: the server would wait half a minute for the stream.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(left, lifetime.ApplicationStopping);
        var cancellationToken = ends.Token;
        using var one = new Viewing(request, write, cursor, time);
        using var timer = new PeriodicTimer(Heartbeat, time);
        var beat = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        try
        {
            while (book.Of(session) is { } now)
            {
                // Where the log stands is looked at before the state is: what is committed after "you may see it now" is seen.
                one.Look(live.Newest);
                if (view.Of(session, viewer, here) is not { } state)
                {
                    break;
                }

                state.Lesson = one.IsFirst ? state.Lesson : null;
                one.IsFirst = false;
                await one.WriteAsync(new WatchClassResponse { ClassState = state, Replay = now.Playback is not null }, cancellationToken);
                await FollowAsync(one, now, viewer, cancellationToken);
                await Task.Delay(Pause, time, cancellationToken);
                var changed = book.WaitForChangeAsync(session, now.Revision, cancellationToken);
                while (!changed.IsCompleted)
                {
                    var first = await Task.WhenAny(changed, beat, one.Ended);
                    if (first == one.Ended)
                    {
                        // Readings have ended by themselves only when the hub stops or the store fails.
                        await one.Ended;
                        return;
                    }

                    if (first == beat)
                    {
                        await beat;
                        beat = timer.WaitForNextTickAsync(cancellationToken).AsTask();
                        await one.BeatAsync(cancellationToken);
                    }
                }

                await changed;
            }
        }
        finally
        {
            await one.StopAsync();
        }
    }

    /// <summary>Has the readings that are sent be those the viewer may see now.</summary>
    private async Task FollowAsync(Viewing one, ClassAtWork now, ClassViewer viewer, CancellationToken cancellationToken)
    {
        var visible = one.Request.WithoutReadings ? [] : ClassView.WatchableBy(now, viewer);
        var wanted = one.Request.Channels.Count == 0 ? visible : [.. visible.Where(one.Request.Channels.Contains)];
        var key = string.Join('\n', wanted);
        if (key == one.Key)
        {
            return;
        }

        await one.StopAsync();
        (one.Key, one.IsPlayback) = (key, now.Playback is not null);
        if (wanted.IsEmpty)
        {
            return;
        }

        if (one.IsPlayback)
        {
            one.Start(token => playback.RunAsync(now.Session, wanted, one.Position, one.SendReadingsAsync, token), cancellationToken);
            return;
        }

        var selection = ChannelSelection.Parse(wanted, out _);
        one.Start(token => live.WatchAsync(one.LiveRequest(wanted), one.Cursor, selection, one.SendReadingsAsync, token), cancellationToken);
    }

    /// <summary>What one viewer has been sent and is being sent. Messages of the state and of the readings meet at its gate.</summary>
    private sealed class Viewing(WatchClassRequest request, Func<WatchClassResponse, CancellationToken, Task> write, WatchCursor? cursor, TimeProvider time) : IDisposable
    {
        private readonly SemaphoreSlim _gate = new(1);
        private CancellationTokenSource? _stop;
        private CancellationToken _whole;
        private long _lastWrite = time.GetTimestamp();
        private bool _hasBegun;
        private WatchCursor? _looked;

        public WatchClassRequest Request => request;

        public string Key { get; set; } = "";

        public WatchCursor? Cursor { get; private set; } = cursor;

        public bool IsPlayback { get; set; }

        /// <summary>The first state tells the lesson, which never changes.</summary>
        public bool IsFirst { get; set; } = true;

        /// <summary>Of a playback.</summary>
        public string Position { get; private set; } = request.StartCase == WatchClassRequest.StartOneofCase.Cursor ? request.Cursor : "";

        public Task Ended { get; private set; } = Never;

        private static Task Never { get; } = new TaskCompletionSource().Task;

        /// <summary>Readings that are not asked for from earlier begin here.</summary>
        public void Look(WatchCursor newest) => _looked = newest;

        public WatchReadingsRequest LiveRequest(IEnumerable<string> channels)
        {
            var live = new WatchReadingsRequest { MinIntervalUs = request.MinIntervalUs, MaxRateHz = request.MaxRateHz };
            live.Channels.AddRange(channels);
            if (Cursor is null && !_hasBegun && request.LookbackUs > 0)
            {
                live.LookbackUs = request.LookbackUs;
                return live;
            }

            Cursor ??= _looked;
            live.Cursor = Cursor?.ToString() ?? "";

            return live;
        }

        public void Start(Func<CancellationToken, Task> readings, CancellationToken cancellationToken)
        {
            _whole = cancellationToken;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Ended = RunAsync(readings, _stop.Token);
        }

        public async Task StopAsync()
        {
            if (_stop is { } stop)
            {
                await stop.CancelAsync();
                await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stop.Dispose();
                (_stop, Ended) = (null, Never);
            }
        }

        public async Task SendReadingsAsync(WatchReadingsResponse readings, CancellationToken cancellationToken)
        {
            // A message that has begun is sent whole: only the viewer's own leaving cuts it.
            await WriteAsync(new WatchClassResponse { Readings = readings, Heartbeat = readings.Heartbeat, Replay = IsPlayback }, _whole);
            if (readings.Cursor.Length > 0)
            {
                (Position, _hasBegun) = (readings.Cursor, true);
                Cursor = WatchCursor.TryParse(readings.Cursor, out var reached) ? reached : Cursor;
            }
        }

        public async Task WriteAsync(WatchClassResponse answer, CancellationToken cancellationToken)
        {
            await _gate.WaitAsync(cancellationToken);
            try
            {
                await write(answer, cancellationToken);
                _lastWrite = time.GetTimestamp();
            }
            finally
            {
                _gate.Release();
            }
        }

        public Task BeatAsync(CancellationToken cancellationToken) =>
            time.GetElapsedTime(_lastWrite) < Heartbeat / 2 ? Task.CompletedTask : WriteAsync(new WatchClassResponse { Heartbeat = true }, cancellationToken);

        public void Dispose()
        {
            _stop?.Dispose();
            _gate.Dispose();
        }

        private static async Task RunAsync(Func<CancellationToken, Task> readings, CancellationToken stop)
        {
            try
            {
                await readings(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Other channels are wanted, or the viewer left.
            }
        }
    }
}
