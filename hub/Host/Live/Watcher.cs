using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>One watcher's way: where to start, a replay by time if asked for, then the log for ever. One task.</summary>
internal sealed class Watcher(
    LiveFeed feed, WatchReadingsRequest request, ChannelSelection selection, SharedFrames? shared, Func<WatchReadingsResponse, CancellationToken, Task> write, bool sendsBytes)
{
    /// <summary>Something is said at least so often.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Least time between two messages of what changed.</summary>
    public static readonly TimeSpan ChangesPause = TimeSpan.FromSeconds(2);

    /// <summary>What is replayed to a watcher whose cursor cannot be honoured.</summary>
    private static readonly TimeSpan ResetLookback = TimeSpan.FromHours(1);

    private readonly FrameBuilder _builder = new(feed.Store, feed.Quality, selection, feed.Refs, request.WithRaw, request.MaxRateHz);
    private readonly HashSet<uint> _named = [];
    private Derivation? _namesOf;
    private CommitPosition _position;
    private long _version;
    private TimeSpan _pause;

    public async Task RunAsync(WatchCursor? cursor, CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(cursor, cancellationToken);
            await FollowAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The watcher left, or the hub stops.
        }
    }

    private async Task StartAsync(WatchCursor? cursor, CancellationToken cancellationToken)
    {
        _version = feed.Quality.Version;
        switch (request.StartCase)
        {
            case WatchReadingsRequest.StartOneofCase.Cursor when cursor is { } given:
                if (WhyNot(given) is { } reason)
                {
                    await ResetAsync(reason, cancellationToken);
                    return;
                }

                _position = given.Position;
                await write(Hello(""), cancellationToken);
                await TellSinceAsync(given, cancellationToken);
                return;
            case WatchReadingsRequest.StartOneofCase.StartTimeUs:
                await ReplayAsync(request.StartTimeUs, "", cancellationToken);
                return;
            case WatchReadingsRequest.StartOneofCase.LookbackUs when request.LookbackUs > 0:
                await ReplayAsync(Ago(request.LookbackUs), "", cancellationToken);
                return;
            default:
                _position = shared?.Aligned ?? feed.Stream.Newest;
                await write(Hello(""), cancellationToken);
                return;
        }
    }

    private string? WhyNot(WatchCursor cursor)
    {
        if (cursor.Store != feed.Store.StoreId)
        {
            return "the cursor is of another store (its disk was replaced or restored); the last hour follows";
        }

        return cursor.Position.Commit > feed.Stream.Newest.Commit ? "the cursor is ahead of this store; the last hour follows" : null;
    }

    private Task ResetAsync(string reason, CancellationToken cancellationToken) =>
        ReplayAsync(Ago((long)ResetLookback.TotalMicroseconds), reason, cancellationToken);

    /// <summary>UTC so long before now by the hub's clock.</summary>
    private long Ago(long lookbackUs)
    {
        var map = feed.Derivations.Current.MapOf(new BootId(feed.Clock.BootId.Value));
        return map.ToUtc(feed.Clock.NowUs()) - lookbackUs;
    }

    /// <summary>A snapshot of everything at or after a UTC time, then the log after the snapshot's commit.</summary>
    private async Task ReplayAsync(long fromUtcUs, string resetReason, CancellationToken cancellationToken)
    {
        await write(Hello(resetReason), cancellationToken);
        using var snapshot = feed.Store.Snapshot();

        // Whoever asks for the span by a query is told what is damaged; a class goes on watching.
        snapshot.OnDamage = static _ => { };
        _version = feed.Quality.Version;
        await feed.Quality.TryWaitThroughAsync(snapshot.Commit, cancellationToken);
        var derivation = feed.Quality.Derivation;
        await NameAsync(derivation, cancellationToken);
        foreach (var channel in selection.Of(derivation))
        {
            var flags = feed.Quality.FlagsOf(snapshot, derivation, channel, fromUtcUs, long.MaxValue, cancellationToken);
            var rows = new ChannelRows(snapshot, derivation, channel, fromUtcUs, long.MaxValue, flags);
            var message = Message(derivation, WatchReadingsResponse.Types.Phase.Replay);
            var open = new Dictionary<uint, ReadingBlock>();
            var count = 0;
            while (rows.TryNext(LiveFeed.RowsOfAMessage - count, out var stretch))
            {
                _builder.Add(message, open, stretch);
                rows.Release();
                count += stretch.Count;
                if (count >= LiveFeed.RowsOfAMessage)
                {
                    await write(message, cancellationToken);
                    message = Message(derivation, WatchReadingsResponse.Types.Phase.Replay);
                    open.Clear();
                    count = 0;
                }
            }

            if (message.Blocks.Count > 0)
            {
                await write(message, cancellationToken);
            }
        }

        _position = CommitPosition.After(snapshot.Commit);
        var end = Message(derivation, WatchReadingsResponse.Types.Phase.Replay);
        end.Cursor = CursorText(derivation);
        await write(end, cancellationToken);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var number = await FollowAloneAsync(cancellationToken);
            await FollowSharedAsync(shared!, number, cancellationToken);
        }
    }

    /// <summary>Sends the shared messages from one on, until the watcher falls behind them or no more come.</summary>
    private async Task FollowSharedAsync(SharedFrames frames, long number, CancellationToken cancellationToken)
    {
        // Bytes are handed over by the thread that brings them: a turn in the pool would cost as much again. What must be written out first takes its turn.
        var bell = new FrameBell(inPool: !sendsBytes);
        await using var left = cancellationToken.UnsafeRegister(_ => frames.Leave(bell), null);
        while (true)
        {
            var frame = frames.At(number, out var isGone);
            if (isGone || (frame is not null && frame.From != _position))
            {
                return;
            }

            if (frame is not null)
            {
                await SendAsync(frame, cancellationToken);
                number++;
                continue;
            }

            await frames.WaitAsync(bell, number);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Every watcher hears of each change once: who joined since the message before is told the rest, and gets the message without what it knows.</summary>
    private async Task SendAsync(Frame frame, CancellationToken cancellationToken)
    {
        await NameAsync(frame.Of, cancellationToken);
        if (_version < frame.Told && _version != frame.ToldBefore)
        {
            await TellChangesAsync(frame.Told, cancellationToken);
        }

        var message = _version == frame.ToldBefore ? frame.Message : frame.Message?.WithoutChanges;
        if (message is not null)
        {
            await write(sendsBytes ? message.Packed : message.Message, cancellationToken);
        }

        _version = Math.Max(_version, frame.Told);
        _position = frame.To;
    }

    /// <summary>Reads the log until the watcher stands where a shared message begins; returns that message's number.</summary>
    private async Task<long> FollowAloneAsync(CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = new PeriodicTimer(Heartbeat, feed.Time);
        Task? beat = null;
        Task? altered = null;
        while (true)
        {
            var arrival = shared?.Arrival();
            if (shared is not null && shared.TryJoin(_position, out var number, out var told))
            {
                await ends.CancelAsync();
                if (_version < told)
                {
                    await TellChangesAsync(told, cancellationToken);
                }

                return number;
            }

            beat ??= timer.WaitForNextTickAsync(ends.Token).AsTask();
            altered ??= NextChangeAsync(_pause, ends.Token);
            if (altered.IsCompleted)
            {
                await altered;
                await TellChangesAsync(long.MaxValue, cancellationToken);
                _pause = ChangesPause;
                altered = null;
                continue;
            }

            if (beat.IsCompleted)
            {
                await beat;
                await write(new WatchReadingsResponse { Heartbeat = true, Phase = WatchReadingsResponse.Types.Phase.Live, Cursor = CursorText(feed.Derivations.Current) }, cancellationToken);
                beat = null;
                continue;
            }

            var upTo = shared?.Aligned;
            if (upTo is null || _position < upTo)
            {
                if (await SendOwnAsync(upTo, cancellationToken))
                {
                    continue;
                }

                await await Task.WhenAny(feed.Stream.WaitAsync(_position, cancellationToken), altered, beat);
                continue;
            }

            await await Task.WhenAny(arrival!, altered, beat);
        }
    }

    /// <summary>Ends when something changed, at the earliest after a pause: while a backlog is judged, changes come by the hundred.</summary>
    private async Task NextChangeAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, feed.Time, cancellationToken);
        await feed.Quality.WaitForChangeAsync(_version, cancellationToken);
    }

    /// <summary>Sends what the log has after the position, up to where the shared messages begin; false when there is nothing.</summary>
    private async Task<bool> SendOwnAsync(CommitPosition? upTo, CancellationToken cancellationToken)
    {
        var page = feed.Stream.Read(_position, LiveFeed.RowsOfAMessage);
        if (page.IsExpired)
        {
            await ResetAsync("the cursor is older than the log is kept; the last hour follows", cancellationToken);
            return true;
        }

        var commits = upTo is { } limit ? [.. page.Commits.Where(commit => commit.Commit <= limit.Commit)] : page.Commits;
        var reached = upTo is { } end && page.Next > end ? end : page.Next;
        if (commits.IsEmpty && reached <= _position)
        {
            return false;
        }

        _position = reached;
        await SendAsync(commits, page.IsAtEnd, cancellationToken);
        if (upTo is null)
        {
            var interval = TimeSpan.FromMicroseconds(request.MinIntervalUs);
            await Task.Delay(interval > LiveFeed.FlushInterval ? interval : LiveFeed.FlushInterval, feed.Time, cancellationToken);
        }

        return true;
    }

    private async Task SendAsync(ImmutableArray<CommittedRows> commits, bool isAtEnd, CancellationToken cancellationToken)
    {
        await feed.Quality.WaitThroughAsync(commits.IsEmpty ? 0 : commits[^1].Commit, cancellationToken);
        var derivation = feed.Quality.Derivation;
        var message = Message(derivation, isAtEnd ? WatchReadingsResponse.Types.Phase.Live : WatchReadingsResponse.Types.Phase.Replay);
        _builder.Add(message, commits, derivation);
        if (message.Blocks.Count > 0 || message.SkippedCount > 0)
        {
            AddNames(message, derivation);
            message.Cursor = CursorText(derivation);
            await write(message, cancellationToken);
        }
    }

    /// <param name="through">Changes after this version are told later.</param>
    private async Task TellChangesAsync(long through, CancellationToken cancellationToken)
    {
        var isKnown = feed.Quality.TryChangesSince(_version, out var changes, out var newest);
        _version = Math.Min(newest, through);
        var derivation = feed.Quality.Derivation;
        var message = Message(derivation, WatchReadingsResponse.Types.Phase.Live);
        message.Cursor = CursorText(derivation);
        message.Changed.AddRange(ToldChanges.Of(isKnown ? changes.Where(change => change.Version <= through) : null, selection, derivation));
        if (message.Changed.Count > 0)
        {
            AddNames(message, derivation);
            await write(message, cancellationToken);
        }
    }

    /// <summary>What a resumed watcher missed. After another life of the hub it is told what is judged again, but which spans facts altered is not known any more, so all of them may be.</summary>
    private async Task TellSinceAsync(WatchCursor given, CancellationToken cancellationToken)
    {
        if (feed.Counts(given.Told))
        {
            _version = given.Told.Version;
            await TellChangesAsync(long.MaxValue, cancellationToken);
            return;
        }

        var derivation = feed.Derivations.Current;
        if (given.Revision >= derivation.Revision)
        {
            return;
        }

        var message = Message(derivation, WatchReadingsResponse.Types.Phase.Replay);
        message.Cursor = CursorText(derivation);
        message.Changed.AddRange(ToldChanges.Everything(selection, derivation));
        await write(message, cancellationToken);
    }

    /// <summary>The first message: says at once that the watch stands, and what the numbers of the shared messages mean.</summary>
    private WatchReadingsResponse Hello(string resetReason)
    {
        var derivation = feed.Derivations.Current;
        var message = Message(derivation, WatchReadingsResponse.Types.Phase.Replay);
        message.ResetReason = resetReason;
        AddNames(message, derivation);
        return message;
    }

    /// <summary>What messages need of names and this watcher was not told goes before them: one that is shared carries none.</summary>
    private async ValueTask NameAsync(Derivation derivation, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(_namesOf, derivation))
        {
            return;
        }

        var message = Message(derivation, WatchReadingsResponse.Types.Phase.Live);
        AddNames(message, derivation);
        if (message.ChannelNames.Count > 0)
        {
            await write(message, cancellationToken);
        }
    }

    /// <summary>The names of the selected channels that this watcher was not told before, on a message that will be written.</summary>
    private void AddNames(WatchReadingsResponse message, Derivation derivation)
    {
        if (ReferenceEquals(_namesOf, derivation))
        {
            return;
        }

        _namesOf = derivation;
        foreach (var channel in selection.Of(derivation))
        {
            if (feed.Refs.Of(channel.Name) is var number && _named.Add(number))
            {
                message.ChannelNames[number] = channel.Name;
            }
        }
    }

    private static WatchReadingsResponse Message(Derivation derivation, WatchReadingsResponse.Types.Phase phase) => new() { Phase = phase, Revision = derivation.Revision };

    private string CursorText(Derivation derivation) => feed.CursorAt(_position, derivation, _version).ToString();
}
