using Grpc.Core;
using StemLab.V1;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>kill -9 at random moments under load: what was receipted is there, once.</summary>
public sealed class KillTests
{
    private const int Kills = 20;

    [Fact]
    public async Task Twenty_kills_of_the_hub_lose_nothing_receipted_and_double_nothing()
    {
        using var folder = new TempFolder();
        var random = new Random(20261123);
        NativeClient? client = null;
        for (var kill = 0; kill <= Kills; kill++)
        {
            await using var hub = await HubProcess.StartAsync(folder.Path);
            client ??= new NativeClient(await hub.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "killed" }, cancellationToken: TestContext.Current.CancellationToken), 42);
            await Eventually.True(() => client.TryConnectAsync(hub.Where.MqttPort), "connected");
            if (kill == Kills)
            {
                await DrainAsync(client);
                await CheckAsync(hub, client);
                break;
            }

            var budget = random.Next(5, 60);
            for (var i = 0; i < budget; i++)
            {
                client.Seal(random.Next(1, 200));
                foreach (var first in client.Waiting.Keys.Order().ToArray())
                {
                    if (!await client.TrySendAsync(first))
                    {
                        break;
                    }
                }
            }

            await hub.KillAsync();
        }

        await client!.DisposeAsync();
    }

    private static Task DrainAsync(NativeClient client) => Eventually.True(
        async () =>
        {
            foreach (var first in client.Waiting.Keys.Order().ToArray())
            {
                await client.TrySendAsync(first);
            }

            return client.Waiting.IsEmpty;
        },
        "everything receipted");

    private static async Task CheckAsync(HubProcess hub, NativeClient client)
    {
        long count = 0;
        var sum = 0.0;
        using var call = hub.Readings.QueryReadings(new QueryReadingsRequest { Channels = { client.Channel }, WithRaw = true, StartTimeUs = long.MinValue / 4, EndTimeUs = long.MaxValue / 4 });
        await foreach (var answer in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            foreach (var block in answer.Blocks)
            {
                count += block.Raw.Count;
                sum += block.Raw.Sum();
            }
        }

        Assert.Equal((long)client.NextSeq, count);
        Assert.Equal(client.Receipted.Count, count);
        Assert.Equal(client.Receipted.Sum, sum, 1e-6 * count);
        var account = (await hub.Fleet.GetAgentAsync(new GetAgentRequest { Name = $"agents/{client.Agent}" }, cancellationToken: TestContext.Current.CancellationToken)).Agent.Account;
        Assert.Equal((count, 0L, 0L), (account.Stored, account.Missing, account.Lost));
    }
}
