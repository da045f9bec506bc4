using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>What a boot's clock counts.</summary>
public enum BootKind : byte
{
    /// <summary>µs of a device's own clock since its start.</summary>
    Device = 1,

    /// <summary>µs of the hub's own clock since its start.</summary>
    Hub = 2,

    /// <summary>UTC µs since 1970 as the sender or the file said it.</summary>
    Utc = 3,
}

/// <summary>One clock domain. Fixed once declared.</summary>
/// <param name="Id">Global id.</param>
/// <param name="Agent">The agent (or hub) whose clock it is.</param>
/// <param name="Kind">What the clock counts.</param>
/// <param name="BootNo">Persisted counter of the owner, grows by one a boot.</param>
/// <param name="Previous">The owner's boot before this one; null for the first.</param>
public sealed record BootDeclaration(BootId Id, AgentId Agent, BootKind Kind, uint BootNo, BootId? Previous);

/// <summary>What an agent measures with one of its ports, as the native board gives it. Part of a row's identity, hence never edited.</summary>
/// <param name="Port">Port of the agent, unique with <paramref name="Quantity"/>.</param>
/// <param name="Quantity">Native quantity: an observed property id or an electrical quantity.</param>
/// <param name="UnitUcum">UCUM code of the raw value.</param>
/// <param name="ConfigRev">Grows by one with every change on the board itself.</param>
public sealed record InputDeclaration(string Port, string Quantity, string UnitUcum, uint ConfigRev);

/// <summary>The inputs a block names by their index.</summary>
/// <param name="Hash">First 8 bytes of SHA-256 over the inputs.</param>
/// <param name="Inputs">In the order of the index.</param>
public sealed record CatalogDeclaration(ulong Hash, ImmutableArray<InputDeclaration> Inputs);

/// <summary>One sequence domain of an agent.</summary>
/// <param name="Id">Random id, unique with its agent.</param>
/// <param name="Boot">The clock domain of its rows.</param>
/// <param name="DurableNextSeq">For a stream that has ended: everything before this number had been saved by the agent. Null while it runs.</param>
public sealed record StreamDeclaration(StreamId Id, BootId Boot, ulong? DurableNextSeq)
{
    /// <summary>It ended in order: no row has a number from <see cref="DurableNextSeq"/> on. Once true it stays. False without <see cref="DurableNextSeq"/>.</summary>
    public bool IsComplete { get; init; }
}

/// <summary>What one Birth declares. Every list may be empty.</summary>
/// <param name="Agent">Whose catalogues, boots and streams these are.</param>
/// <param name="Boots">Boots; each one's <see cref="BootDeclaration.Agent"/> must be <paramref name="Agent"/>.</param>
/// <param name="Catalogs">Catalogues still in use.</param>
/// <param name="Streams">Streams; their boots are in <paramref name="Boots"/> or declared before.</param>
public sealed record Declarations(
    AgentId Agent,
    ImmutableArray<BootDeclaration> Boots,
    ImmutableArray<CatalogDeclaration> Catalogs,
    ImmutableArray<StreamDeclaration> Streams);

/// <summary>What became of a declaration. What was declared before in the same words is fine.</summary>
/// <param name="Refused">One sentence per part that contradicts what was declared before; that part was not taken. Empty when all is well.</param>
public sealed record DeclareOutcome(ImmutableArray<string> Refused);
