using System.Collections.Frozen;
using StemLab.Agent.Sensors;

namespace StemLab.Agent.Operations;

/// <summary>What people call the things measured, put over the drawers' own words. Labels are no part of an input's identity. Immutable.</summary>
/// <param name="sources">What is measured.</param>
internal sealed class PortLabels(IEnumerable<SourceOptions> sources)
{
    private readonly FrozenDictionary<string, string> labels = sources.Where(source => source.Label.Length > 0).DistinctBy(source => source.PortOrDefault())
        .ToFrozenDictionary(source => source.PortOrDefault(), source => source.Label);

    /// <summary>The description with its outputs called so. A probe with several outputs keeps the drawer's word for each beside the label.</summary>
    public ProbeDescription On(ProbeDescription description) => labels.Count == 0 ? description : description with
    {
        Outputs = [.. description.Outputs.Select(output => LabelOf(output.Port) is { } label ? output with { Label = description.Outputs.Length == 1 || output.Label.Length == 0 ? label : $"{label}: {output.Label}" } : output)],
    };

    /// <summary>Of the port itself, or of the part before its last /.</summary>
    private string? LabelOf(string port) => labels.GetValueOrDefault(port) ?? (port.LastIndexOf('/') is var slash and > 0 && !port.EndsWith("/health", StringComparison.Ordinal) ? labels.GetValueOrDefault(port[..slash]) : null);
}
