using System.Globalization;
using StemLab.Hub.History;
using StemLab.Hub.Live;
using StemLab.Hub.Query;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>Recorded runs as if they were being measured now: the readings of each part, from its start on, as fast as asked for. They keep the times they were measured at. One task a viewer.</summary>
internal sealed class RunPlayback(ClassBook book, ReadingQuery query, LiveFeed live, HubClock clock, TimeProvider time)
{
    /// <summary>Begins the cursors of a playback.</summary>
    public const string CursorMark = "played-";

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    /// <param name="session">A class with a playback.</param>
    /// <param name="channels">Those wanted.</param>
    /// <param name="cursor">How far the viewer has seen it; empty or not ours = from the beginning.</param>
    /// <param name="write">Sends one message.</param>
    /// <param name="cancellationToken">The viewer left, or wants others.</param>
    public async Task RunAsync(long session, IReadOnlyCollection<string> channels, string cursor, Func<WatchReadingsResponse, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var (began, position) = Read(cursor);
        while (book.Of(session) is { Playback: { } playback } one)
        {
            if (playback.BeganUs is not { } playing)
            {
                await book.WaitForChangeAsync(session, one.Revision, cancellationToken);
                continue;
            }

            if (playing != began)
            {
                (began, position) = (playing, 0);
            }

            var target = playback.PlayedUs(clock.NowUs());
            if (target > position)
            {
                foreach (var part in playback.Parts)
                {
                    await SendAsync(part, channels, position, target, write, cancellationToken);
                }

                position = target;
                await write(new WatchReadingsResponse { Phase = WatchReadingsResponse.Types.Phase.Replay, Cursor = string.Create(CultureInfo.InvariantCulture, $"{CursorMark}{began}-{position}") }, cancellationToken);
            }

            if (position >= playback.LengthUs)
            {
                await book.WaitForChangeAsync(session, one.Revision, cancellationToken);
            }
            else
            {
                await Task.Delay(Beat, time, cancellationToken);
            }
        }
    }

    /// <summary>One part's readings between two places of the recording.</summary>
    private async Task SendAsync(PlaybackPart part, IReadOnlyCollection<string> channels, long fromUs, long toUs, Func<WatchReadingsResponse, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var wanted = part.Channels.Where(channels.Contains).ToList();
        var (start, end) = (part.StartUtcUs + fromUs, Math.Min(part.StartUtcUs + toUs, part.EndUtcUs));
        if (wanted.Count == 0 || end <= start)
        {
            return;
        }

        var request = new QueryReadingsRequest { StartTimeUs = start, EndTimeUs = end };
        var names = new Dictionary<uint, string>();
        await foreach (var answer in query.RunAsync(request, ChannelSelection.Parse(wanted, out _), cancellationToken))
        {
            foreach (var (number, name) in answer.ChannelNames)
            {
                names[number] = name;
            }

            if (answer.Blocks.Count == 0)
            {
                continue;
            }

            var message = new WatchReadingsResponse { Phase = WatchReadingsResponse.Types.Phase.Replay, Revision = answer.Revision };
            foreach (var block in answer.Blocks)
            {
                var name = names[block.ChannelRef];
                block.ChannelRef = live.Refs.Of(name);
                message.ChannelNames[block.ChannelRef] = name;
                message.Blocks.Add(block);
            }

            await write(message, cancellationToken);
        }
    }

    private static (long? Began, long Position) Read(string cursor) =>
        cursor.StartsWith(CursorMark, StringComparison.Ordinal) && cursor[CursorMark.Length..].Split('-') is [var began, var position]
            && long.TryParse(began, NumberStyles.None, CultureInfo.InvariantCulture, out var beganUs) && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var positionUs)
            ? (beganUs, positionUs)
            : (null, 0);
}
