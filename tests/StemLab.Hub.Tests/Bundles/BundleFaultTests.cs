using StemLab.Store;
using StemLab.TestKit;

namespace StemLab.Hub.Bundles;

/// <summary>A merge that ends in the middle, and a disk that fills: what was taken stays, no agent is told more than is here, and merging again makes it whole.</summary>
public sealed class BundleFaultTests
{
    private const int Rows = 4000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_merge_that_ends_anywhere_counts_no_row_that_is_not_here_and_merging_again_is_whole()
    {
        await using var boat = await BoatAsync();
        var bundle = boat.Bundle();
        await using var school = new BundleHub();
        foreach (var share in (double[])[0.01, 0.2, 0.5, 0.8, 0.99])
        {
            using var cut = new CutStream(bundle, (int)(bundle.Length * share));
            await Assert.ThrowsAsync<IOException>(() => new BundleMerge(school.Store, school.Facts, school.Fleet).RunAsync(cut, _ => Task.CompletedTask, Stop));
            Assert.Empty(school.Store.Covered(BundleHub.Agent(1), BundleHub.Stream(1)));
        }

        Assert.True((await school.MergeAsync(bundle)).IsWhole);
        Assert.Equal(boat.Hash, school.Hash);
    }

    [Fact]
    public async Task A_disk_that_fills_in_the_middle_of_a_merge_stops_it_and_with_room_the_same_merge_is_whole()
    {
        await using var disk = await SmallDisk.TryMountAsync("700k");
        Assert.SkipWhen(disk is null, "a small tmpfs cannot be mounted here (needs root)");
        await using var boat = await BoatAsync();
        var bundle = boat.Bundle();
        await using (var school = new BundleHub(disk.Path))
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => school.MergeAsync(bundle));
            Assert.Empty(school.Store.Covered(BundleHub.Agent(1), BundleHub.Stream(1)));
            await disk.ResizeAsync("64m");
            Assert.True((await school.MergeAsync(bundle)).IsWhole);
            Assert.Equal(boat.Hash, school.Hash);
        }

        await using var again = new BundleHub(disk.Path);
        Assert.Equal(boat.Hash, again.Hash);
    }

    /// <summary>A boat with enough readings that their parts are most of its bundle.</summary>
    private static async Task<BundleHub> BoatAsync()
    {
        var boat = new BundleHub();
        await boat.DeclareAsync(1);
        var random = new Random(5);
        for (var i = 0; i < 10; i++)
        {
            await boat.SendAsync(1, i % 3, i * Rows, Rows, _ => random.NextDouble());
        }

        return boat;
    }
}
