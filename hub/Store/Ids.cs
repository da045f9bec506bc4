namespace StemLab.Store;

/// <summary>Global id of an agent: 128 random bits, minted once. The big-endian number of its 16 bytes.</summary>
/// <param name="Value">The 128 bits; 0 is no agent.</param>
public readonly record struct AgentId(UInt128 Value)
{
    /// <summary>32 lowercase hex digits.</summary>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Global id of one clock domain. The big-endian number of its 16 bytes.</summary>
/// <param name="Value">The 128 bits; 0 is no boot.</param>
public readonly record struct BootId(UInt128 Value)
{
    /// <summary>32 lowercase hex digits.</summary>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Random id of one agent process start: one domain of sequence numbers, unique together with its agent.</summary>
/// <param name="Value">The 64 bits; 0 is reserved for rows of foreign senders, which have no sequence numbers.</param>
public readonly record struct StreamId(ulong Value)
{
    /// <summary>16 lowercase hex digits.</summary>
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Small number of one (boot, input), local to one series.db; never leaves the hub.</summary>
/// <param name="Value">From 1, dense; 0 is no series.</param>
public readonly record struct SeriesId(int Value);

/// <summary>Random id of one series.db: when it changes, agents offer again all they still hold.</summary>
/// <param name="Value">The 128 bits, the big-endian number of 16 bytes.</param>
public readonly record struct StoreId(UInt128 Value)
{
    /// <summary>32 lowercase hex digits.</summary>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The 16 bytes, big-endian, as a receipt carries them.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }
}
