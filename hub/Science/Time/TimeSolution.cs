using System.Collections.Frozen;
using System.Collections.Immutable;

namespace StemLab.Science.Time;

/// <summary>The maps of all boots under one set of facts. Immutable; safe from any thread.</summary>
public sealed class TimeSolution
{
    private readonly FrozenDictionary<BootKey, TimeMap> _maps;

    internal TimeSolution(IEnumerable<KeyValuePair<BootKey, TimeMap>> maps, ImmutableArray<Outlier> outliers)
    {
        _maps = maps.ToFrozenDictionary();
        Outliers = outliers;
    }

    /// <summary>Ties, anchors and bounds not followed, each with the reason; ascending by fact, then boot.</summary>
    public ImmutableArray<Outlier> Outliers { get; }

    /// <summary>The map of a boot.</summary>
    /// <param name="boot">The boot.</param>
    /// <returns>Its map; <see cref="TimeMap.Unknown"/> for a boot the facts do not name.</returns>
    public TimeMap Map(BootKey boot) => _maps.GetValueOrDefault(boot, TimeMap.Unknown);
}
