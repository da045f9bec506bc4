using System.Collections.Immutable;

namespace StemLab.Agent.Sensors;

/// <summary>What troubles a probe or a bus now.</summary>
/// <param name="Probe">Its name.</param>
/// <param name="Words">Why it gives nothing, and what to do.</param>
internal sealed record Trouble(string Probe, Words Words);

/// <summary>All troubles there are now, for whoever shows them: a screen, a light, the hub. Safe from any thread.</summary>
internal sealed class Troubles
{
    private ImmutableSortedDictionary<string, Words> now = ImmutableSortedDictionary.Create<string, Words>(StringComparer.Ordinal);

    /// <summary>By name of the probe.</summary>
    public IReadOnlyList<Trouble> Now => [.. Volatile.Read(ref now).Select(entry => new Trouble(entry.Key, entry.Value))];

    /// <summary>True while a probe is in trouble.</summary>
    public bool Has(string probe) => Volatile.Read(ref now).ContainsKey(probe);

    /// <summary>A probe is in trouble, or in another one than before.</summary>
    public void Tell(string probe, Words words) => ImmutableInterlocked.Update(ref now, troubles => troubles.SetItem(probe, words));

    /// <summary>It is over.</summary>
    public void Over(string probe) => ImmutableInterlocked.Update(ref now, troubles => troubles.Remove(probe));
}
