using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>Blocks that come twice, late, in any order, with other contents, to a hub that is killed meanwhile: it gives what a hub gives that got them once and in order.</summary>
public sealed class DisorderTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    /// <summary>New numbers in a block that also has old ones.</summary>
    private const int Fresh = 2;

    [Fact]
    public async Task Any_order_repetition_and_conflict_ends_in_what_the_clean_order_gives_also_after_a_kill()
    {
        for (var seed = 1; seed <= FaultReport.Rounds(1); seed++)
        {
            await CheckAsync(seed);
        }
    }

    private static async Task CheckAsync(int seed)
    {
        var trip = new SealedTrip(seed);
        var random = new Random(seed);
        var overlapping = trip.Overlapping(11, 3, Fresh);
        using var cleanFolder = new TempFolder();
        using var folder = new TempFolder();
        await using var clean = await HubProcess.StartAsync(cleanFolder.Path);
        var cleanAgent = await EnrolAsync(clean);
        await using (var sender = new BlockSender(cleanAgent, trip.Birth()))
        {
            foreach (var parcel in trip.Own.Concat(trip.Copies).Append(overlapping))
            {
                await sender.SendAsync(clean.Where.MqttPort, parcel.Up);
            }

            await Eventually.True(() => Task.FromResult(sender.Receipted == trip.Numbers), "all receipted");
        }

        var port = FixedPort.Choose();
        var hub = await HubProcess.StartAsync(folder.Path, mqttPort: port);
        try
        {
            var agent = await EnrolAsync(hub);
            await using var sender = new BlockSender(agent, trip.Birth());
            var sent = 0;
            var again = 0L;
            var parcels = Disordered(trip, random);
            foreach (var (up, numbers) in parcels)
            {
                if (++sent % (parcels.Count / 3) == 0)
                {
                    // Killed while a block is on its way.
                    var sending = sender.SendAsync(port, up);
                    await hub.DisposeAsync();
                    hub = await HubProcess.StartAsync(folder.Path, mqttPort: port);
                    await sending;
                }

                await sender.SendAsync(port, up);
                again += numbers;
            }

            await sender.SendAsync(port, overlapping.Up);
            await Eventually.True(() => Task.FromResult(sender.Receipted == trip.Numbers), "all receipted");
            await SameAsync(trip, clean, cleanAgent, hub, agent);

            // Conflicts are told by number and reason; what came again is no conflict, whatever it holds: its numbers were taken.
            var counted = (await clean.Api.StateAsync()).Counters;
            Assert.Equal((trip.Conflicts, (long)Fresh), (counted["conflict"], counted["rejected.partial_overlap"]));
            Assert.NotEqual("ok", (await hub.Api.StateAsync()).StoreState);
            Assert.True((await hub.Api.StateAsync()).Counters["duplicate"] > 0, "what came again is counted");

            await hub.DisposeAsync();
            hub = await HubProcess.StartAsync(folder.Path, mqttPort: port);
            await SameAsync(trip, clean, cleanAgent, hub, agent);
            Assert.NotEqual("ok", (await hub.Api.StateAsync()).StoreState);
            FaultReport.Line("blocks twice, late, in any order, conflicting", parcels.Count, trip.Numbers - Fresh);
            TestContext.Current.TestOutputHelper?.WriteLine($"{trip.Numbers} rows, {trip.Conflicts} conflicts, {parcels.Count} blocks sent, {again} rows of them again");
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    /// <summary>All blocks in any order; every fourth a second time somewhere, every sixth with other contents somewhere after it. Rows that come again are told.</summary>
    private static List<(byte[] Up, int Again)> Disordered(SealedTrip trip, Random random)
    {
        var all = trip.Own.Concat(trip.Copies).ToArray();
        random.Shuffle(all);
        var order = new List<(double At, byte[] Up, int Again)>();
        for (var i = 0; i < all.Length; i++)
        {
            order.Add((i, all[i].Up, 0));
            if (random.Next(4) == 0)
            {
                order.Add((random.NextDouble() * all.Length, all[i].Up, all[i].Count));
            }

            if (random.Next(6) == 0)
            {
                order.Add((i + 0.5 + (random.NextDouble() * (all.Length - i)), trip.Forged(all[i]).Up, all[i].Count));
            }
        }

        return [.. order.OrderBy(entry => entry.At).Select(entry => (entry.Up, entry.Again))];
    }

    private static async Task<EnrolAgentResponse> EnrolAsync(HubProcess hub) =>
        await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "trip" }, cancellationToken: Cancelled);

    /// <summary>Both hubs hold the same rows at the same times, those the model says, and the same account.</summary>
    private static async Task SameAsync(SealedTrip trip, HubProcess clean, EnrolAgentResponse cleanAgent, HubProcess hub, EnrolAgentResponse agent)
    {
        var expected = await RowsAsync(clean, cleanAgent);
        var found = await RowsAsync(hub, agent);
        foreach (var (port, shown) in trip.Ports.Zip(trip.Shown))
        {
            Assert.Equal(shown, expected[port].Raw);
            Assert.Equal(shown, found[port].Raw);
            Assert.Equal(expected[port].TimeUs, found[port].TimeUs);
            Assert.Equal(found[port].TimeUs.Distinct().Order(), found[port].TimeUs);
        }

        var cleanAccount = (await clean.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = cleanAgent.Agent.Name }, cancellationToken: Cancelled)).Agent.Account;
        var account = (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = agent.Agent.Name }, cancellationToken: Cancelled)).Agent.Account;
        Assert.Equal((trip.Numbers, trip.Conflicts, (long)Fresh, 0L), (account.Expected, account.Conflict, account.Rejected, account.Missing));
        Assert.Equal((cleanAccount.Expected, cleanAccount.Stored, cleanAccount.Conflict), (account.Expected, account.Stored, account.Conflict));
    }

    private static async Task<Dictionary<string, ChannelRows>> RowsAsync(HubProcess hub, EnrolAgentResponse agent) =>
        (await hub.Api.RowsAsync($"{agent.Agent.Name}/channels/-")).ToDictionary(channel => channel.Key.Split("/channels/")[1].Split('~')[0], channel => channel.Value);
}
