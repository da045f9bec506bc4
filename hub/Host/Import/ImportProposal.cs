using System.Collections.Immutable;
using StemLab.Science.Texts;

namespace StemLab.Hub.Import;

/// <summary>What a field of the file is taken to be.</summary>
internal enum FieldUse
{
    Ignored,
    Time,
    Measured,
    Flag,
    Station,
}

/// <summary>One field of the file with the guess about it.</summary>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Why">In words, for people.</param>
/// <param name="Examples">Some of its cells.</param>
internal sealed record ProposedField(int Field, string Name, FieldUse Use, string Property, string Unit, double Confidence, Sentence Why, ImmutableArray<string> Examples);

/// <summary>How a file would be read. Nothing is stored yet.</summary>
internal sealed record ImportProposal
{
    public required ImportMapping Mapping { get; init; }

    public ImmutableArray<ProposedField> Fields { get; init; } = [];

    /// <summary>True where the file tells no zone: a person has to.</summary>
    public bool NeedsZone { get; init; }

    /// <summary>True where times are counted from a start nobody has told.</summary>
    public bool NeedsStart { get; init; }

    /// <summary>How sure the least sure of encoding, time and columns is, 0 to 1.</summary>
    public double Confidence { get; init; }

    /// <summary>What a person should look at.</summary>
    public ImmutableArray<Sentence> Notes { get; init; } = [];

    /// <summary>The first records with readings, as they stand in the file.</summary>
    public ImmutableArray<ImmutableArray<string>> Sample { get; init; } = [];

    /// <summary>One of this kind of hub's own exports: taken as it is, by the identities in it.</summary>
    public bool IsOwnExport { get; init; }

    /// <summary>UTC µs of the first and last record of what was looked at; absent while the zone is not known.</summary>
    public long? FirstUtcUs { get; init; }
}
