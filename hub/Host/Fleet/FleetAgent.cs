using System.Collections.Immutable;
using StemLab.Store;

namespace StemLab.Hub.Fleet;

/// <summary>One agent or foreign publisher as the hub knows it. Immutable.</summary>
internal sealed record FleetAgent
{
    public required AgentId Id { get; init; }

    /// <summary>Label, [a-z0-9-]{1,32}, unique in this hub; not an identity.</summary>
    public required string Slug { get; init; }

    /// <summary>For people; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Empty until its first Birth.</summary>
    public string Software { get; init; } = "";

    /// <summary>Nothing behind this agent is a real measurement.</summary>
    public bool Simulated { get; init; }

    /// <summary>Speaks plain MQTT instead of the native protocol.</summary>
    public bool Foreign { get; init; }

    /// <summary>A person took it in: every enrolled agent, and foreign ones once adopted.</summary>
    public bool Adopted { get; init; }

    /// <summary>What it told about its inputs, by (port, quantity).</summary>
    public ImmutableDictionary<(string Port, string Quantity), AgentInput> Inputs { get; init; } = ImmutableDictionary<(string Port, string Quantity), AgentInput>.Empty;

    public bool Unclaimed => Foreign && !Adopted;
}

/// <summary>What an agent tells about an input beside its identity; free to change.</summary>
/// <param name="IntervalUs">Declared sampling interval, µs; 0 = irregular.</param>
/// <param name="Label">For people; may be empty.</param>
/// <param name="ProbeModel">As the agent knows it; may be empty.</param>
/// <param name="ProbeSerial">As the agent knows it; may be empty.</param>
internal sealed record AgentInput(long IntervalUs, string Label, string ProbeModel, string ProbeSerial);

/// <summary>Whether an agent is there, as far as this process has seen. RAM only.</summary>
/// <param name="Online">A connection of it is open now.</param>
/// <param name="LastSeenUs">The hub's boot clock at its last message; absent if none since the hub started.</param>
/// <param name="OldestUnreceiptedUs">Age of its oldest block without a receipt, as it reported it; absent when unknown.</param>
/// <param name="Boot">Its running boot; absent before its first Birth.</param>
internal readonly record struct AgentPresence(bool Online, long? LastSeenUs, long? OldestUnreceiptedUs, BootId? Boot);

/// <summary>Why a change to the fleet was not made.</summary>
internal enum FleetRefusal
{
    None,

    /// <summary>Not [a-z0-9-]{1,32}.</summary>
    BadSlug,

    /// <summary>Another agent of this hub bears it.</summary>
    SlugTaken,

    /// <summary>No agent of that id.</summary>
    UnknownAgent,

    /// <summary>It is adopted already, or was never up for adoption.</summary>
    NotUnclaimed,
}

/// <summary>A new identity and its token, which is shown once; the hub keeps only the token's SHA-256.</summary>
internal sealed record Enrolment(FleetRefusal Refusal, FleetAgent? Agent, string? Token);
