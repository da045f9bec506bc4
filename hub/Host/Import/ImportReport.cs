using System.Collections.Immutable;
using StemLab.Science.Texts;

namespace StemLab.Hub.Import;

/// <summary>A line that could not be taken as it is.</summary>
/// <param name="Line">From 1.</param>
internal sealed record WrongLine(long Line, Sentence Why);

/// <summary>What one column gave.</summary>
/// <param name="Values">Cells with a number.</param>
/// <param name="Missing">Cells without.</param>
/// <param name="Sum">Of the numbers, in the file's unit: to compare with another reader.</param>
internal sealed record ColumnCount(string Name, string Channel, long Values, long Missing, double Sum);

/// <summary>What an import did, so far or at its end. Immutable.</summary>
internal sealed record ImportReport
{
    /// <summary>Records with a usable time.</summary>
    public long Records { get; init; }

    /// <summary>Readings newly stored, missing ones among them.</summary>
    public long New { get; init; }

    /// <summary>Readings that were here already, or stand twice in the file.</summary>
    public long Duplicate { get; init; }

    /// <summary>Readings of a moment for which another value is here or in the file: both are kept.</summary>
    public long Conflict { get; init; }

    /// <summary>Readings that had been erased here and stay so.</summary>
    public long Erased { get; init; }

    /// <summary>Cells without a value, kept as missing.</summary>
    public long Missing { get; init; }

    /// <summary>Records not taken, and cells that are no number (kept as missing).</summary>
    public long WrongCount { get; init; }

    /// <summary>The first hundred of them.</summary>
    public ImmutableArray<WrongLine> Wrong { get; init; } = [];

    /// <summary>Lines that are comments.</summary>
    public long Comments { get; init; }

    /// <summary>Stretches of the file's own flags that were stated.</summary>
    public long FlagStretches { get; init; }

    /// <summary>Flag codes nobody knows, at most twenty: they said nothing.</summary>
    public ImmutableArray<string> UnknownFlags { get; init; } = [];

    public ImmutableArray<ColumnCount> Columns { get; init; } = [];

    /// <summary>UTC µs of the first and last record; absent without any.</summary>
    public long? FirstUtcUs { get; init; }

    public long? LastUtcUs { get; init; }

    /// <summary>How much of the file is read, 0 to 1.</summary>
    public double Share { get; init; }

    public ImmutableArray<Sentence> Notes { get; init; } = [];
}
