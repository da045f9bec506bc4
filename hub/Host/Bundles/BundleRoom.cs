using System.Security.Cryptography;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Retention;
using StemLab.Hub.Uploads;
using StemLab.Store;

namespace StemLab.Hub.Bundles;

/// <summary>A bundle that was written and may be fetched.</summary>
internal sealed record BundleOnDisk(string Name, string Path, long Size, string Sha256, BundleContents Contents);

/// <summary>
/// Writes bundles into <c>bundles/</c> of the data folder, the newest two of which are kept for fetching, and merges those that were brought. One of each at a time; safe from any thread.
/// </summary>
internal sealed class BundleRoom(
    AccessOptions options, BundleWriting writing, ObservationStore store, FactLog facts, FleetBook fleet, HubIdentity identity, RemovalBook removals, TimeProvider time, ILogger<BundleRoom> logger) : IDisposable
{
    private const int Kept = 2;
    private const string Ending = ".slbundle";
    private readonly string _folder = Path.Combine(options.DataFolder, "bundles");
    private readonly SemaphoreSlim _writes = new(1);
    private readonly SemaphoreSlim _merges = new(1);

    /// <summary>Writes a bundle; nothing half remains when that fails.</summary>
    /// <param name="sinceUtcUs">Only readings from then on; null = everything.</param>
    /// <param name="written">Told the number of readings now and then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BundleOnDisk> WriteAsync(long? sinceUtcUs, Action<long> written, CancellationToken cancellationToken)
    {
        await _writes.WaitAsync(cancellationToken);
        try
        {
            var started = time.GetTimestamp();
            Directory.CreateDirectory(_folder);
            var part = Path.Combine(_folder, "being-written.part");
            try
            {
                BundleContents contents;
                await using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 18))
                {
                    contents = await Task.Factory.StartNew(() => writing.Write(file, sinceUtcUs, written, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                    file.Flush(flushToDisk: true);
                }

                var sha256 = await HashAsync(part, cancellationToken);
                var name = $"stemlab-{sha256[..12]}{Ending}";
                var path = Path.Combine(_folder, name);
                File.Move(part, path, overwrite: true);
                File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
                RemoveOlder();
                BundlesLog.Written(logger, name, contents.Rows, contents.Bytes, time.GetElapsedTime(started).TotalMilliseconds);
                return new BundleOnDisk(name, path, contents.Bytes, sha256, contents);
            }
            catch
            {
                File.Delete(part);
                throw;
            }
        }
        finally
        {
            _writes.Release();
        }
    }

    /// <summary>Full path of a bundle that may be fetched; null where there is none of that name.</summary>
    public string? PathOf(string name) =>
        name.EndsWith(Ending, StringComparison.Ordinal) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.') && File.Exists(Path.Combine(_folder, name)) ? Path.Combine(_folder, name) : null;

    /// <summary>Merges a file; what was erased anywhere is taken out at the end, here too.</summary>
    public async Task<MergeReport> MergeAsync(string path, Func<MergeReport, Task> progress, CancellationToken cancellationToken)
    {
        if (!await _merges.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            throw new RefusedException("Another bundle is being merged: wait until it is done", "Đang gộp một gói khác: hãy đợi xong", StatusCodes.Status409Conflict);
        }

        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18);
            var report = await Task.Run(() => new BundleMerge(store, facts, fleet).RunAsync(file, progress, cancellationToken), cancellationToken);
            await removals.EnforceAllAsync(CancellationToken.None);
            BundlesLog.Merged(logger, report.From, report.New, report.Duplicate, report.FactsNew);
            if (!report.IsWhole)
            {
                BundlesLog.Damaged(logger, report.From, report.DamagedCount);
            }

            return report;
        }
        finally
        {
            _merges.Release();
        }
    }

    /// <summary>What two hubs compare after they merged each other.</summary>
    public string SetHashNow() => SetHash.Of(store, facts);

    /// <summary>What hubs compare that merged the same bundles: without what is this hub's own.</summary>
    public string SetHashOfOthers() => SetHash.Of(store, facts, identity.HubId);

    public void Dispose()
    {
        _writes.Dispose();
        _merges.Dispose();
    }

    private void RemoveOlder()
    {
        foreach (var file in new DirectoryInfo(_folder).GetFiles($"*{Ending}").OrderByDescending(file => file.LastWriteTimeUtc).Skip(Kept))
        {
            file.Delete();
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}
