using StemLab.Hub.Operations;

namespace StemLab.Hub.Startup;

/// <summary>How often the store writes: at once, or seldom on a card that wears with every write. Chosen once, at start.</summary>
/// <param name="CommitInterval">Least time between two commits.</param>
/// <param name="Card">The card the data folder is on ("mmcblk0p2"); null = none.</param>
internal sealed record StorePreset(TimeSpan CommitInterval, string? Card)
{
    public const string Auto = "auto";
    public const string Default = "default";
    public const string SdCard = "sd-card";

    /// <summary>A reading is seen, at the latest, so long after it was sent; half of it on average.</summary>
    public static readonly TimeSpan CardInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>What the options ask for; on "auto" what the folder's disk asks for.</summary>
    public static StorePreset Choose(HubOptions options, string folder)
    {
        var card = OperatingSystem.IsLinux() ? CardUnder(folder, ReadMounts(), device => new DirectoryInfo($"/sys/dev/block/{device}").LinkTarget) : null;
        return options.StorePreset switch
        {
            Default => new StorePreset(TimeSpan.Zero, card),
            SdCard => new StorePreset(CardInterval, card),
            _ => new StorePreset(card is null ? TimeSpan.Zero : CardInterval, card),
        };
    }

    /// <summary>The card a folder is on, by the kernel's table of mounts (proc(5), mountinfo); null when it is on another disk or cannot be told.</summary>
    /// <param name="folder">Full path.</param>
    /// <param name="mounts">Lines of /proc/self/mountinfo.</param>
    /// <param name="linkOf">Where /sys/dev/block/MAJOR:MINOR leads; null = nowhere.</param>
    public static string? CardUnder(string folder, IEnumerable<string> mounts, Func<string, string?> linkOf)
    {
        var (longest, device, source) = (-1, "", "");
        foreach (var line in mounts)
        {
            var words = line.Split(' ');
            var dash = Array.IndexOf(words, "-");
            if (words.Length < 5 || dash < 0 || dash + 2 >= words.Length)
            {
                continue;
            }

            var point = words[4].Replace("\\040", " ", StringComparison.Ordinal);
            var isAbove = point == "/" || folder == point || folder.StartsWith(point + "/", StringComparison.Ordinal);

            // Of two mounts on one point the later one is seen.
            if (isAbove && point.Length >= longest)
            {
                (longest, device, source) = (point.Length, words[2], words[dash + 2]);
            }
        }

        var path = linkOf(device) ?? source;
        var name = path[(path.LastIndexOf('/') + 1)..];
        return path.Contains("/mmcblk", StringComparison.Ordinal) ? name : null;
    }

    private static string[] ReadMounts()
    {
        try
        {
            return File.ReadAllLines("/proc/self/mountinfo");
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
