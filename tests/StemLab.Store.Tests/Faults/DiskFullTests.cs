using StemLab.TestKit;

namespace StemLab.Store.Faults;

public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_stops_receipts_keeps_reads_and_recovers_by_itself()
    {
        await using var folder = await SmallDisk.TryMountAsync("3m");
        Assert.SkipWhen(folder is null, "a small tmpfs cannot be mounted here (needs root)");
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
        FaultReport.Line("disk full while it writes, then room again", 1, (long)stored * ChildWriter.RowsPerBlock);
    }

    [Fact]
    public async Task With_any_number_of_bytes_left_every_operation_is_done_or_refused_whole_and_goes_on_when_there_is_room()
    {
        await using var folder = await SmallDisk.TryMountAsync("8m");
        Assert.SkipWhen(folder is null, "a small tmpfs cannot be mounted here (needs root)");
        var (times, receipted, refused) = (0, 0L, 0);
        var rounds = FaultReport.Rounds(16);
        for (var round = 0; round < rounds; round++)
        {
            var disk = Directory.CreateDirectory(folder.File($"{round}")).FullName;
            var left = round * 400_000L / rounds;
            var (rows, no) = await FullAtAsync(disk, folder.File("ballast"), left);
            (times, receipted, refused) = (times + 1, receipted + rows, refused + no);
            Directory.Delete(disk, recursive: true);
        }

        Assert.True(refused > times, $"{refused} operations were refused in {times} rounds");
        FaultReport.Line($"disk full at any byte: commit, flush, erase, drop, backup ({refused} refused)", times, receipted);
    }

    /// <summary>Leaves so many bytes free, then tries everything; what was refused must work once there is room.</summary>
    private static async Task<(long Rows, int Refused)> FullAtAsync(string disk, string ballast, long left)
    {
        var refused = 0;
        var stop = TestContext.Current.CancellationToken;
        await using (var store = ObservationStore.Open(ChildWriter.Options(disk), TestBlocks.Decode, null, TimeProvider.System))
        {
            await store.DeclareAsync(TestBlocks.Declarations, stop);
            var stored = 0UL;
            while (stored < 40)
            {
                Assert.True(await SubmitAsync(store, stored++));
            }

            Assert.True(store.Dictionary.TryFind(TestBlocks.Boot, TestBlocks.Agent, TestBlocks.Inputs[0], out var even));
            Assert.True(store.Dictionary.TryFind(TestBlocks.Boot, TestBlocks.Agent, TestBlocks.Inputs[1], out var odd));
            await File.WriteAllBytesAsync(ballast, new byte[Math.Max(0, new DriveInfo(disk).AvailableFreeSpace - left)], stop);
            Func<Task>[] steps =
            [
                async () => await store.FlushAsync(stop),
                async () => await store.EraseAsync([new RowMask(even, 2_005_000, 8_000_000)], stop),
                async () => await store.DropAsync(new Dictionary<SeriesId, long> { [odd] = 5_000_000 }, stop),
            ];
            for (var i = 0; i < 10; i++)
            {
                stored += await SubmitAsync(store, stored) ? 1UL : 0;
            }

            foreach (var step in steps)
            {
                refused += await IsRefusedAsync(step) ? 1 : 0;
            }

            refused += await IsRefusedAsync(() =>
            {
                SeriesFile.Backup(disk, Path.Combine(disk, "copy.db"));
                File.Delete(Path.Combine(disk, "copy.db"));
                return Task.CompletedTask;
            }) ? 1 : 0;
            Assert.False(File.Exists(Path.Combine(disk, "copy.db")));
            File.Delete(ballast);
            Assert.True(await SubmitAsync(store, stored++));
            foreach (var step in steps)
            {
                Assert.False(await IsRefusedAsync(step));
            }

            using var snapshot = store.Snapshot();
            var evenRows = TestStore.Rows(snapshot, even);
            var oddRows = TestStore.Rows(snapshot, odd);
            Assert.DoesNotContain(evenRows, row => row.TUs is >= 2_005_000 and < 8_000_000);
            Assert.DoesNotContain(oddRows, row => row.TUs < 5_000_000);

            // Of the even blocks 15 rows of number 2 and all of 4 and 6 are erased, of the odd ones 1 and 3 dropped.
            Assert.Equal((int)stored * ChildWriter.RowsPerBlock, evenRows.Count + oddRows.Count + 15 + 40 + 40);
            return ((long)stored * ChildWriter.RowsPerBlock, refused);
        }
    }

    private static async Task<bool> IsRefusedAsync(Func<Task> step)
    {
        try
        {
            await step();
            return false;
        }
        catch (StoreUnavailableException)
        {
            return true;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    [InlineData(60_000)]
    public async Task A_store_cannot_be_made_on_a_full_disk_and_says_so_in_one_sentence(int left)
    {
        await using var folder = await SmallDisk.TryMountAsync("1m");
        Assert.SkipWhen(folder is null, "a small tmpfs cannot be mounted here (needs root)");
        await File.WriteAllBytesAsync(folder.File("ballast"), new byte[(int)new DriveInfo(folder.Path).AvailableFreeSpace - left], TestContext.Current.CancellationToken);
        var full = Assert.Throws<StoreUnavailableException>(() => ObservationStore.Open(ChildWriter.Options(folder.File("store")), TestBlocks.Decode, null, TimeProvider.System));
        Assert.Contains("make room", full.Message, StringComparison.Ordinal);
        File.Delete(folder.File("ballast"));
        await using var store = ObservationStore.Open(ChildWriter.Options(folder.File("store")), TestBlocks.Decode, null, TimeProvider.System);
        await store.DeclareAsync(TestBlocks.Declarations, TestContext.Current.CancellationToken);
        Assert.True(await SubmitAsync(store, 0));
    }

    [Fact]
    public async Task A_read_only_disk_is_told_in_one_sentence_and_can_still_be_verified_counted_and_backed_up()
    {
        using var elsewhere = new TempFolder();
        await using var folder = await SmallDisk.TryMountAsync("3m");
        Assert.SkipWhen(folder is null, "a small tmpfs cannot be mounted here (needs root)");
        await using (var store = ObservationStore.Open(ChildWriter.Options(folder.Path), TestBlocks.Decode, null, TimeProvider.System))
        {
            await store.DeclareAsync(TestBlocks.Declarations, TestContext.Current.CancellationToken);
            Assert.True(await SubmitAsync(store, 0));
        }

        await folder.MakeReadOnlyAsync();
        var refused = Assert.Throws<StoreUnavailableException>(() => ObservationStore.Open(ChildWriter.Options(folder.Path), TestBlocks.Decode, null, TimeProvider.System));
        Assert.Contains("read-only", refused.Message, StringComparison.Ordinal);
        Assert.True(SeriesFile.Verify(folder.Path, TestBlocks.Decode).IsGood);
        Assert.Equal(1, SeriesFile.Stats(folder.Path).Commit);
        SeriesFile.Backup(folder.Path, elsewhere.File("series.db"));
        ChildWriter.Check(elsewhere.Path, 0);
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
}
