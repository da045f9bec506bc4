using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StemLab.Agent;
using StemLab.Agent.Operations;
using StemLab.Hub.Fleet;
using StemLab.Hub.Startup;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.VirtualBay;

/// <summary>The agents of the demo: each with an identity of its own, kept in the demo's data folder so that a restart finds the same agents.</summary>
internal sealed class Crew : IAsyncDisposable
{
    private readonly List<AgentRuntime> _agents;

    private Crew(List<AgentRuntime> agents) => _agents = agents;

    public static Crew Enrol(HubHost hub, IReadOnlyList<Station> stations)
    {
        var fleet = hub.Services.GetRequiredService<FleetBook>();
        var loggers = hub.Services.GetRequiredService<ILoggerFactory>();
        var time = hub.Services.GetRequiredService<TimeProvider>();
        return new Crew(
        [
            .. stations.Select(station =>
            {
                var folder = Path.Combine(hub.Options.DataFolder, "agents", station.Slug);
                var (id, token) = IdentityOf(fleet, station.Slug, folder);
                var options = new AgentOptions
                {
                    HubAddress = $"127.0.0.1:{hub.MqttPort}",
                    AgentId = id,
                    Token = token,
                    Slug = station.Slug,
                    Description = station.Description,
                    DataFolder = folder,
                    Simulated = true,
                    BootPerProcess = true,
                };
                return AgentRuntime.Create(options, [], [station.Open(time)], time, loggers);
            }),
        ]);
    }

    /// <summary>Runs all agents until the hub is stopped.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(_agents.Select(agent => agent.RunAsync(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            await agent.DisposeAsync();
        }
    }

    /// <summary>The identity kept from before, if the hub still knows it; else a new one (or a new token for the old one).</summary>
    private static (Id128 Id, string Token) IdentityOf(FleetBook fleet, string slug, string folder)
    {
        var path = Path.Combine(folder, "identity.json");
        Identity? kept = null;
        if (File.Exists(path))
        {
            kept = JsonSerializer.Deserialize(File.ReadAllText(path), CrewJson.Default.Identity);
            if (kept is not null && fleet.TryAuthenticate(kept.Token, out var known) && Id128.TryParse(kept.AgentId, out var same) && known == new AgentId(same.Value))
            {
                return (same, kept.Token);
            }
        }

        AgentId? existing = kept is not null && Id128.TryParse(kept.AgentId, out var before) ? new AgentId(before.Value) : null;
        var enrolled = fleet.Enrol(slug, existing);
        if (enrolled is not { Agent: { } agent, Token: { } token })
        {
            throw new StartRefusedException($"The agent '{slug}' cannot be enrolled ({enrolled.Refusal}): give the demo a folder of its own with --data");
        }

        Directory.CreateDirectory(folder);
        var id = new Id128(agent.Id.Value);
        File.WriteAllText(path, JsonSerializer.Serialize(new Identity(id.ToString(), token), CrewJson.Default.Identity));
        return (id, token);
    }

    internal sealed record Identity(string AgentId, string Token);
}

/// <summary>JSON by generated code: the hub's programs have reflection for it switched off.</summary>
[JsonSerializable(typeof(Crew.Identity))]
internal sealed partial class CrewJson : JsonSerializerContext;
