using StemLab.Hub.Bundles;

namespace StemLab.Benchmarks;

/// <summary>A million readings from one hub into another by a bundle; with --full twelve hubs of a million each, merged in three random orders.</summary>
internal static class BundleBench
{
    private const int Inputs = 5;

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var rows = scale.Of(smoke: 500, ordinary: 200_000, full: 200_000);
        await using var boat = await OpenHub.StartAsync();
        await boat.FillAsync(0, rows);
        var started = TimeProvider.System.GetTimestamp();
        var bundle = await boat.Get<BundleRoom>().WriteAsync(null, _ => { }, CancellationToken.None);
        figures.Stated("bundle_write_of_1M_s", Seconds(started));
        figures.AtMost("bundle_bytes_per_observation", (double)bundle.Size / bundle.Contents.Rows, 6);
        await using (var school = await OpenHub.StartAsync())
        {
            started = TimeProvider.System.GetTimestamp();
            var report = await school.Get<BundleRoom>().MergeAsync(bundle.Path, _ => Task.CompletedTask, CancellationToken.None);
            figures.AtMost("bundle_merge_of_1M_s", Seconds(started), 10);
            Require(report.New == (long)rows * Inputs && report.IsWhole, $"{report.New} new");
            started = TimeProvider.System.GetTimestamp();
            report = await school.Get<BundleRoom>().MergeAsync(bundle.Path, _ => Task.CompletedTask, CancellationToken.None);
            figures.Stated("bundle_merge_of_1M_again_s", Seconds(started));
            Require(report.New == 0 && report.Duplicate == (long)rows * Inputs, $"{report.New} new the second time");
        }

        await CityAsync(scale == Scale.Full ? 12 : 3, scale == Scale.Full ? rows : rows / 100, figures);
    }

    /// <summary>Every order gives the same set.</summary>
    private static async Task CityAsync(int hubs, int rows, Figures figures)
    {
        using var folder = new BenchFolder();
        List<string> bundles = [];
        for (var i = 1; i <= hubs; i++)
        {
            await using var school = await OpenHub.StartAsync();
            await school.FillAsync(i, rows);
            var bundle = await school.Get<BundleRoom>().WriteAsync(null, _ => { }, CancellationToken.None);
            var path = Path.Combine(folder.Path, $"{i}.slbundle");
            File.Move(bundle.Path, path);
            bundles.Add(path);
        }

        List<string> hashes = [];
        foreach (var seed in (int[])[1, 2, 3])
        {
            var order = bundles.ToArray();
            new Random(seed).Shuffle(order);
            await using var city = await OpenHub.StartAsync();
            foreach (var path in order)
            {
                Require((await city.Get<BundleRoom>().MergeAsync(path, _ => Task.CompletedTask, CancellationToken.None)).IsWhole, "a bundle is damaged");
            }

            hashes.Add(city.Get<BundleRoom>().SetHashOfOthers());
        }

        // Each city has boots and facts of its own; what it merged is the same.
        figures.AtMost($"bundle_set_hashes_of_{hubs}_hubs_in_three_orders", hashes.Distinct(StringComparer.Ordinal).Count(), 1);
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"BUG: {what}");
        }
    }

    private static double Seconds(long since) => TimeProvider.System.GetElapsedTime(since).TotalSeconds;
}
