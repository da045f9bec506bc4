using System.Text.Json;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A <c>stemlab-agent run</c> in a process of its own that measures a <see cref="Thermometer"/>. Its folder is its memory card and outlives it.</summary>
internal static class MeasuringAgent
{
    /// <summary>Writes what the agent is told: agent.json and the join file.</summary>
    /// <param name="card">Folder of both files and of the agent's data.</param>
    /// <param name="enrolled">Identity and token.</param>
    /// <param name="hub">Where the hub listens, host:port.</param>
    /// <param name="intervalSeconds">Between readings.</param>
    /// <param name="bootPerProcess">True = each start counts as one of the machine.</param>
    /// <param name="dataFolder">Where it keeps readings, if not on the card.</param>
    public static void Configure(string card, EnrolAgentResponse enrolled, string hub, double intervalSeconds, bool bootPerProcess, string? dataFolder = null)
    {
        var config = new
        {
            DataFolder = dataFolder ?? Path.Combine(card, "data"),
            HealthIntervalSeconds = 0,
            BootPerProcess = bootPerProcess,
            Sources = new[] { new { Kind = "hwmon", Port = "water", IntervalSeconds = intervalSeconds } },
        };
        File.WriteAllText(Path.Combine(card, "join.json"), JsonSerializer.Serialize(new { HubAddress = hub, AgentId = enrolled.Agent.Name.Split('/')[1], enrolled.Token, enrolled.Agent.Slug }));
        File.WriteAllText(Path.Combine(card, "agent.json"), JsonSerializer.Serialize(config));
    }

    /// <summary>The command line after the program's name.</summary>
    public static string[] Arguments(string card, Thermometer thermometer) =>
        ["run", "--config", Path.Combine(card, "agent.json"), "--join", Path.Combine(card, "join.json"), "--root", thermometer.Root];

    public static RealProcess Start(string card, Thermometer thermometer, IReadOnlyDictionary<string, string>? environment = null) =>
        RealProcess.StartOurs("stemlab-agent", Arguments(card, thermometer), environment);
}
