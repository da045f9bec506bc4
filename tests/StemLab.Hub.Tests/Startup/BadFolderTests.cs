using StemLab.Hub.Operations;
using StemLab.TestKit;

namespace StemLab.Hub.Startup;

/// <summary>A hub on a data folder that something is wrong with does not start, and says in one sentence why and what to do.</summary>
public sealed class BadFolderTests
{
    [Theory]
    [InlineData("hub.db", "hub.db in ", "RECOVERY.md")]
    [InlineData("series.db", "series.db cannot be opened", "restore it from a backup")]
    public async Task A_file_that_is_no_database(string name, string told, string wayOut)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File(name), "hello", TestContext.Current.CancellationToken);
        await RefusedAsync(folder.Path, told, wayOut);
    }

    [Theory]
    [InlineData("hub.db")]
    [InlineData("hub.json")]
    public async Task A_folder_where_a_file_should_be(string name)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File(name));
        await RefusedAsync(folder.Path, name, "--data");
    }

    [Theory]
    [InlineData("40k")]
    [InlineData("64k")]
    [InlineData("300k")]
    public async Task A_disk_that_is_full(string size)
    {
        await using var disk = await SmallDisk.TryMountAsync(size);
        Assert.SkipUnless(disk is not null, "needs root and Linux");
        await RefusedAsync(disk.File("hub"), "full", "--data");
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written()
    {
        await using var disk = await SmallDisk.TryMountAsync("1m");
        Assert.SkipUnless(disk is not null, "needs root and Linux");
        await disk.MakeReadOnlyAsync();
        await RefusedAsync(disk.File("hub"), "cannot be used", "--data");
    }

    private static async Task RefusedAsync(string folder, params string[] words)
    {
        var options = new HubOptions { DataFolder = folder, HttpPort = 0, GrpcPort = 0, MqttPort = 0 };
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => HubHost.StartAsync(options, TestContext.Current.CancellationToken));
        Assert.All(words, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', refused.Message);
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
    }
}
