using System.Collections.Immutable;

namespace StemLab.Store.Influx;

/// <summary>How one boot's rows are timed in InfluxDB, fixed before its first row goes there and never changed: a row sent again lands on itself.</summary>
/// <param name="OffsetUs">UTC minus boot time as it was known then, µs.</param>
/// <param name="Slot">0 to 999, the ns below the µs: rows of two boots with the same µs stay apart.</param>
internal readonly record struct FrozenClock(long OffsetUs, int Slot)
{
    /// <summary>Slots of one kind of boot; hub boots have the upper half, since a foreign agent's rows may be on its own clock or on the hub's.</summary>
    public const int SlotsPerKind = 500;

    public bool TryNs(long tUs, out long ns)
    {
        var exact = (((Int128)tUs + OffsetUs) * 1000) + Slot;
        ns = exact > LineProtocol.LeastNs && exact < LineProtocol.MostNs ? (long)exact : 0;
        return ns != 0 || exact == 0;
    }

    /// <summary>ns of a time, held at InfluxDB's ends.</summary>
    public long Ns(long tUs) => (long)Int128.Clamp((((Int128)tUs + OffsetUs) * 1000) + Slot, LineProtocol.LeastNs, LineProtocol.MostNs);

    /// <summary>True when a point of InfluxDB is of this boot; false for another boot's.</summary>
    public bool TryTUs(long ns, out long tUs)
    {
        var below = ((ns % 1000) + 1000) % 1000;
        tUs = ((ns - below) / 1000) - OffsetUs;
        return below == Slot;
    }

    public static int FirstSlot(BootKind kind) => kind == BootKind.Hub ? SlotsPerKind : 0;
}

/// <summary>Frozen clocks of all boots, swapped whole. Immutable.</summary>
internal sealed record FrozenClocks(ImmutableDictionary<BootId, FrozenClock> ByBoot)
{
    public static FrozenClocks Empty { get; } = new(ImmutableDictionary<BootId, FrozenClock>.Empty);

    public bool TryFind(BootId boot, out FrozenClock clock) => ByBoot.TryGetValue(boot, out clock);

    public FrozenClocks With(BootId boot, FrozenClock clock) => new(ByBoot.SetItem(boot, clock));
}
