using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>The README's first command, as a stranger runs it.</summary>
public sealed class FirstCommandTests
{
    private const long Hour = 3_600_000_000;

    /// <summary>The README's promise from "listening" on; about five seconds on two cores.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(30);

    /// <summary>Six things at eight places, and two that are computed at the pearl farm.</summary>
    private const int Channels = 50;

    private static readonly string[] Computed = ["salinity", "saturation"];

    private static readonly string[] Measured = ["conductivity", "depth", "oxygen", "ph", "temperature", "turbidity"];

    [Fact]
    public async Task Eight_agents_are_live_with_a_day_behind_them_and_a_restart_finds_everything()
    {
        using var folder = new TempFolder();
        IReadOnlyDictionary<string, ChannelRows> before;
        long untilUs;
        await using (var first = await HubProcess.StartBayAsync(folder.Path))
        {
            var listening = TimeProvider.System.GetTimestamp();
            await LiveAsync(first);
            var took = TimeProvider.System.GetElapsedTime(listening);
            TestContext.Current.TestOutputHelper?.WriteLine($"eight agents live {took.TotalSeconds:F1} s after listening");
            Assert.True(took < Promise, $"live after {took.TotalSeconds:F1} s");
            untilUs = (await first.Api.StateAsync()).UtcUs - (Hour / 60);
            await HistoryAsync(first, untilUs);
            await MarkedAsync(first);
            before = await first.Api.RowsAsync("agents/-/channels/-", untilUs - (2 * Hour), untilUs);
            Assert.Equal(0, await first.StopAsync());
        }

        await using var again = await HubProcess.StartBayAsync(folder.Path);
        await LiveAsync(again);
        var after = await again.Api.RowsAsync("agents/-/channels/-");
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        foreach (var (channel, rows) in before)
        {
            // Times may have moved by what the clocks have learnt since, within their bound; the values are the same, in the same order.
            var kept = after[channel].Raw;
            Assert.Contains(string.Join(' ', rows.Raw), string.Join(' ', kept), StringComparison.Ordinal);
        }

        Assert.Equal(8, (await again.Api.AgentsAsync()).Count);
        Assert.All(await again.Api.AgentsAsync(), agent => Assert.Equal((0L, 0L), (agent.Account.Lost, agent.Account.Conflict)));
    }

    [Fact]
    public async Task A_demo_and_a_real_hub_refuse_each_others_folders_in_one_sentence()
    {
        using var demo = new TempFolder();
        using var real = new TempFolder();
        await using (var bay = await HubProcess.StartBayAsync(demo.Path))
        {
            Assert.True((await bay.Api.StateAsync()).Demo);
            await bay.StopAsync();
        }

        await using (var hub = await HubProcess.StartAsync(real.Path))
        {
            Assert.False((await hub.Api.StateAsync()).Demo);
            await hub.StopAsync();
        }

        Refused.InOneSentence(await HubProcess.RunAsync("serve", "--data", demo.Path, "--http", "0", "--grpc", "0", "--mqtt", "0"), "holds a demo's simulated data");
        Refused.InOneSentence(await HubProcess.RunBayAsync("--data", real.Path, "--no-browser", "--http", "0", "--grpc", "0", "--mqtt", "0"), "holds a real hub's data");
    }

    /// <summary>Every channel's reading is a few seconds old.</summary>
    private static Task LiveAsync(HubProcess hub) => Eventually.True(
        async () =>
        {
            var channels = await hub.Api.ChannelsAsync();
            return channels.Count == Channels && channels.Where(channel => Computed.Contains(channel.Port)).Select(channel => channel.Agent).Distinct().Count() == 1
                && channels.All(channel => channel.Latest is { HasValue: true, HasAgeUs: true, AgeUs: < 10_000_000 } && !channel.Stale)
                && channels.GroupBy(channel => channel.Agent).All(agent => agent.Select(channel => channel.Port).Except(Computed).Order().SequenceEqual(Measured));
        },
        "eight agents measure six things each, two more are computed, live");

    private static async Task HistoryAsync(HubProcess hub, long untilUs)
    {
        var query = new QueryReadingsRequest { Channels = { "agents/-/channels/-" }, StartTimeUs = untilUs - (23 * Hour), EndTimeUs = untilUs, MaxBuckets = 24 };
        using var call = hub.Api.Readings.QueryReadings(query, cancellationToken: TestContext.Current.CancellationToken);
        var buckets = new List<BucketBlock>();
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            buckets.AddRange(call.ResponseStream.Current.Buckets);
        }

        // A reading every ten seconds, and no hour without. Buckets are whole hours of UTC, so the first and the last reach beyond what was asked for.
        Assert.Equal(Channels, buckets.Select(block => block.ChannelRef).Distinct().Count());
        Assert.All(buckets.GroupBy(block => block.ChannelRef), channel => Assert.InRange(channel.Sum(block => block.Count.Sum()), 23 * 360 * 0.98, 25 * 360));
        Assert.All(buckets, block => Assert.All(block.Count, count => Assert.True(count > 0)));
    }

    private static async Task MarkedAsync(HubProcess hub)
    {
        Assert.True((await hub.Api.StateAsync()).Demo);
        Assert.All(await hub.Api.AgentsAsync(), agent => Assert.True(agent.Simulated));
        Assert.All(await hub.Api.ChannelsAsync(), channel => Assert.True(channel.Simulated));
        foreach (var (language, word) in ((string, string)[])[("en", "simulated"), ("vi", "mô phỏng")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.AcceptLanguage.ParseAdd(language);
            using var answer = await hub.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Contains(word, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("8 simulated agents", hub.Output, StringComparison.Ordinal);
    }
}
