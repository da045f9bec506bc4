namespace StemLab.Agent.Outbox;

/// <summary>How the outbox keeps.</summary>
internal sealed record OutboxOptions
{
    /// <summary>The database file; its folder exists.</summary>
    public required string Path { get; init; }

    /// <summary>Most bytes kept, block overhead included. Default 64 MiB.</summary>
    public long CapBytes { get; init; } = 64L << 20;

    /// <summary>While receipts flow blocks stay in RAM; when the oldest unreceipted one is this old everything is saved, and then every second until all is receipted. A power cut costs at most this and two ticks of a second. Default 3 s.</summary>
    public TimeSpan RamAge { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Receipted blocks still in RAM are saved together, in case the hub loses its disk, when they are this many bytes. Default 256 KiB.</summary>
    public int ArchiveBytes { get; init; } = 256 * 1024;

    /// <summary>… or this old. Default 10 min.</summary>
    public TimeSpan ArchiveAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most bytes held in RAM when the disk refuses; beyond it blocks are lost with reason disk. Default 8 MiB.</summary>
    public int RamCapBytes { get; init; } = 8 << 20;
}
