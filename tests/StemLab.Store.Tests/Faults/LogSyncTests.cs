using System.Globalization;
using StemLab.TestKit;

namespace StemLab.Store.Faults;

/// <summary>What a commit asks of the disk, seen from outside.</summary>
public sealed class LogSyncTests
{
    private const int Blocks = 120;

    [Fact]
    public async Task A_commit_syncs_what_its_log_holds_and_not_the_times_of_its_file()
    {
        using var folder = new TempFolder();
        using var traces = new TempFolder();
        var trace = traces.File("trace");

        await WriteAsync(folder.Path, "-o", trace, "-e", "trace=fsync,fdatasync");

        var syncs = File.ReadLines(trace).Where(line => line.Contains("series.db-wal", StringComparison.Ordinal)).ToList();
        Assert.InRange(syncs.Count(line => line.Contains(" fdatasync(", StringComparison.Ordinal)), Blocks, int.MaxValue);
        Assert.InRange(syncs.Count(line => line.Contains(" fsync(", StringComparison.Ordinal)), 0, 10);
        Assert.Equal(Blocks - 1, Acked(folder.Path));
        ChildWriter.Check(folder.Path, Blocks - 1);
    }

    [Fact]
    public async Task What_the_disk_would_not_sync_is_never_receipted()
    {
        using var folder = new TempFolder();

        await WriteAsync(folder.Path, "-o", "/dev/null", "-e", "trace=fdatasync", "-e", $"inject=fdatasync:error=EIO:when={Blocks / 2}");

        var acked = Acked(folder.Path);
        Assert.InRange(acked, 0, Blocks - 2);
        ChildWriter.Check(folder.Path, acked);
    }

    private static async Task WriteAsync(string folder, params string[] traced)
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/strace"), "strace is not installed: the calls of a commit are not seen");
        using var child = ChildWriter.Start(folder, Blocks, ["/usr/bin/strace", "-f", "-qq", "-y", "--seccomp-bpf", .. traced]);
        var said = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }

        Assert.SkipWhen(!File.Exists(Path.Combine(folder, ChildWriter.AckFile)), $"strace cannot trace here: {await said}");
    }

    /// <summary>The last block receipted; -1 = none.</summary>
    private static long Acked(string folder) =>
        File.ReadLines(Path.Combine(folder, ChildWriter.AckFile)).Select(line => long.Parse(line, CultureInfo.InvariantCulture)).DefaultIfEmpty(-1).Last();
}
