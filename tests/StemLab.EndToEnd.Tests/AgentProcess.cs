using System.Text.Json;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A <c>stemlab-agent run</c> in a process of its own that plays a file.</summary>
internal static class AgentProcess
{
    /// <summary>Writes what the agent is told: agent.json and the join file.</summary>
    /// <param name="folder">Folder of both files and of the agent's data.</param>
    /// <param name="enrolled">Identity and token.</param>
    /// <param name="hub">Where the hub listens, host:port.</param>
    /// <param name="file">The file to play.</param>
    /// <param name="speed">Times faster than life; 0 = as fast as possible.</param>
    public static void Configure(string folder, EnrolAgentResponse enrolled, string hub, string file, double speed)
    {
        var join = new { HubAddress = hub, AgentId = enrolled.Agent.Name.Split('/')[1], enrolled.Token, enrolled.Agent.Slug };
        var config = new { DataFolder = Path.Combine(folder, "data"), HealthIntervalSeconds = 0, Sources = new[] { new { Kind = "replay", Path = file, UtcOffsetHours = -7, Speed = speed } } };
        File.WriteAllText(Path.Combine(folder, "join.json"), JsonSerializer.Serialize(join));
        File.WriteAllText(Path.Combine(folder, "agent.json"), JsonSerializer.Serialize(config));
    }

    public static RealProcess Start(string folder) =>
        RealProcess.StartOurs("stemlab-agent", ["run", "--config", Path.Combine(folder, "agent.json"), "--join", Path.Combine(folder, "join.json")]);

    public static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => RealProcess.RunOursAsync("stemlab-agent", arguments);
}
