using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>Builds the shared messages of one selection: rows with what changed meanwhile, what changed where no rows come, a sign of life where there is neither. One task.</summary>
internal sealed class FramePump(LiveFeed feed, SharedFrames frames, CommitPosition start, ChannelSelection selection, FrameBuilder builder)
{
    // The log is read up to _position; the newest message ends at _end.
    private CommitPosition _position = start;
    private CommitPosition _end = start;

    private long _told = feed.Quality.Version;
    private long? _toldAt;
    private long _saidAt = feed.Time.GetTimestamp();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            long? sentAt = null;
            while (true)
            {
                await RowsAsync(cancellationToken);
                if (sentAt is { } sent)
                {
                    await feed.GatherAsync(sent, cancellationToken);
                }

                sentAt = feed.Time.GetTimestamp();
                while (!await AddRowsAsync(cancellationToken))
                {
                    // There is more in the log.
                }
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            LiveLog.PumpEnded(feed.Logger, fault);
            throw;
        }
        finally
        {
            frames.End();
        }
    }

    /// <summary>Until there are rows: tells what changes, and now and then that the stream lives.</summary>
    private async Task RowsAsync(CancellationToken cancellationToken)
    {
        var commit = feed.Stream.WaitAsync(_position, cancellationToken);
        while (!commit.IsCompleted)
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var altered = NextChangeAsync(ends.Token);
            await Task.WhenAny(commit, altered, Task.Delay(Rest(Watcher.Heartbeat, _saidAt), feed.Time, ends.Token));
            if (altered.IsCompletedSuccessfully)
            {
                AddChanges();
            }
            else if (!commit.IsCompleted && !cancellationToken.IsCancellationRequested)
            {
                Add(new WatchReadingsResponse { Heartbeat = true }, feed.Quality.Derivation, _told);
            }

            await ends.CancelAsync();
        }

        await commit;
    }

    /// <summary>Ends when something is to be told and the pause is over; rows that come just then take it with them.</summary>
    private async Task NextChangeAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_toldAt is { } at ? Rest(Watcher.ChangesPause, at) : TimeSpan.Zero, feed.Time, cancellationToken);
        await feed.Quality.WaitForChangeAsync(_told, cancellationToken);
        await Task.Delay(LiveFeed.FlushInterval, feed.Time, cancellationToken);
    }

    /// <summary>One message of rows, if there are any; false when the log holds more.</summary>
    private async Task<bool> AddRowsAsync(CancellationToken cancellationToken)
    {
        var page = feed.Stream.Read(_position, LiveFeed.RowsOfAMessage);
        if (page.IsExpired)
        {
            // Who stands before the gap reads on alone, and is told there that its place is gone.
            _position = _end = feed.Stream.Newest;
            return true;
        }

        _position = page.Next;
        if (page.Commits.IsEmpty)
        {
            return true;
        }

        await feed.Quality.WaitThroughAsync(page.Commits[^1].Commit, cancellationToken);
        AddChanges(page.Commits);
        return page.IsAtEnd;
    }

    /// <summary>A message of what changed, if it is time to tell, and of these rows.</summary>
    private void AddChanges(ImmutableArray<CommittedRows> rows = default)
    {
        IEnumerable<Quality.QualityChange>? changes = [];
        var told = _told;
        if (_toldAt is not { } at || feed.Time.GetElapsedTime(at) >= Watcher.ChangesPause)
        {
            changes = feed.Quality.TryChangesSince(_told, out var since, out told) ? since : null;
            _toldAt = told > _told ? feed.Time.GetTimestamp() : _toldAt;
        }

        // Asked for after the changes: it holds what they speak of.
        var derivation = feed.Quality.Derivation;
        var message = new WatchReadingsResponse();
        message.Changed.AddRange(ToldChanges.Of(changes, selection, derivation));
        if (rows.IsDefault)
        {
            Add(message.Changed.Count > 0 ? message : null, derivation, told);
            return;
        }

        builder.Add(message, rows, derivation);
        Add(message, derivation, told);
    }

    private void Add(WatchReadingsResponse? message, Derivation derivation, long told)
    {
        if (message is not null)
        {
            message.Phase = WatchReadingsResponse.Types.Phase.Live;
            message.Revision = derivation.Revision;
            message.Cursor = feed.CursorAt(_position, derivation, told).ToString();
            _saidAt = feed.Time.GetTimestamp();
        }

        frames.Add(new Frame(_end, _position, _told, told, derivation, message is null ? null : new SharedMessage(message)));
        _end = _position;
        _told = told;
    }

    private TimeSpan Rest(TimeSpan pause, long since)
    {
        var rest = pause - feed.Time.GetElapsedTime(since);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}
