namespace StemLab.Agent.Machine;

/// <summary>How one thing the doctor looked at is.</summary>
internal enum Grade
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, but worth knowing.</summary>
    Note,

    /// <summary>Missing; the agent cannot do what is asked of it.</summary>
    Missing,
}

/// <summary>One thing the doctor found. Immutable.</summary>
/// <param name="Grade">How it is.</param>
/// <param name="En">In English, what to do included.</param>
/// <param name="Vi">The same in Vietnamese.</param>
/// <param name="ConfigLine">Line that config.txt lacks; empty = none.</param>
/// <param name="Module">Kernel module to load at each start; empty = none.</param>
internal sealed record Finding(Grade Grade, string En, string Vi, string ConfigLine = "", string Module = "")
{
    /// <summary>True where `doctor --fix` can mend it.</summary>
    public bool CanBeMended => ConfigLine.Length > 0 || Module.Length > 0;
}
