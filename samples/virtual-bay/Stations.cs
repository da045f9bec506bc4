using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Replay;
using StemLab.Agent.Sensors.VirtualBay;
using StemLab.Hub.Startup;

namespace StemLab.VirtualBay;

/// <summary>One agent of the demo and what it measures.</summary>
/// <param name="Slug">Label of the agent.</param>
/// <param name="Description">For people.</param>
/// <param name="Open">Makes its source.</param>
internal sealed record Station(string Slug, string Description, Func<TimeProvider, ITimedSource> Open);

/// <summary>Which agents a demo has.</summary>
internal static class Stations
{
    public static IReadOnlyList<Station> OfTheBay(int seed)
    {
        var world = new BayWorld(seed);
        return [.. BaySite.All.Select(site => new Station(site.Slug, site.Name, time => new BayProbe(world, site, time)))];
    }

    public static string Line(IReadOnlyList<Station> stations, string language) => language == "vi"
        ? $"  {stations.Count} thiết bị mô phỏng: {string.Join(", ", stations.Select(station => station.Slug))}"
        : $"  {stations.Count} simulated agents: {string.Join(", ", stations.Select(station => station.Slug))}";

    /// <summary>One agent per file, named after it. Times without an offset are taken as US Mountain standard time, which the Logan River files are in.</summary>
    public static IReadOnlyList<Station> OfFiles(IReadOnlyList<string> files, double speed) => [.. files.Select(file =>
    {
        if (!File.Exists(file))
        {
            throw new StartRefusedException($"--replay {file}: no such file");
        }

        RefuseUnreadable(file);
        var name = Path.GetFileName(file).Split('.')[0].ToLowerInvariant();
        var slug = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').Take(32)]);
        return new Station(slug, $"{name} (replay)", time => FileReplay.Open(file, TimeSpan.FromHours(-7), speed, time));
    })];

    /// <summary>Before anything starts: a file that cannot be played is no reason to open ports.</summary>
    private static void RefuseUnreadable(string file)
    {
        try
        {
            _ = FileReplay.Open(file, TimeSpan.Zero, 0, TimeProvider.System);
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"--replay {file}: {FileWords.Why(unreadable)}", unreadable);
        }
    }
}
