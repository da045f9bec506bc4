namespace StemLab.Agent.Sensors.I2c;

/// <summary>How a transfer on the bus ended.</summary>
internal enum Transfer
{
    /// <summary>Every byte was acknowledged.</summary>
    Done,

    /// <summary>Nobody acknowledged the address, also not when asked again: unplugged, or another address.</summary>
    NoAcknowledge,

    /// <summary>The bus is held low, or its controller timed out: one wire or one chip stops all.</summary>
    Stuck,

    /// <summary>There is no such bus, or it may not be opened.</summary>
    NoBus,

    /// <summary>Any other error of the controller.</summary>
    Failed,
}
