using StemLab.Hub.Api;
using StemLab.Hub.History;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>A number that stands for a channel is told on every stream before it is used there, whatever appears while a watcher starts.</summary>
public sealed class WatchNamesTests
{
    private const string All = "agents/-/channels/-";

    [Theory]
    [InlineData("in the span that is replayed", 0)]
    [InlineData("before the span that is replayed", 10)]
    public async Task A_channel_that_appears_while_a_watcher_is_greeted_is_told_with_its_first_reading(string when, int ageS)
    {
        _ = when;
        await using var hub = await HubFixture.StartAsync();
        using var first = new Watched(hub, new WatchReadingsRequest { Channels = { All } });
        await first.Greeted;
        using var second = new Watched(
            hub,
            new WatchReadingsRequest { Channels = { All }, LookbackUs = 5 * HubFixture.Second },
            async () =>
            {
                await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs - (ageS * HubFixture.Second), 7));
                await first.Named(1);
            });
        await second.Greeted;
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.1));
        Assert.Equal(HubFixture.Channel("ph", "ph"), await second.ReadingOf(7.1));
    }

    [Fact]
    public async Task Channels_that_appear_later_are_told_once_to_everybody()
    {
        await using var hub = await HubFixture.StartAsync();
        using var first = new Watched(hub, new WatchReadingsRequest { Channels = { All } });
        using var alone = new Watched(hub, new WatchReadingsRequest { Channels = { All }, MaxRateHz = 1000 });
        await Task.WhenAll(first.Greeted, alone.Greeted);
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7.1));
        await hub.RowsAsync("temp", "water_temperature", "Cel", (hub.NowUs, 21));
        foreach (var watched in new[] { first, alone })
        {
            Assert.Equal(HubFixture.Channel("ph", "ph"), await watched.ReadingOf(7.1));
            Assert.Equal(HubFixture.Channel("temp", "water_temperature"), await watched.ReadingOf(21));
            Assert.Equal(2, watched.NamesTold);
        }
    }

    /// <summary>A watcher, and what it has been told.</summary>
    private sealed class Watched : IDisposable
    {
        private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        private readonly TaskCompletionSource greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock gate = new();
        private readonly Dictionary<uint, string> names = [];
        private readonly List<(string Channel, double Value)> readings = [];
        private TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <param name="whileGreeted">Happens between the first message and the second.</param>
        public Watched(HubFixture hub, WatchReadingsRequest request, Func<Task>? whileGreeted = null) =>
            _ = hub.Get<LiveFeed>().WatchAsync(
                request,
                cursor: null,
                ChannelSelection.Parse([All], out _),
                async (message, _) =>
                {
                    Note(message);
                    if (!greeted.Task.IsCompleted)
                    {
                        await (whileGreeted?.Invoke() ?? Task.CompletedTask);
                        greeted.SetResult();
                    }
                },
                stop.Token);

        public Task Greeted => greeted.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public int NamesTold { get; private set; }

        public Task Named(int count) => WhenAsync(() => names.Count >= count);

        /// <summary>The channel under whose name this value came; empty = under none.</summary>
        public async Task<string> ReadingOf(double value)
        {
            await WhenAsync(() => readings.Exists(reading => reading.Value == value));
            lock (gate)
            {
                return readings.Find(reading => reading.Value == value).Channel;
            }
        }

        public void Dispose()
        {
            stop.Cancel();
            stop.Dispose();
        }

        private void Note(WatchReadingsResponse message)
        {
            lock (gate)
            {
                NamesTold += message.ChannelNames.Count;
                foreach (var (number, name) in message.ChannelNames)
                {
                    names[number] = name;
                }

                readings.AddRange(message.Blocks.SelectMany(block => block.Value.Select(value => (names.GetValueOrDefault(block.ChannelRef, ""), value))));
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
}
