using System.Globalization;
using System.Text.RegularExpressions;
using StemLab.TestKit;

namespace StemLab.Store.Faults;

/// <summary>
/// kill -9 keeps the page cache, a power cut does not. A child writes under strace; its file operations are replayed up to a random moment, and of the
/// writes no fsync had followed any may be missing. Whatever is left must open and hold every receipted block.
/// </summary>
public sealed partial class PowerCutTests
{
    private const int Cuts = 40;

    private sealed record Step(string Path, long Offset, byte[]? Bytes, long? Truncate, bool IsSync);

    [Fact]
    public async Task After_a_power_cut_that_drops_unsynced_writes_every_receipted_block_is_there()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/strace"), "strace is not installed: the power cut is not replayed");
        using var folder = new TempFolder();
        using var traces = new TempFolder();
        var trace = traces.File("trace");
        using var child = ChildWriter.Start(
            folder.Path, 120, "/usr/bin/strace", "-f", "-qq", "--seccomp-bpf", "-xx", "-s", "1000000", "-o", trace,
            "-e", "trace=openat,close,pwrite64,write,ftruncate,fsync,fdatasync,unlink");
        var said = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }

        Assert.SkipWhen(child.ExitCode != 0, $"strace cannot trace here: {await said}");
        var steps = Read(trace, folder.Path);
        Assert.True(steps.Count(step => step.IsSync) > 120, "the trace shows an fsync a commit");
        var random = new Random(5);
        var cuts = FaultReport.Rounds(Cuts);
        var receipted = 0L;
        for (var cut = 0; cut < cuts; cut++)
        {
            using var left = new TempFolder();
            var acked = Rebuild(steps, random.Next(steps.Count), random, left.Path);
            ChildWriter.Check(left.Path, acked);
            receipted += (acked + 1) * ChildWriter.RowsPerBlock;
        }

        FaultReport.Line("power cut: unsynced writes dropped at random", cuts, receipted);
    }

    /// <summary>Writes what the disk would hold after the cut; returns the last block receipted before it, or -1.</summary>
    private static long Rebuild(List<Step> steps, int cut, Random random, string into)
    {
        var files = new Dictionary<string, MemoryStream>();
        var unsynced = new List<Step>();
        var acked = -1L;
        foreach (var step in steps.Take(cut))
        {
            if (step.Path == ChildWriter.AckFile)
            {
                acked = step.Bytes is null ? acked : long.Parse(System.Text.Encoding.ASCII.GetString(step.Bytes), CultureInfo.InvariantCulture);
            }
            else if (!step.IsSync)
            {
                unsynced.Add(step);
            }
            else
            {
                foreach (var done in unsynced.Where(one => one.Path == step.Path))
                {
                    Apply(files, done);
                }

                unsynced.RemoveAll(one => one.Path == step.Path);
            }
        }

        // Of what was not synced the disk may have written any part, in its own order kept per file.
        foreach (var luck in unsynced.Where(_ => random.Next(2) == 0))
        {
            Apply(files, luck);
        }

        foreach (var (path, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(into, path), bytes.ToArray());
        }

        return acked;
    }

    private static void Apply(Dictionary<string, MemoryStream> files, Step step)
    {
        if (!files.TryGetValue(step.Path, out var file))
        {
            files[step.Path] = file = new MemoryStream();
        }

        if (step.Truncate is { } length)
        {
            file.SetLength(length);
            return;
        }

        file.Position = step.Offset;
        file.Write(step.Bytes!);
    }

    private static List<Step> Read(string trace, string folder)
    {
        var open = new Dictionary<string, string>();
        List<Step> steps = [];
        foreach (var line in SystemCalls.Joined(File.ReadLines(trace)))
        {
            if (OpenAt().Match(line) is { Success: true } opened)
            {
                var path = System.Text.Encoding.UTF8.GetString(SystemCalls.Bytes(opened.Groups["path"].Value));
                if (path.StartsWith(folder, StringComparison.Ordinal) && Path.GetFileName(path) is "series.db" or "series.db-wal" or ChildWriter.AckFile)
                {
                    open[opened.Groups["fd"].Value] = Path.GetFileName(path);
                }
                else
                {
                    open.Remove(opened.Groups["fd"].Value);
                }
            }
            else if (Call().Match(line) is { Success: true } call && open.TryGetValue(call.Groups["fd"].Value, out var name))
            {
                switch (call.Groups["name"].Value)
                {
                    case "close":
                        open.Remove(call.Groups["fd"].Value);
                        break;
                    case "ftruncate":
                        steps.Add(new Step(name, 0, null, long.Parse(call.Groups["number"].Value, CultureInfo.InvariantCulture), false));
                        break;
                    case "fsync" or "fdatasync":
                        steps.Add(new Step(name, 0, null, null, true));
                        break;
                    default:
                        var offset = call.Groups["offset"].Success ? long.Parse(call.Groups["offset"].Value, CultureInfo.InvariantCulture) : 0;
                        steps.Add(new Step(name, offset, SystemCalls.Bytes(call.Groups["bytes"].Value), null, false));
                        break;
                }
            }
        }

        return steps;
    }

    [GeneratedRegex(@"openat\(\w+, ""(?<path>[^""]*)"".*\)\s+= (?<fd>\d+)")]
    private static partial Regex OpenAt();

    [GeneratedRegex(@"^\d+\s+(?<name>close|ftruncate|fsync|fdatasync|pwrite64|write)\((?<fd>\d+)(?:, ""(?<bytes>[^""]*)"", \d+(?:, (?<offset>\d+))?|, (?<number>\d+))?\)\s+= \d+")]
    private static partial Regex Call();
}
