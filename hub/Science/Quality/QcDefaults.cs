using System.Collections.Frozen;
using System.Text.Json;
using StemLab.Science.Properties;

namespace StemLab.Science.Quality;

/// <summary>What a property is tested for where nobody made rules of their own.</summary>
/// <param name="Rules">The tests, thresholds in the unit of the registry.</param>
/// <param name="Neighbour">How far neighbours may differ, where a neighbour is known; null = not compared.</param>
/// <param name="CompanionPropertyId">What usually changes with it, where that is measured beside it; null = nothing known.</param>
/// <param name="Source">Where the thresholds come from; says "house default" where they are ours.</param>
public sealed record QcDefault(QcRules Rules, NeighbourRule? Neighbour, string? CompanionPropertyId, string Source);

/// <summary>Sensible rules per observed property: range from the registry, the rest from a shipped table. Immutable; safe from any thread.</summary>
public static class QcDefaults
{
    /// <summary>Neighbours within this far are compared, m.</summary>
    private const double NeighbourRadiusM = 2000;

    /// <summary>Times within this are compared, s.</summary>
    private const double NeighbourSeconds = 900;

    /// <summary>Interval taken where a channel is irregular, s.</summary>
    public const double IrregularSeconds = 60;

    private static readonly Lazy<FrozenDictionary<string, Entry>> _entries = new(Load);

    /// <summary>The rules of a property.</summary>
    /// <param name="property">From the registry; its group decides nothing here.</param>
    /// <param name="intervalSeconds">Declared sampling interval, s, above 0; null = irregular: stuck values are then not looked for, because windows are counted in values.</param>
    /// <returns>Always some: at least the range of the registry.</returns>
    public static QcDefault For(ObservedProperty property, double? intervalSeconds)
    {
        ArgumentNullException.ThrowIfNull(property);
        if (intervalSeconds is { } declared && !(declared > 0 && double.IsFinite(declared)))
            throw new ArgumentException($"{declared} s is not a sampling interval.", nameof(intervalSeconds));
        var interval = intervalSeconds ?? IrregularSeconds;
        var rules = new QcRules(interval, new GrossRangeRule(property.ValidRange, property.SuspectRange));
        if (!_entries.Value.TryGetValue(property.Id, out var entry))
            return new QcDefault(rules, null, null, "range: registry of observed properties; no other thresholds known");
        rules = rules with
        {
            Spike = entry.Spike,
            // What may happen at once is allowed per step, what takes its time per second.
            Rate = entry.Rate is { } rate ? new RateRule(rate.Suspect + entry.Step / interval, rate.Fail is { } fail ? fail + 3 * entry.Step / interval : null) : null,
            FlatLine = intervalSeconds is null ? null : entry.FlatLine,
        };
        var neighbour = entry.NeighbourLimit is { } limit ? new NeighbourRule(NeighbourSeconds, limit, NeighbourRadiusM) : null;
        return new QcDefault(rules, neighbour, entry.Companion, $"range: registry of observed properties; {entry.Source}");
    }

    private static FrozenDictionary<string, Entry> Load()
    {
        using var stream = typeof(QcDefaults).Assembly.GetManifestResourceStream("qc-defaults.json") ?? throw new InvalidOperationException("BUG: qc-defaults.json is not embedded");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("properties").EnumerateObject().ToFrozenDictionary(one => one.Name, one => Read(one.Value), StringComparer.Ordinal);
    }

    private static Entry Read(JsonElement row)
    {
        double?[] Numbers(string name) => row.TryGetProperty(name, out var all) ? [.. all.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.Number ? one.GetDouble() : (double?)null)] : [];
        double? Number(string name) => row.TryGetProperty(name, out var one) ? one.GetDouble() : null;
        var isDifferential = row.TryGetProperty("method", out var method) && method.GetString() == "differential";
        return new Entry(
            Numbers("spike") is [var suspect, var fail] ? new SpikeRule(suspect, fail, isDifferential ? SpikeMethod.Differential : SpikeMethod.Average) : null,
            Numbers("rate") is [var slow, var fast] ? new RateRule(slow, fast) : null,
            Number("step") ?? 0,
            Numbers("flat") is [{ } still, { } stuck, { } tolerance] ? new FlatLineRule(still, stuck, tolerance) : null,
            Number("neighbour"),
            row.TryGetProperty("companion", out var companion) ? companion.GetString() : null,
            row.GetProperty("source").GetString()!);
    }

    private sealed record Entry(SpikeRule? Spike, RateRule? Rate, double Step, FlatLineRule? FlatLine, double? NeighbourLimit, string? Companion, string Source);
}
