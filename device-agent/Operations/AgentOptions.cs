using System.Collections.Immutable;
using StemLab.Wire;

namespace StemLab.Agent.Operations;

/// <summary>Everything an agent is told at its start. Immutable; read once from agent.json, or made by whoever starts agents in its own process.</summary>
internal sealed record AgentOptions
{
    /// <summary>The hub's MQTT door, host:port. Default 127.0.0.1:1883.</summary>
    public string HubAddress { get; init; } = "127.0.0.1:1883";

    /// <summary>True = MQTT over TLS. Default false; the hub says so when it lets the agent in.</summary>
    public bool Tls { get; init; }

    /// <summary>Certificates (PEM) the hub's TLS is checked against. Default empty: those this machine trusts; the hub hands over its own.</summary>
    public string AuthorityPem { get; init; } = "";

    /// <summary>Where an agent without an identity asks to be let in: address of the hub's pages, http://host:port. Default empty: looked for on the network.</summary>
    public string HubPage { get; init; } = "";

    /// <summary>What tells this board from others where it has no serial number, or where several agents run on one. Default empty: the serial number.</summary>
    public string Board { get; init; } = "";

    /// <summary>The agent's global identity, 32 lowercase hex digits, handed over by the hub. Default empty: the agent asks a hub to let it in.</summary>
    public Id128 AgentId { get; init; }

    /// <summary>The secret handed over with the identity; only both or neither. Never logged.</summary>
    public string Token { get; init; } = "";

    /// <summary>Label, [a-z0-9-]{1,32}. Default "agent".</summary>
    public string Slug { get; init; } = "agent";

    /// <summary>What and where this agent is, for people; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Folder for outbox, identity of boots and logs; made when absent. Default "data".</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>True where nothing behind this agent is a real measurement. Default false.</summary>
    public bool Simulated { get; init; }

    /// <summary>True = every process start is a boot of its own, also on a machine that has a boot id. Default false.</summary>
    public bool BootPerProcess { get; init; }

    /// <summary>Most bytes the outbox keeps, 1 MiB to 64 GiB. Default 64 MiB.</summary>
    public long OutboxCapBytes { get; init; } = 64L << 20;

    /// <summary>How often figures about the agent itself (port "agent") and its probes (slope of an electrode, faults of a bus) are measured, seconds, 1 to 86400; 0 = never. Default 60.</summary>
    public double HealthIntervalSeconds { get; init; } = 60;

    /// <summary>False = nothing is measured until somebody says so; what was measured is still handed over. Default true.</summary>
    public bool Measuring { get; init; } = true;

    /// <summary>What is measured. Default none. What the hub's page says wins over it.</summary>
    public ImmutableArray<SourceOptions> Sources { get; init; } = [];

    /// <summary>True where a file gave an identity; without, a hub has to be asked.</summary>
    public bool HasIdentity() => !AgentId.IsEmpty || Token.Length > 0;

    /// <summary>Everything that is wrong with the values, each with path, what was found and what is expected; empty when they hold.</summary>
    /// <param name="asksToJoin">True where an identity may be missing.</param>
    public IReadOnlyList<string> Problems(bool asksToJoin = false)
    {
        var problems = new List<string>();
        var needsIdentity = !asksToJoin || HasIdentity();
        if (HubPage.Length > 0 && !(Uri.TryCreate(HubPage, UriKind.Absolute, out var page) && page.Scheme is "http" or "https"))
        {
            problems.Add($"HubPage: '{HubPage}' is not an address like http://192.168.1.10:5080");
        }

        if (!HubEndpoint.TryParse(HubAddress, out _))
        {
            problems.Add($"HubAddress: '{HubAddress}' is not host:port, for example 192.168.1.10:1883");
        }

        if (needsIdentity && AgentId.IsEmpty)
        {
            problems.Add("AgentId: missing; the hub hands it over with the token when the agent is enrolled");
        }

        if (needsIdentity && Token.Length == 0)
        {
            problems.Add("Token: missing; the hub hands it over when the agent is enrolled");
        }

        if (!IsSlug(Slug))
        {
            problems.Add($"Slug: '{Slug}' is not 1 to 32 of a-z, 0-9 and -");
        }

        if (DataFolder.Length == 0)
        {
            problems.Add("DataFolder: empty; give a folder the agent may write");
        }

        if (OutboxCapBytes is < 1L << 20 or > 64L << 30)
        {
            problems.Add($"OutboxCapBytes: {OutboxCapBytes} is not 1048576 to 68719476736");
        }

        if (HealthIntervalSeconds is not (0 or (>= 1 and <= 86400)))
        {
            problems.Add($"HealthIntervalSeconds: {HealthIntervalSeconds} is not 1 to 86400, nor 0 for never");
        }

        for (var i = 0; i < Sources.Length; i++)
        {
            problems.AddRange(Sources[i].Problems($"Sources[{i}]"));
        }

        if (problems.Count == 0)
        {
            problems.AddRange(SourceKinds.Problems(Sources));
        }

        return problems;
    }

    private static bool IsSlug(string text) =>
        text.Length is >= 1 and <= 32 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');
}
