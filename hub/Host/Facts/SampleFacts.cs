using System.Text.Json.Serialization;
using StemLab.V1;

namespace StemLab.Hub.Facts;

/// <summary>An aggregate somebody kept: what a channel said while it was steady. The readings stay where they are.</summary>
/// <param name="Unit">UCUM of mean and sd, as derived then.</param>
/// <param name="Sd">Dividing by n - 1.</param>
/// <param name="Start">Of the first reading, on the channel's boot clock.</param>
/// <param name="Site">For people; may be empty.</param>
/// <param name="Steady">False where it was kept although it was not.</param>
/// <param name="Flag">Worst QARTOD flag among the readings.</param>
internal sealed record KeptSample(
    [property: JsonPropertyName("channel")] string Channel,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("mean")] double Mean,
    [property: JsonPropertyName("sd")] double Sd,
    [property: JsonPropertyName("count")] long Count,
    [property: JsonPropertyName("start")] Instant Start,
    [property: JsonPropertyName("end")] Instant End,
    [property: JsonPropertyName("site")] string Site,
    [property: JsonPropertyName("note")] string Note,
    [property: JsonPropertyName("steady")] bool Steady,
    [property: JsonPropertyName("flag")] int Flag) : FactBody
{
    public const string KindName = "sample";

    private const int LongestSite = 100;
    private const int LongestNote = 500;

    [JsonIgnore]
    public override string Kind => KindName;

    /// <summary>Everything wrong with it.</summary>
    public IEnumerable<FactProblem> Problems()
    {
        if (string.IsNullOrEmpty(Channel))
        {
            yield return new("sample.channel", "is empty; expected agents/{id}/channels/{channel}");
        }

        if (!double.IsFinite(Mean) || !double.IsFinite(Sd) || Sd < 0 || Count < 1)
        {
            yield return new("sample.mean", "expected a finite mean, a finite sd of 0 or more and at least one reading");
        }

        if (Start.IsUtc || End.IsUtc || (Start.Boot == End.Boot && End.Us < Start.Us))
        {
            yield return new("sample.start", "expected times on a boot's clock, the end not before the start");
        }

        if (Site is null || Site.Length > LongestSite)
        {
            yield return new("sample.site", $"is longer than {LongestSite} characters");
        }

        if (Note is null || Note.Length > LongestNote)
        {
            yield return new("sample.note", $"is longer than {LongestNote} characters");
        }
    }

    public SampleFact ToWire() => new()
    {
        Channel = Channel,
        UnitUcum = Unit,
        Mean = Mean,
        Sd = Sd,
        Count = Count,
        Start = WireFact.To(Start),
        End = WireFact.To(End),
        Site = Site,
        Note = Note,
        Steady = Steady,
        Flag = (QcFlag)Flag,
    };
}
