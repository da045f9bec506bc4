using System.Diagnostics;
using StemLab.TestKit;

namespace StemLab.Store.Faults;

public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_stops_receipts_keeps_reads_and_recovers_by_itself()
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(await MountAsync(folder.Path, "-t", "tmpfs", "-o", "size=3m", "tmpfs"), "a small tmpfs cannot be mounted here (needs root)");
        try
        {
            await using var store = ObservationStore.Open(ChildWriter.Options(folder.Path), TestBlocks.Decode, null, TimeProvider.System);
            await store.DeclareAsync(TestBlocks.Declarations, TestContext.Current.CancellationToken);
            var ballast = folder.File("ballast");
            await SubmitAsync(store, 0);
            await File.WriteAllBytesAsync(ballast, new byte[1_500_000], TestContext.Current.CancellationToken);
            var stored = 1UL;
            while (await SubmitAsync(store, stored))
            {
                stored++;
            }

            Assert.False(store.Health.IsWritable);
            Assert.NotNull(store.Health.Trouble);
            CheckRows(store, stored);
            Assert.False(await SubmitAsync(store, stored));
            File.Delete(ballast);
            for (var more = 0; more < 20; more++)
            {
                Assert.True(await SubmitAsync(store, stored++));
            }

            Assert.True(store.Health.IsWritable);
            CheckRows(store, stored);
            await store.DisposeAsync();
            ChildWriter.Check(folder.Path, (long)stored - 1);
        }
        finally
        {
            await RunAsync("umount", folder.Path);
        }
    }

    [Fact]
    public async Task A_quota_refuses_rows_with_one_clear_fault_and_reads_go_on()
    {
        await using var test = await TestStore.OpenAsync(options => options with { MaxPages = 60 });
        var stored = 0UL;
        while (await SubmitAsync(test.Store, stored))
        {
            stored++;
        }

        Assert.InRange(stored, 5UL, 1000UL);
        CheckRows(test.Store, stored);
        Assert.Contains("make room", test.Store.Health.Trouble, StringComparison.Ordinal);
        Assert.Equal(stored * ChildWriter.RowsPerBlock, test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream)[0].Count);
        Assert.Equal((long)stored * ChildWriter.RowsPerBlock, test.Committed.Sum(commit => commit.RowCount));
    }

    [Fact]
    public async Task Names_met_first_in_a_refused_commit_are_met_again_in_the_next()
    {
        await using var test = await TestStore.OpenAsync(options => options with { MaxPages = 60 });
        var stored = 0UL;
        while (await SubmitAsync(test.Store, stored))
        {
            stored++;
        }

        var maker = new ForeignRows(new AgentId(0xF00D), TestBlocks.Boot, [new ForeignRow(TestBlocks.Inputs[2], 1, 1, 0)], null, true);
        await test.Store.SubmitAsync(maker, TestContext.Current.CancellationToken);
        var outcome = await Task.WhenAny(maker.Completion).WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken);
        if (outcome.IsFaulted)
        {
            Assert.Equal(2, test.Store.Dictionary.SeriesCount);
            Assert.False(test.Store.Dictionary.Knows(new AgentId(0xF00D)));
        }

        await test.Store.DisposeAsync();
        Assert.True(SeriesFile.Verify(test.Folder, TestBlocks.Decode).IsGood);
    }

    private static async Task<bool> SubmitAsync(ObservationStore store, ulong number)
    {
        var block = ChildWriter.Block(number);
        await store.SubmitAsync(block, TestContext.Current.CancellationToken);
        try
        {
            var outcome = await block.Completion.WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken);
            Assert.Equal(ChildWriter.RowsPerBlock, outcome.Stored);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static void CheckRows(ObservationStore store, ulong blocks)
    {
        using var snapshot = store.Snapshot();
        var rows = Enumerable.Range(1, store.Dictionary.SeriesCount).Sum(id => TestStore.Rows(snapshot, new SeriesId(id)).Count);
        Assert.Equal((int)blocks * ChildWriter.RowsPerBlock, rows);
    }

    private static async Task<bool> MountAsync(string folder, params string[] how) =>
        OperatingSystem.IsLinux() && await RunAsync("mount", [.. how, folder]);

    private static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
