using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Updating;

/// <summary>Programs for agents in the folder agent-packages of the data folder: whoever puts a file of device-agent/packaging there offers it. Read anew at each asking; safe from any thread.</summary>
internal sealed partial class PackageShelf(HubOptions options)
{
    private const int MostPackages = 64;

    // By path, size and time of change: a file is hashed once.
    private readonly ConcurrentDictionary<(string Path, long Size, long Ticks), byte[]> _hashes = new();

    /// <summary>Where packages are put.</summary>
    public string Folder { get; } = Path.Combine(options.DataFolder, "agent-packages");

    /// <summary>All there are, the newest version of each platform first, of one version the .tar.gz before the .deb. What cannot be read, or is not called like a package, is none.</summary>
    public ImmutableArray<AgentPackage> All()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        return [.. Directory.EnumerateFiles(Folder).Take(MostPackages).Select(Read).OfType<AgentPackage>()
            .OrderBy(package => package.Platform, StringComparer.Ordinal).ThenByDescending(package => package.Version, VersionOrder.Instance).ThenBy(package => package.FileName, StringComparer.Ordinal)];
    }

    /// <summary>The newest for a platform; null where there is none.</summary>
    public AgentPackage? Newest(string platform) => All().FirstOrDefault(package => package.Platform == platform);

    private AgentPackage? Read(string path)
    {
        Match match = Name().Match(Path.GetFileName(path));
        if (!match.Success)
        {
            return null;
        }

        string platform = match.Groups["platform"].Value is { Length: > 0 } said ? said : match.Groups["arch"].Value == "amd64" ? "linux-x64" : "linux-arm64";

        try
        {
            var file = new FileInfo(path);
            byte[] hash = _hashes.GetOrAdd((path, file.Length, file.LastWriteTimeUtc.Ticks), Hash);
            return new AgentPackage(match.Groups["version"].Value, platform, file.Name, path, file.Length, hash);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] Hash((string Path, long Size, long Ticks) file)
    {
        using FileStream stream = File.OpenRead(file.Path);
        return SHA256.HashData(stream);
    }

    [GeneratedRegex(@"^stemlab-agent(-(?<version>[0-9][0-9A-Za-z.+\-]{0,31}?)-(?<platform>[a-z]+-[a-z0-9]+)\.tar\.gz|_(?<version>[0-9][0-9A-Za-z.+\-]{0,31})_(?<arch>amd64|arm64)\.deb)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    /// <summary>1.10.0 after 1.9.2; what is behind a hyphen counts before what has none.</summary>
    private sealed class VersionOrder : IComparer<string>
    {
        public static readonly VersionOrder Instance = new();

        public int Compare(string? x, string? y)
        {
            string[] a = (x ?? "").Split('-', 2);
            string[] b = (y ?? "").Split('-', 2);
            int numbers = Version.TryParse(a[0], out Version? left) && Version.TryParse(b[0], out Version? right) ? left.CompareTo(right) : string.CompareOrdinal(a[0], b[0]);
            return numbers != 0 ? numbers : (a.Length, b.Length) switch
            {
                (1, 2) => 1,
                (2, 1) => -1,
                (2, 2) => string.CompareOrdinal(a[1], b[1]),
                _ => 0,
            };
        }
    }
}
