using System.Collections.Immutable;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Health;

/// <summary>The agent's probe for its probes: their figures (slope, bits flipped, in trouble or not) become channels like any other. One reader.</summary>
internal sealed class HealthProbe : IProbe
{
    private readonly ImmutableArray<HealthFact> facts;

    /// <param name="owners">What the figures are about, by its port, and the figures.</param>
    /// <param name="interval">Time between readings.</param>
    public HealthProbe(IEnumerable<(string Port, IReadOnlyList<HealthFact> Facts)> owners, TimeSpan interval)
    {
        var all = owners.SelectMany(owner => owner.Facts.Select(fact => (owner.Port, fact))).ToList();
        facts = [.. all.Select(x => x.fact)];
        Description = new ProbeDescription("health of the probes", interval, [.. all.Select(x => new OutputDescription(PortOf(x.Port), x.fact.Quantity, x.fact.UnitUcum)
        {
            Label = $"{x.fact.Label.Vi} · {x.fact.Label.En}",
        })]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <summary>Port of the figures about a port.</summary>
    public static string PortOf(string port)
    {
        const string Ending = "/health";
        return (port.Length + Ending.Length <= 64 ? port : port[..(64 - Ending.Length)]) + Ending;
    }

    /// <summary>The figure every probe has: 1 while it is in trouble.</summary>
    public static HealthFact InTrouble(string probe, Troubles troubles) =>
        new("probe_in_trouble", "1", new Words("1 while the probe gives nothing", "1 khi đầu dò không cho số đo"), () => troubles.Has(probe) ? 1 : 0);

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < facts.Length; i++)
        {
            into.Span[i] = facts[i].Read() is { } value ? RawReading.Of(i, value) : RawReading.Without(i, MissingReason.NotCollected);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
