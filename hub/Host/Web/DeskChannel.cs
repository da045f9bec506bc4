using System.Text.Json.Serialization;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>A channel as the student's page shows it and as its script keeps it (lesson.js).</summary>
/// <param name="Name">Resource name.</param>
/// <param name="Label">What is measured, in the reader's language.</param>
/// <param name="Property">Id of what is measured.</param>
/// <param name="Unit">As people write it; empty = none.</param>
/// <param name="Decimals">Shown after the point.</param>
/// <param name="IntervalS">Declared interval, seconds; 0 = irregular.</param>
/// <param name="Simulated">Nothing real is measured.</param>
/// <param name="Place">Where it hangs, for people.</param>
public sealed record DeskChannel(string Name, string Label, string Property, string Unit, int Decimals, double IntervalS, bool Simulated, string Place)
{
    /// <summary>Cards that stand before the fold: as many as a chart has lines, so that all that is drawn may stand there.</summary>
    internal const int Few = 6;

    /// <summary>Its newest reading; null = none yet, or this reader is told none now.</summary>
    public DeskReading? Latest { get; init; }

    /// <summary>Its page; a script makes it of the name.</summary>
    [JsonIgnore]
    public string Href => $"/{Name}";

    /// <summary>How many of so many cards stand before the fold; all, where the fold would take the room of what it hides (as in lesson.js).</summary>
    internal static int FewOf(int count) => count > Few + 2 ? Few : count;

    /// <summary>Its name beside the others of a page: two that measure the same are told apart by their places.</summary>
    public string LabelAmong(IReadOnlyCollection<DeskChannel> all) => all.Count(other => other.Label == Label) > 1 ? $"{Label} · {Place}" : Label;
}

/// <summary>A reading on the student's page.</summary>
/// <param name="T">UTC seconds.</param>
/// <param name="Value">In the channel's unit; null = missing.</param>
/// <param name="Flag">As the API numbers flags.</param>
/// <param name="AgeUs">When the page was written, in whole ms, µs.</param>
public sealed record DeskReading(double T, double? Value, int Flag, long AgeUs)
{
    /// <summary>The same as the API tells it; null where its time or its age is not known: a page cannot order it.</summary>
    internal static DeskReading? Of(Reading reading) =>
        reading is { HasTimeUs: true, HasAgeUs: true } ? new DeskReading(reading.TimeUs / 1e6, reading is { HasValue: true } && double.IsFinite(reading.Value) ? reading.Value : null, (int)reading.Flag, reading.AgeUs / 1000 * 1000) : null;
}
