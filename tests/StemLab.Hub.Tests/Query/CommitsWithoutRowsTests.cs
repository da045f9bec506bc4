using StemLab.Hub.Api;
using StemLab.Hub.Quality;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Query;

/// <summary>What is committed without readings (bytes that could not be read, a loss that was told) holds nobody up.</summary>
public sealed class CommitsWithoutRowsTests
{
    [Fact]
    public async Task Who_asks_after_bytes_were_set_aside_is_answered_at_once_and_watchers_go_on()
    {
        await using var hub = await HubFixture.StartAsync();
        var quality = hub.Get<QualityBook>();
        for (var round = 0; round < 3; round++)
        {
            await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7 + round));
            var aside = new AsideBytes(null, null, 0, 0, "json", new byte[] { 1, 2, 3 });
            await hub.Store.SubmitAsync(aside, TestContext.Current.CancellationToken);
            await aside.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            await quality.WaitThroughAsync(hub.Store.Stats.Commit, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }

        var readings = new ReadingService.ReadingServiceClient(hub.Grpc);
        using var watch = readings.WatchReadings(new WatchReadingsRequest { Channels = { HubFixture.Channel("ph", "ph") }, LookbackUs = 60 * HubFixture.Second }, cancellationToken: TestContext.Current.CancellationToken);
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 11));
        var seen = new List<double>();
        while (!seen.Contains(11))
        {
            Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            seen.AddRange(watch.ResponseStream.Current.Blocks.SelectMany(block => block.Value));
        }

        Assert.Equal([7, 8, 9, 11], seen);
    }
}
