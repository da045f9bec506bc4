namespace StemLab.Science.Time;

/// <summary>Names one boot (one clock domain). Global, random, never reused.</summary>
/// <param name="Value">The 128 bits of the boot_id. Default (zero) names no boot.</param>
public readonly record struct BootKey(UInt128 Value) : IComparable<BootKey>
{
    /// <summary>Orders by the 128-bit number; used only to make ties deterministic.</summary>
    /// <param name="other">The key compared with.</param>
    /// <returns>Negative, zero or positive, as usual.</returns>
    public int CompareTo(BootKey other) => Value.CompareTo(other.Value);

    /// <summary>Before, by number.</summary>
    public static bool operator <(BootKey left, BootKey right) => left.Value < right.Value;

    /// <summary>After, by number.</summary>
    public static bool operator >(BootKey left, BootKey right) => left.Value > right.Value;

    /// <summary>Not after, by number.</summary>
    public static bool operator <=(BootKey left, BootKey right) => left.Value <= right.Value;

    /// <summary>Not before, by number.</summary>
    public static bool operator >=(BootKey left, BootKey right) => left.Value >= right.Value;
}

/// <summary>What kind of clock a boot is.</summary>
public enum ClockKind
{
    /// <summary>An agent's boot clock.</summary>
    Device = 1,

    /// <summary>A hub's boot clock.</summary>
    Hub = 2,

    /// <summary>A source that states UTC itself (foreign device, import): t_us is UTC already.</summary>
    Utc = 3,
}
