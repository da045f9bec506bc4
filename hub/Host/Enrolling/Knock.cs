using StemLab.Store;
using StemLab.Wire.V1;

namespace StemLab.Hub.Enrolling;

/// <summary>How it stands with a board that knocked.</summary>
internal enum KnockState
{
    /// <summary>Somebody has to accept it.</summary>
    Waiting,

    /// <summary>Let in; its letter lies ready.</summary>
    Accepted,

    /// <summary>Somebody refused it.</summary>
    Refused,

    /// <summary>Its challenge is too old.</summary>
    Stale,

    /// <summary>Its key belongs to another board.</summary>
    Copied,

    /// <summary>Its identity was revoked, retired or transferred; a person may take it back.</summary>
    Shut,
}

/// <summary>A board that knocked, as far as this process remembers. Immutable.</summary>
internal sealed record Knock
{
    /// <summary>First 8 bytes of SHA-256 of the key, hex.</summary>
    public required string Id { get; init; }

    /// <summary>AG-7F2K-9MXQ.</summary>
    public required string Code { get; init; }

    /// <summary>The newest letter; its signatures held.</summary>
    public required KnockLetter Letter { get; init; }

    /// <summary>Where it came from; RAM only, for the bound by address.</summary>
    public required string Address { get; init; }

    public required KnockState State { get; init; }

    /// <summary>The hub's boot clock at its first letter.</summary>
    public required long FirstUs { get; init; }

    /// <summary>The hub's boot clock at its newest letter.</summary>
    public required long LastUs { get; init; }

    /// <summary>Until then it is asked to blink.</summary>
    public long BlinkUntilUs { get; init; }

    /// <summary>It is told at its next letter to ask its buses.</summary>
    public bool IsToFindProbes { get; init; }

    /// <summary>Somebody wants to know what is on its buses, and it has not told yet.</summary>
    public bool IsFindingProbes { get; init; }

    public KnockTrouble Trouble { get; init; }

    /// <summary>The agent whose card sits in this board now, proven by that agent's key.</summary>
    public AgentId? CopyOf { get; init; }

    /// <summary>The agent it is, which may not come in any more.</summary>
    public AgentId? ShutAgent { get; init; }

    /// <summary>The identity of another hub that goes on here.</summary>
    public AgentId? MovesHere { get; init; }

    /// <summary>What it is told, sealed; null unless accepted.</summary>
    public byte[]? Sealed { get; init; }

    /// <summary>What is in it; null unless accepted.</summary>
    public JoinLetter? Told { get; init; }

    /// <summary>The typed code's key it is sealed with besides; empty without a code.</summary>
    public byte[] Secret { get; init; } = [];

    /// <summary>Who it is now; null unless accepted.</summary>
    public AgentId? Agent { get; init; }

    /// <summary>What <c>FleetBook.Holds</c> asks for: whether the token in the sealed letter is still good.</summary>
    public string Ticket { get; init; } = "";
}

/// <summary>What a board is answered.</summary>
internal sealed record KnockAnswer(KnockState State, string Code)
{
    public KnockTrouble Trouble { get; init; }

    public byte[]? Sealed { get; init; }

    /// <summary>Ask again after so many seconds.</summary>
    public int AgainSeconds { get; init; } = 5;

    public int BlinkSeconds { get; init; }

    public bool FindProbes { get; init; }
}
