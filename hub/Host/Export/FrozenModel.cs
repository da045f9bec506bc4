using System.Collections.Immutable;

namespace StemLab.Hub.Export;

/// <summary>One channel of a version, as it was when frozen. Never changed once counted; see <see cref="FrozenTables"/>.</summary>
/// <param name="Name">"agents/{id}/channels/{port}~{property}".</param>
/// <param name="Station">Label of the agent.</param>
/// <param name="Property">Id of the registry, or the raw quantity's name.</param>
/// <param name="UnitUcum">Unit of its values; empty = not known.</param>
/// <param name="IntervalUs">Declared sampling interval; 0 = none.</param>
/// <param name="Simulated">Nothing behind it is a real measurement.</param>
internal sealed record FrozenChannel(string Name, string Station, string Port, string DisplayName, string Property, string UnitUcum, long IntervalUs, bool Simulated)
{
    /// <summary>Rows kept of it.</summary>
    public long Rows { get; init; }

    /// <summary>Of these, rows without a value.</summary>
    public long MissingValues { get; init; }

    /// <summary>Stretches its rows lie in, in order of first sight.</summary>
    public ImmutableArray<int> Stretches { get; set; } = [];

    /// <summary>UTC µs; <see cref="long.MaxValue"/> before the first row.</summary>
    public long FirstUtcUs { get; set; } = long.MaxValue;

    /// <summary>UTC µs; <see cref="long.MinValue"/> before the first row.</summary>
    public long LastUtcUs { get; set; } = long.MinValue;

    /// <summary>The box all its known places lie in; absent where none is known.</summary>
    public PlaceBox? Box { get; init; }

    /// <summary>True for rows that were taken out of this channel's port.</summary>
    public bool IsOf(Facts.RemovedSpan span) => Port == span.Port && Name.StartsWith($"agents/{span.Agent}/", StringComparison.Ordinal);

    /// <summary>Rows there should be between first and last, by the declared interval; absent where none is declared.</summary>
    public long? Expected => IntervalUs > 0 && LastUtcUs >= FirstUtcUs ? ((LastUtcUs - FirstUtcUs) / IntervalUs) + 1 : null;
}

/// <summary>Degrees, WGS 84: no place outside.</summary>
internal readonly record struct PlaceBox(double South, double North, double West, double East)
{
    /// <summary>The box with one more place in it; the same where the place is not known (NaN).</summary>
    public static PlaceBox? With(PlaceBox? box, double latitude, double longitude) => double.IsNaN(latitude) || double.IsNaN(longitude)
        ? box
        : box is { } known
            ? new PlaceBox(Math.Min(known.South, latitude), Math.Max(known.North, latitude), Math.Min(known.West, longitude), Math.Max(known.East, longitude))
            : new PlaceBox(latitude, latitude, longitude, longitude);
}

/// <summary>What is the same for a stretch of rows: clock, input, probe, calibration, place. Immutable; equal stretches are one.</summary>
/// <param name="Boot">32 hex digits.</param>
/// <param name="RawUnit">UCUM, native.</param>
/// <param name="TimeState">"anchored", "unanchored" (bounded by its neighbours) or "unknown" (times are only an order).</param>
/// <param name="TimeSource">"ntp", "gps", "teacher", "phones", "hub ntp", "sender"…; empty = nobody knew the time.</param>
/// <param name="Calibration">Fact id; empty = none in force.</param>
/// <param name="Drift">Fact id of the drift spread; empty = none.</param>
/// <param name="Probe">Probe id; empty = none deployed.</param>
/// <param name="Site">Slug; empty = nowhere named.</param>
internal sealed record FrozenStretch(
    string Boot, string RawQuantity, string RawUnit, string TimeState, string TimeSource, string Calibration, string Drift, string Probe, string ProbeModel, string ProbeSerial, string Site, double? Latitude, double? Longitude)
{
    /// <summary>No site says where its rows were taken, but the agent's own track does, row by row.</summary>
    public bool OnTrack { get; init; }

    /// <summary>False where a row's UTC is only an order.</summary>
    public bool HasTime => TimeState != "unknown";
}

/// <summary>A fact the values rest on, as stored: calibration, check, drift spread, rules, site, deployment. Immutable.</summary>
/// <param name="ByRole">A role, never a person.</param>
/// <param name="Json">Its canonical JSON.</param>
internal sealed record FrozenFact(string FactId, string Kind, string ByRole, long Revision, string Json);

/// <summary>A quality test as a channel's newest rows were judged by it, in words. Immutable.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="From">Where its thresholds come from: the registry, a property's, a site's or a channel's rules.</param>
/// <param name="FactId">The rules' fact; empty = the registry's defaults.</param>
/// <param name="Off">Not made.</param>
internal sealed record FrozenRule(string Channel, string Test, string NameEn, string NameVi, string ThresholdsEn, string ThresholdsVi, string From, string FactId, bool Off);

/// <summary>A practice run that readings asked for lie in. Immutable; without its title, which people typed.</summary>
/// <param name="ToUtcUs">Exclusive; <see cref="long.MaxValue"/> = it went on.</param>
/// <param name="Rows">Readings asked for that are practice by it, before flags are looked at.</param>
internal sealed record FrozenPracticeRun(string Run, long FromUtcUs, long ToUtcUs, long Rows);

/// <summary>The practice among the readings asked for. Immutable.</summary>
/// <param name="IsLeftOut">False = these readings are in the version.</param>
/// <param name="Rows">Before flags are looked at; a reading of two practice runs counts once.</param>
/// <param name="Runs">By start; none without readings.</param>
internal sealed record FrozenPractice(bool IsLeftOut, long Rows, ImmutableArray<FrozenPracticeRun> Runs);

/// <summary>Everything about frozen rows but the rows. Never changed once made; stored beside them as JSON (what has a default is set, not init: the generated reader would take it from a key an older file lacks).</summary>
/// <param name="RowsSha256">Over the canonical rows, lower-case hex.</param>
/// <param name="ByFlag">Rows by QARTOD flag.</param>
internal sealed record FrozenTables(ImmutableArray<FrozenChannel> Channels, ImmutableArray<FrozenStretch> Stretches, ImmutableSortedDictionary<int, long> ByFlag, long Rows, string RowsSha256)
{
    /// <summary>What the values rest on, by revision and id.</summary>
    public ImmutableArray<FrozenFact> Facts { get; set; } = [];

    /// <summary>The quality tests of each channel.</summary>
    public ImmutableArray<FrozenRule> Rules { get; set; } = [];

    /// <summary>Absent = no practice among the readings asked for, or frozen before runs had a purpose.</summary>
    public FrozenPractice? Practice { get; init; }
}
