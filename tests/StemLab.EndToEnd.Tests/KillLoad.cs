using Grpc.Core;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A native agent and a maker's device that send for as long as the test goes, through every end of the hub.</summary>
internal sealed class KillLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task[] loops;
    private readonly int port;

    public KillLoad(int port, EnrolAgentResponse enrolled)
    {
        this.port = port;
        Native = new NativeClient(enrolled, 43);
        Foreign = new ForeignClient(port);
        loops = [Task.Run(SendNativeAsync), Task.Run(SendForeignAsync)];
    }

    public NativeClient Native { get; }

    public ForeignClient Foreign { get; }

    /// <summary>Greatest age a sealed block reached without a receipt.</summary>
    public TimeSpan OldestWait { get; private set; }

    /// <summary>Ends the load and waits until all that was sealed has its receipt.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        await Eventually.True(
            async () =>
            {
                foreach (var first in Native.Waiting.Keys.Order().ToArray())
                {
                    if (!await Native.TrySendAsync(first))
                    {
                        await Native.TryConnectAsync(port);
                        break;
                    }
                }

                return Native.Waiting.IsEmpty;
            },
            "everything receipted");
    }

    /// <summary>What was receipted or answered is there, once, with its exact sum; nothing else is.</summary>
    public async Task CheckAsync(HubProcess hub)
    {
        await CheckNativeAsync(hub);
        await CheckForeignAsync(hub);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        await Native.DisposeAsync();
        await Foreign.DisposeAsync();
        stop.Dispose();
    }

    private async Task SendNativeAsync()
    {
        var sealedAt = new Dictionary<ulong, long>();
        var offered = new HashSet<ulong>();
        var random = new Random(7);
        while (!stop.IsCancellationRequested)
        {
            sealedAt[Native.NextSeq] = TimeProvider.System.GetTimestamp();
            Native.Seal(random.Next(1, 50));
            foreach (var first in Native.Waiting.Keys.Order().Where(first => !offered.Contains(first)))
            {
                if (!await Native.TrySendAsync(first))
                {
                    // What was offered before may have been lost with the hub.
                    offered.Clear();
                    await Native.TryConnectAsync(port);
                    break;
                }

                offered.Add(first);
            }

            foreach (var (first, at) in sealedAt.ToArray())
            {
                OldestWait = Native.Waiting.ContainsKey(first) && TimeProvider.System.GetElapsedTime(at) is var age && age > OldestWait ? age : OldestWait;
                if (!Native.Waiting.ContainsKey(first))
                {
                    sealedAt.Remove(first);
                }
            }

            await PaceAsync();
        }
    }

    private async Task SendForeignAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await Foreign.TryNextAsync();
            await PaceAsync();
        }
    }

    private Task PaceAsync() => Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>Every value answered is there; what is there twice was sent twice, and the hub's account says as many rows.</summary>
    private async Task CheckForeignAsync(HubProcess hub)
    {
        var device = (await hub.Api.AgentsAsync()).Single(agent => agent.Foreign);
        var rows = Assert.Single(await hub.Api.RowsAsync($"{device.Name}/channels/-")).Value;
        Assert.Equal(Enumerable.Range(0, Foreign.Answered).Select(value => (double)value), rows.Raw.Distinct().Order().Take(Foreign.Answered));
        Assert.InRange(rows.Raw.Count, Foreign.Answered, Foreign.Sent);
        Assert.Equal(rows.TimeUs.Order(), rows.TimeUs);
        Assert.Equal(rows.Raw.Order(), rows.Raw);
    }

    private async Task CheckNativeAsync(HubProcess hub)
    {
        long count = 0;
        var sum = 0.0;
        using var call = hub.Api.Readings.QueryReadings(new QueryReadingsRequest { Channels = { Native.Channel }, WithRaw = true, StartTimeUs = long.MinValue / 4, EndTimeUs = long.MaxValue / 4 });
        await foreach (var answer in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            foreach (var block in answer.Blocks)
            {
                count += block.Raw.Count;
                sum += block.Raw.Sum();
            }
        }

        Assert.Equal(Native.Receipted.Count, count);
        Assert.Equal((long)Native.NextSeq, count);
        Assert.Equal(Native.Receipted.Sum, sum, 1e-6 * count);
        var account = (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = $"agents/{Native.Agent}" }, cancellationToken: TestContext.Current.CancellationToken)).Agent.Account;
        Assert.Equal((count, 0L, 0L), (account.Stored, account.Missing, account.Lost));
    }
}
