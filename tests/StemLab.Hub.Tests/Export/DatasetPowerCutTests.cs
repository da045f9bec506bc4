using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>
/// A power cut drops what was not brought to the disk: bytes no fsync of their file followed, names no fsync of their folder followed. A child freezes a version under
/// strace; its file operations are replayed, and when "ready" reaches the disk nothing of the version may be missing there.
/// </summary>
public sealed partial class DatasetPowerCutTests
{
    private const string Child = "STEMLAB_DATASET_CHILD";
    private const string Datasets = $"/{DatasetFolder.Name}/";

    /// <summary>A child takes 10 s on a busy machine; a debugger that loses one of its threads waits for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The child's side; started by name only.</summary>
    [Fact(Explicit = true)]
    public async Task Freezes_one_version()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Child) is null, "runs as the child of the other test only");
        await using ExportFixture pond = await ExportFixture.StartAsync();
        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Csv, DatasetFormat.Netcdf, DatasetFormat.Parquet);
        Assert.Equal(DatasetVersion.Types.State.Ready, version.State);
    }

    [Fact]
    public async Task When_a_version_is_told_ready_on_the_disk_every_byte_and_name_of_it_is_there()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/strace"), "strace is not installed: the power cut is not replayed");
        using var folder = new TempFolder();
        string trace = folder.File("trace");
        (int? ended, string said) = await FreezeAsync(trace) is { Ended: not null } first ? first : await FreezeAsync(trace);
        Assert.True(ended is not null, $"under strace a version is not frozen within {Limit.TotalSeconds} s, tried twice");
        Assert.SkipWhen(ended != 0, $"strace cannot trace here: {said}");

        var disk = new Disk();
        var lost = new List<string>();
        bool isReadyWritten = false;
        int told = 0;
        foreach (string line in SystemCalls.Joined(File.ReadLines(trace)))
        {
            string? synced = disk.Follow(line, out ReadOnlySpan<byte> log);
            isReadyWritten |= log.IndexOf("STATE_READY"u8) >= 0;
            if (isReadyWritten && synced?.EndsWith("hub.db-wal", StringComparison.Ordinal) == true)
            {
                lost.AddRange(disk.Unsynced);
                (isReadyWritten, told) = (false, told + 1);
            }
        }

        Assert.Equal(1, told);
        Assert.True(disk.Files >= 6, $"the trace shows the version's files, it shows {disk.Files}");
        Assert.Empty(lost);
    }

    /// <summary>Freezes one version in a child under strace; what it ended with is null where it did not end in time.</summary>
    private static async Task<(int? Ended, string Said)> FreezeAsync(string trace)
    {
        string program = Path.ChangeExtension(typeof(DatasetPowerCutTests).Assembly.Location, null);
        var start = new ProcessStartInfo(
            "/usr/bin/strace",
            [
                "-f", "-qq", "--seccomp-bpf", "-xx", "-s", "100000", "-o", trace, "-e", "trace=openat,close,pwrite64,pwritev,write,ftruncate,fsync,fdatasync,rename,mkdir",
                program, "-method", $"{typeof(DatasetPowerCutTests).FullName}.{nameof(Freezes_one_version)}", "-explicit", "only",
            ])
        { RedirectStandardOutput = true };
        start.Environment[Child] = "1";
        using var child = Process.Start(start)!;
        Task<string> saying = child.StandardOutput.ReadToEndAsync(Token);
        try
        {
            await child.WaitForExitAsync(Token).WaitAsync(Limit, TimeProvider.System, Token);
            return (child.ExitCode, await saying.WaitAsync(Limit, TimeProvider.System, Token));
        }
        catch (TimeoutException)
        {
            child.Kill(entireProcessTree: true);
            return (null, "");
        }
    }

    /// <summary>Which bytes and names below the folder of datasets are only in memory.</summary>
    private sealed partial class Disk
    {
        private readonly Dictionary<string, string> _open = [];
        private readonly HashSet<string> _files = [];
        private HashSet<string> _bytes = [];
        private HashSet<string> _names = [];

        public int Files => _files.Count;

        public IEnumerable<string> Unsynced => [.. _bytes.Select(path => $"bytes of {path}"), .. _names.Select(path => $"name of {path}")];

        /// <summary>Takes one call; returns the path it brought to the disk.</summary>
        /// <param name="log">What it wrote to the log of hub.db.</param>
        public string? Follow(string line, out ReadOnlySpan<byte> log)
        {
            log = default;
            if (OpenAt().Match(line) is { Success: true } opened)
            {
                string path = Text(opened, "path");
                _open[opened.Groups["fd"].Value] = path;
                if (opened.Groups["flags"].Value.Contains("O_CREAT", StringComparison.Ordinal) && IsOurs(path) && _files.Add(path))
                {
                    _names.Add(path);
                }
            }
            else if (Two().Match(line) is { Success: true } named)
            {
                string path = Text(named, "path");
                string to = named.Groups["to"].Success ? Text(named, "to") : path;
                (_bytes, _names) = (Moved(_bytes, path, to), Moved(_names, path, to));
                if (IsOurs(to) || to.EndsWith(Datasets.TrimEnd('/'), StringComparison.Ordinal))
                {
                    _names.Add(to);
                }
            }
            else if (Call().Match(line) is { Success: true } call && _open.TryGetValue(call.Groups["fd"].Value, out string? path))
            {
                switch (call.Groups["name"].Value)
                {
                    case "close":
                        _open.Remove(call.Groups["fd"].Value);
                        break;
                    case "fsync" or "fdatasync":
                        _bytes.Remove(path);
                        _names.RemoveWhere(name => Path.GetDirectoryName(name) == path);
                        return path;
                    case var _ when IsOurs(path):
                        _bytes.Add(path);
                        break;
                    case var _ when path.EndsWith("hub.db-wal", StringComparison.Ordinal):
                        log = SystemCalls.Bytes(call.Groups["bytes"].Value);
                        break;
                }
            }

            return null;
        }

        private static bool IsOurs(string path) => path.Contains(Datasets, StringComparison.Ordinal);

        private static string Text(Match match, string group) => Encoding.UTF8.GetString(SystemCalls.Bytes(match.Groups[group].Value));

        private static HashSet<string> Moved(HashSet<string> paths, string from, string to) => [.. paths.Select(path => path.StartsWith(from + "/", StringComparison.Ordinal) ? to + path[from.Length..] : path)];

        [GeneratedRegex(@"openat\(\w+, ""(?<path>[^""]*)"", (?<flags>[A-Z_|]+).*\)\s+= (?<fd>\d+)")]
        private static partial Regex OpenAt();

        [GeneratedRegex(@"^\d+\s+(rename\(""(?<path>[^""]*)"", ""(?<to>[^""]*)""|mkdir\(""(?<path>[^""]*)"", \d+)\)\s+= 0")]
        private static partial Regex Two();

        [GeneratedRegex(@"^\d+\s+(?<name>close|ftruncate|fsync|fdatasync|pwrite64|pwritev|write)\((?<fd>\d+)(?:, ""(?<bytes>[^""]*)"")?.*\)\s+= \d+")]
        private static partial Regex Call();
    }
}
