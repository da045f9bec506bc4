namespace StemLab.Store.Influx;

/// <summary>How it stands with InfluxDB.</summary>
public enum FarState
{
    /// <summary>Not asked yet.</summary>
    Starting,

    /// <summary>It takes what comes.</summary>
    Good,

    /// <summary>Nobody answers at the address.</summary>
    Unreachable,

    /// <summary>Token or password is wrong, or may not do this.</summary>
    WrongCredentials,

    /// <summary>The database is not there and cannot be made.</summary>
    MissingDatabase,

    /// <summary>It has no time or room just now (503 and its kin).</summary>
    Busy,

    /// <summary>Something answers that is no InfluxDB, as a web page.</summary>
    NotInflux,

    /// <summary>A setting of the server stands against it.</summary>
    Misconfigured,

    /// <summary>It no longer has rows that only it had.</summary>
    RowsGone,
}

/// <summary>How it stands with InfluxDB, as one immutable value.</summary>
public sealed record FarStatus
{
    /// <summary>In one word.</summary>
    public FarState State { get; init; }

    /// <summary>In the server's words; empty when all is well.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Version as the server says it; empty until it answered.</summary>
    public string Version { get; init; } = "";

    /// <summary>Rows committed here and not yet there, those without a time left out.</summary>
    public long WaitingRows { get; init; }

    /// <summary>Boots whose rows wait until somebody knows their time.</summary>
    public int HeldBoots { get; init; }

    /// <summary>Their rows.</summary>
    public long HeldRows { get; init; }

    /// <summary>Rows InfluxDB refused for good, kept here; <c>requeue</c> sends them again.</summary>
    public long QuarantinedRows { get; init; }

    /// <summary>Why the newest of them was refused; null = none.</summary>
    public string? QuarantineReason { get; init; }

    /// <summary>Rows sent since the hub started.</summary>
    public long SentRows { get; init; }

    /// <summary>Chunks whose rows are only in InfluxDB.</summary>
    public long RemoteChunks { get; init; }

    /// <summary>Rows that only InfluxDB had and that it gives no more; 0 is good.</summary>
    public long GoneRows { get; init; }

    /// <summary>False where the server cannot delete ranges: erased rows are hidden by the hub only.</summary>
    public bool Deletes { get; init; } = true;

    /// <summary>What a reply that is not "stored" says of the server.</summary>
    internal static FarState StateAfter(ReplyKind reply) => reply switch
    {
        ReplyKind.WrongCredentials => FarState.WrongCredentials,
        ReplyKind.MissingDatabase => FarState.MissingDatabase,
        ReplyKind.Busy => FarState.Busy,
        ReplyKind.NotInflux => FarState.NotInflux,
        ReplyKind.Unreachable => FarState.Unreachable,
        _ => FarState.Misconfigured,
    };
}
