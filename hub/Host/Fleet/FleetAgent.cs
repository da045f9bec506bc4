using System.Collections.Immutable;
using StemLab.Store;
using StemLab.Wire.V1;

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

    public AgentStanding Standing { get; init; } = AgentStanding.Active;

    /// <summary>Its P-256 key (SubjectPublicKeyInfo) as base64; empty where the hub does not know it.</summary>
    public string PublicKey { get; init; } = "";

    /// <summary>What stands for its board (SHA-256, hex): a card with this identity in another board is a copy. Empty where not known.</summary>
    public string Board { get; init; } = "";

    /// <summary>The code of its key, AG-7F2K-9MXQ; empty where the key is not known.</summary>
    public string LabelCode { get; init; } = "";

    /// <summary>True for a maker's device that shows a token, and for every agent but one whose token was taken away.</summary>
    public bool HasToken { get; init; }

    /// <summary>The topic that stands for a maker's device; empty for agents.</summary>
    public string Topic { get; init; } = "";

    /// <summary>What it told about its inputs, by (port, quantity).</summary>
    public ImmutableDictionary<(string Port, string Quantity), AgentInput> Inputs { get; init; } = ImmutableDictionary<(string Port, string Quantity), AgentInput>.Empty;

    public bool Unclaimed => Foreign && !Adopted;

    /// <summary>Software of a station that stands for a recording which comes with a lesson.</summary>
    public const string RecordingSoftware = "lesson-recording";

    /// <summary>A recording that comes with a lesson: no device, so nobody misses it and nothing is new of it. Its description is in English and Vietnamese, <see cref="LanguageMark"/> between.</summary>
    public bool IsRecording => Software == RecordingSoftware;

    /// <summary>Between the two languages of a recording's description.</summary>
    public const string LanguageMark = " | ";
}

/// <summary>Whether somebody is let in; the numbers are kept in hub.db.</summary>
internal enum AgentStanding
{
    Active = 1,

    /// <summary>Not let in until somebody takes it back.</summary>
    Revoked = 2,

    /// <summary>Out of service: nothing new is taken, what it measured stays.</summary>
    Retired = 3,

    /// <summary>Has another hub for its home now; what it measured here stays.</summary>
    Transferred = 4,
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
/// <param name="Troubles">What troubles it, as it said last; default = nothing.</param>
/// <param name="Platform">What its program is built for; null or empty where the hub cannot update it.</param>
/// <param name="Update">What became of its latest update, as it said last; null = there was none.</param>
internal readonly record struct AgentPresence(bool Online, long? LastSeenUs, long? OldestUnreceiptedUs, BootId? Boot, ImmutableArray<SaidTrouble> Troubles, string? Platform, UpdateReport? Update);

/// <summary>Something that is not as it should be, in the agent's own words.</summary>
/// <param name="About">A probe or bus; "agent" = the agent itself.</param>
/// <param name="En">English.</param>
/// <param name="Vi">Vietnamese.</param>
internal sealed record SaidTrouble(string About, string En, string Vi);

/// <summary>What a board shows of itself beside a token.</summary>
/// <param name="PublicKey">P-256, SubjectPublicKeyInfo, base64; empty = not known.</param>
/// <param name="Board">SHA-256 that stays with the board, hex; empty = not known.</param>
/// <param name="LabelCode">Of the key; empty without one.</param>
internal sealed record AgentKey(string PublicKey, string Board, string LabelCode);

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

    /// <summary>The topic is no maker's: native, reserved, a wildcard, or longer than 256 bytes.</summary>
    BadTopic,

    /// <summary>Another device of this hub stands under this topic and shows a token.</summary>
    TopicTaken,
}

/// <summary>A new identity and its token, which is shown once; the hub keeps only the token's SHA-256.</summary>
internal sealed record Enrolment(FleetRefusal Refusal, FleetAgent? Agent, string? Token);
