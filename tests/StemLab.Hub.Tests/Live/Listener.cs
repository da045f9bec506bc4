using StemLab.Hub.Api;
using StemLab.Hub.History;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>A watcher, and what it has been told: names, changes, readings. Any thread.</summary>
internal sealed class Listener : IDisposable
{
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly TaskCompletionSource greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource everything = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly Dictionary<uint, string> names = [];
    private readonly List<Changed> changes = [];
    private readonly List<(string Channel, double Value)> readings = [];
    private string reached = "";
    private TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="hub">Whose readings.</param>
    /// <param name="request">What it asks for; its cursor, where it has one, must be one.</param>
    /// <param name="whileWritten">Begins when a message has come and before it counts as told; the next comes, and the first counts as a greeting, when it has ended.</param>
    public Listener(HubFixture hub, WatchReadingsRequest request, Func<WatchReadingsResponse, Task>? whileWritten = null) =>
        _ = hub.Get<LiveFeed>().WatchAsync(
            request,
            WatchCursor.TryParse(request.Cursor, out var from) ? from : null,
            ChannelSelection.Parse(request.Channels, out _),
            async (message, _) =>
            {
                var written = whileWritten?.Invoke(message) ?? Task.CompletedTask;
                Note(message);
                await written;
                greeted.TrySetResult();
            },
            stop.Token);

    public Listener(HubFixture hub, string channel, Func<WatchReadingsResponse, Task>? whileWritten = null)
        : this(hub, new WatchReadingsRequest { Channels = { channel } }, whileWritten)
    {
    }

    public Task Greeted => greeted.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public Task ToldOfEverything => everything.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>The newest cursor, and what was told by then.</summary>
    public (string Cursor, (string Channel, int Second)[] Flags) Seen => Of(() => (reached, ToldSeconds()));

    /// <summary>The values, in the order they came.</summary>
    public double[] Readings => Of(() => readings.Select(reading => reading.Value).ToArray());

    /// <summary>What was told of flags, in the order it came: the channel and its second.</summary>
    public (string Channel, int Second)[] Flags => Of(ToldSeconds);

    /// <summary>How many names were told, each as often as it was.</summary>
    public int NamesTold { get; private set; }

    public int ReadingsOf(double value) => Readings.Count(reading => reading == value);

    public Task Heard(string channel, int second) => WhenAsync(() => ToldSeconds().Contains((channel, second)));

    public Task Named(int count) => WhenAsync(() => names.Count >= count);

    /// <summary>The channel under whose name this value came; empty = under none.</summary>
    public async Task<string> ReadingOf(double value)
    {
        await WhenAsync(() => readings.Exists(reading => reading.Value == value));
        return Of(() => readings.Find(reading => reading.Value == value).Channel);
    }

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    /// <summary>A message names one span for all changes of a channel; flags stand on odd or even seconds, a second each.</summary>
    private static IEnumerable<(string Channel, int Second)> SecondsOf(Changed changed)
    {
        var (first, end) = ((changed.StartTimeUs - HubFixture.Utc0) / HubFixture.Second, (changed.EndTimeUs - HubFixture.Utc0) / HubFixture.Second);
        for (var second = first; changed.StartTimeUs > 0 && second < Math.Min(end, 1000); second += 2)
        {
            yield return (changed.Channel, (int)second);
        }
    }

    private (string Channel, int Second)[] ToldSeconds() => [.. changes.SelectMany(SecondsOf)];

    private T Of<T>(Func<T> what)
    {
        lock (gate)
        {
            return what();
        }
    }

    private void Note(WatchReadingsResponse message)
    {
        lock (gate)
        {
            reached = message.Cursor.Length > 0 ? message.Cursor : reached;
            NamesTold += message.ChannelNames.Count;
            foreach (var (number, name) in message.ChannelNames)
            {
                names[number] = name;
            }

            changes.AddRange(message.Changed);
            readings.AddRange(message.Blocks.SelectMany(block => block.Value.Select(value => (names.GetValueOrDefault(block.ChannelRef, ""), value))));
            if (message.Changed.Any(changed => changed.StartTimeUs == 0))
            {
                everything.TrySetResult();
            }

            told.SetResult();
            told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task WhenAsync(Func<bool> isSo)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (isSo())
                {
                    return;
                }

                next = told.Task;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }
}
