using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Science.Time;
using StemLab.Wire;

namespace StemLab.Hub.Export;

/// <summary>Numbers what rows have in common. One thread at a time.</summary>
internal sealed class StretchTable(Derivation derivation)
{
    private readonly Dictionary<FrozenStretch, int> _numbers = [];
    private readonly List<FrozenStretch> _stretches = [];
    private readonly Dictionary<Id128, string> _sources = [];
    private readonly ILookup<Id128, Deployment> _deployments = derivation.Inputs.Facts.Of<Deployment>().Select(fact => fact.Body).ToLookup(body => body.Probe);

    public IReadOnlyList<FrozenStretch> All => _stretches;

    /// <summary>The number of a span of a series at a place.</summary>
    /// <param name="onTrack">The agent's track says where its rows were taken.</param>
    public int Of(SeriesDerivation series, in DerivedSpan span, in AgentPlace place, bool onTrack)
    {
        (string model, string serial) = ProbeOf(series, span);
        var stretch = new FrozenStretch(
            series.Entry.Boot.ToString(),
            series.Entry.Input.Quantity,
            series.Entry.Input.UnitUcum,
            series.Map.State switch { TimeState.Anchored => "anchored", TimeState.Bounded => "unanchored", _ => "unknown" },
            series.Map.State == TimeState.Anchored ? SourceOf(new Id128(series.Entry.Boot.Value)) : "",
            Text(span.Calibration),
            span.Drift is { } drift ? Text(drift.Fact) : "",
            Text(span.Probe),
            model,
            serial,
            place.Site,
            place.Latitude,
            place.Longitude)
        {
            OnTrack = onTrack,
        };
        if (!_numbers.TryGetValue(stretch, out int number))
        {
            number = _stretches.Count;
            _stretches.Add(stretch);
            _numbers.Add(stretch, number);
        }

        return number;
    }

    private static string Text(Id128 id) => id.IsEmpty ? "" : id.ToString();

    /// <summary>As deployed; else as the agent told of the port.</summary>
    private (string Model, string Serial) ProbeOf(SeriesDerivation series, in DerivedSpan span)
    {
        Deployment? deployed = span.Probe.IsEmpty ? null : _deployments[span.Probe].LastOrDefault();
        if (deployed is not null)
        {
            return (deployed.ProbeModel, deployed.ProbeSerial);
        }

        bool isKnown = derivation.Inputs.Fleet.TryFind(series.Entry.Agent, out FleetAgent? agent);
        AgentInput? told = isKnown ? agent!.Inputs.GetValueOrDefault((series.Entry.Input.Port, series.Entry.Input.Quantity)) : null;
        return (told?.ProbeModel ?? "", told?.ProbeSerial ?? "");
    }

    /// <summary>Source of the sharpest anchor on that boot; else of the sharpest anywhere, through ties.</summary>
    private string SourceOf(Id128 boot)
    {
        if (!_sources.TryGetValue(boot, out string? source))
        {
            var followed = derivation.Inputs.Facts.Of<UtcAnchor>().Where(anchor => derivation.Outliers.All(outlier => outlier.FactId != anchor.Fact.FactId.Value))
                .OrderBy(anchor => anchor.Body.Boot == boot ? 0 : 1).ThenBy(anchor => anchor.Body.SigmaUs).ThenBy(anchor => anchor.Fact.FactId.Value).Select(anchor => anchor.Body).FirstOrDefault();
            source = followed is null ? "sender" : followed.Boot == boot ? followed.Source : $"tie {followed.Source}";
            _sources[boot] = source;
        }

        return source;
    }
}
