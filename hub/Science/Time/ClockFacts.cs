namespace StemLab.Science.Time;

/// <summary>One clock domain, as far as the solver needs it.</summary>
/// <param name="Boot">The boot.</param>
/// <param name="Owner">The agent or hub it belongs to. Boots of one owner never overlap in time.</param>
/// <param name="Kind">Device, hub or utc.</param>
/// <param name="BootNo">Persisted counter of the owner; larger = later. Two boots with equal numbers are not ordered.</param>
/// <param name="Previous">The boot before, if the owner knew it; orders two boots whose counter was lost.</param>
/// <param name="FirstTUs">Earliest time known on this clock (stored rows, ties, anchors), µs.</param>
/// <param name="LastTUs">Latest time known on this clock, µs; not before <paramref name="FirstTUs"/>.</param>
/// <param name="DeclaredSigmaUs">Utc boots only: the declared half-width of their UTC, µs; <see cref="long.MaxValue"/> = not known. Ignored for other kinds.</param>
public sealed record BootClockFact(
    BootKey Boot,
    UInt128 Owner,
    ClockKind Kind,
    uint BootNo,
    BootKey? Previous,
    long FirstTUs,
    long LastTUs,
    long DeclaredSigmaUs);

/// <summary>Two clocks read at the same moment: (A, TA) and (B, TB) name one instant, within sigma.</summary>
/// <param name="FactId">The fact that says so; breaks ties between equal paths.</param>
/// <param name="A">One clock.</param>
/// <param name="TAUs">Its reading, µs.</param>
/// <param name="B">The other clock.</param>
/// <param name="TBUs">Its reading, µs.</param>
/// <param name="SigmaUs">Half-width of a bound that holds in at least 99.9 % of cases, µs, 0 or more.</param>
public sealed record TieFact(UInt128 FactId, BootKey A, long TAUs, BootKey B, long TBUs, long SigmaUs);

/// <summary>A clock read beside a source of UTC.</summary>
/// <param name="FactId">The fact that says so.</param>
/// <param name="Boot">The clock.</param>
/// <param name="TUs">Its reading, µs.</param>
/// <param name="UtcUs">UTC at that moment, µs since 1970-01-01T00:00:00Z.</param>
/// <param name="SigmaUs">Half-width of a bound that holds in at least 99.9 % of cases, µs, 0 or more.</param>
/// <param name="Source">Where the UTC came from, for people: "ntp", "gps", "teacher".</param>
public sealed record AnchorFact(UInt128 FactId, BootKey Boot, long TUs, long UtcUs, long SigmaUs, string Source);

/// <summary>A person's word about a boot that met no clock: everything on it lies between two times.</summary>
/// <param name="FactId">The fact that says so; of two that contradict each other the smaller is followed.</param>
/// <param name="Boot">The clock.</param>
/// <param name="NotBeforeUtcUs">UTC, µs; null = not bounded on that side.</param>
/// <param name="NotAfterUtcUs">UTC, µs; null = not bounded on that side.</param>
public sealed record BoundFact(UInt128 FactId, BootKey Boot, long? NotBeforeUtcUs, long? NotAfterUtcUs);

/// <summary>Why a tie, an anchor or a bound was left out.</summary>
public enum OutlierReason
{
    /// <summary>Disagrees with the largest agreeing set.</summary>
    Disagrees = 1,

    /// <summary>Would put two boots of one owner in the wrong order or over each other.</summary>
    ContradictsBootOrder = 2,

    /// <summary>Not usable: negative or unbounded sigma, a time outside ± 30,000 years.</summary>
    Unusable = 3,
}

/// <summary>A tie, an anchor or a bound that the solution does not follow.</summary>
/// <param name="FactId">The tie, anchor or bound.</param>
/// <param name="Boot">The boot whose map left it out.</param>
/// <param name="Reason">Why.</param>
/// <param name="DistanceUs">How far its statement lies from the map at that moment, µs; 0 where there is no map to compare with.</param>
public readonly record struct Outlier(UInt128 FactId, BootKey Boot, OutlierReason Reason, long DistanceUs);
