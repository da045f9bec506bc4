using System.Text.Json;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>A <c>stemlab-agent run</c> that nobody has given an identity; its folder is its memory card.</summary>
internal sealed class KnockingAgent : IAsyncDisposable
{
    private readonly RealProcess process;

    private KnockingAgent(RealProcess process, string folder)
    {
        this.process = process;
        Folder = folder;
    }

    public string Folder { get; }

    public string Output => process.Output;

    /// <param name="folder">Its card; what is there already it goes on with.</param>
    /// <param name="board">Serial number of the board the card sits in.</param>
    /// <param name="page">Where it asks to be let in; empty = it looks for a hub.</param>
    /// <param name="join">A kit's file; null = none.</param>
    /// <param name="slug">The label it would like.</param>
    public static KnockingAgent Start(string folder, string board, string page, string? join = null, string slug = "agent")
    {
        Configure(folder, board, page, slug);
        return new KnockingAgent(RealProcess.StartOurs(Program, ["run", "--config", Config(folder), .. join is null ? (string[])[] : ["--join", join]]), folder);
    }

    /// <summary>Any other command of the program, with the card's configuration.</summary>
    public static Task<(int Code, string Output, string Errors)> RunAsync(string folder, string board, string page, IEnumerable<string> arguments, string language = "en_US.UTF-8")
    {
        Configure(folder, board, page, "agent");
        return RealProcess.RunOursAsync(Program, [.. arguments, "--config", Config(folder)], new Dictionary<string, string> { ["LC_ALL"] = language });
    }

    public Task<int> StopAsync() => process.StopAsync(RealProcess.Patience);

    /// <summary>The power goes.</summary>
    public Task KillAsync() => process.KillAsync();

    public ValueTask DisposeAsync() => process.DisposeAsync();

    /// <summary>A copy of its card.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private const string Program = "stemlab-agent";

    private static string Config(string folder) => Path.Combine(folder, "agent.json");

    private static void Configure(string folder, string board, string page, string slug) => File.WriteAllText(Config(folder), JsonSerializer.Serialize(new
    {
        DataFolder = Path.Combine(folder, "data"),
        Board = board,
        HubPage = page,
        Slug = slug,
        Sources = new[] { new { Kind = "replay", Path = StationFile.PathOf("lro-water-lab.csv.gz"), UtcOffsetHours = -7, Speed = 86_400.0 } },
    }));
}
