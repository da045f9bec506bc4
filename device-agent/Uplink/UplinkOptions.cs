using StemLab.Agent.Operations;
using StemLab.Wire;

namespace StemLab.Agent.Uplink;

/// <summary>How the hub is reached.</summary>
internal sealed record UplinkOptions
{
    /// <summary>Where.</summary>
    public required HubEndpoint Hub { get; init; }

    /// <summary>Who; also user name and client id.</summary>
    public required Id128 AgentId { get; init; }

    /// <summary>Password.</summary>
    public required string Token { get; init; }

    /// <summary>MQTT over TLS. Default false.</summary>
    public bool Tls { get; init; }

    /// <summary>Certificates (PEM) TLS is checked against, whatever name they bear: they are this hub's own. Default empty: those the machine trusts, with their names.</summary>
    public string AuthorityPem { get; init; } = "";

    /// <summary>First wait after a failure. Default 1 s.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between attempts. Default 60 s.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most blocks offered and not receipted. Default 32.</summary>
    public int Window { get; init; } = 32;

    /// <summary>How long a receipt is waited for before the block is offered again; jittered by a quarter. Default 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between clock ties. Default 10 min.</summary>
    public TimeSpan TieInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between reports of health. Default 1 min.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait for any single answer. Default 10 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
