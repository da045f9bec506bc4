using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A hub on a disk that fills up.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_stops_receipts_keeps_answering_says_so_and_recovers_when_there_is_room()
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(OperatingSystem.IsLinux() && (await RealProcess.RunAsync("mount", ["-t", "tmpfs", "-o", "size=96m", "tmpfs", folder.Path])).Code == 0, "a small tmpfs cannot be mounted here (needs root)");
        try
        {
            await CheckAsync(folder);
        }
        finally
        {
            await RealProcess.RunAsync("umount", [folder.Path]);
        }
    }

    private static async Task CheckAsync(TempFolder folder)
    {
        var port = FixedPort.Choose();
        await using var hub = await HubProcess.StartAsync(folder.Path, mqttPort: port);
        await using var native = new NativeClient(await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "native" }, cancellationToken: TestContext.Current.CancellationToken), 44);
        await using var foreign = new ForeignClient(port);
        await Eventually.True(() => native.TryConnectAsync(port), "connected");
        await SendAsync(native, 50);
        await Eventually.True(() => Task.FromResult(native.Waiting.IsEmpty), "receipted while there was room");
        Assert.True(await foreign.TryNextAsync());

        var ballast = folder.File("ballast");
        await FillAsync(ballast);
        await Eventually.True(
            async () =>
            {
                await SendAsync(native, 20);
                await foreign.TryNextAsync();
                return (await hub.Api.StateAsync()).StoreState != "ok";
            },
            "the hub says that its disk is full");
        var receipted = native.Receipted.Count;
        Assert.False(native.Waiting.IsEmpty);
        Assert.Contains("room", (await hub.Api.StateAsync()).StoreState, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await hub.Http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.True((await hub.Http.GetAsync("/livez", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        Assert.True((await hub.Http.GetAsync("/", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        Assert.Equal(receipted, (await hub.Api.RowsAsync(native.Channel))[native.Channel].Raw.Count);

        File.Delete(ballast);
        await Eventually.True(
            async () =>
            {
                await SendAsync(native, 0, port);
                return native.Waiting.IsEmpty && (await hub.Api.StateAsync()).StoreState == "ok";
            },
            "everything receipted once there is room");
        await Eventually.True(foreign.TryNextAsync, "a maker's reading is taken again");
        var rows = (await hub.Api.RowsAsync(native.Channel))[native.Channel];
        Assert.Equal(((long)native.NextSeq, native.Receipted.Sum), (rows.Raw.Count, rows.Sum));
    }

    /// <summary>Until the disk takes not one byte more.</summary>
    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        foreach (var piece in (int[])[1 << 20, 1 << 12, 1])
        {
            var bytes = new byte[piece];
            try
            {
                while (true)
                {
                    file.Write(bytes);
                }
            }
            catch (IOException)
            {
                // No room for a piece of this size.
            }
        }
    }

    private static async Task SendAsync(NativeClient native, int rows, int port = 0)
    {
        if (rows > 0)
        {
            native.Seal(rows);
        }

        foreach (var first in native.Waiting.Keys.Order().ToArray())
        {
            if (!await native.TrySendAsync(first))
            {
                await native.TryConnectAsync(port);
                return;
            }
        }
    }
}
