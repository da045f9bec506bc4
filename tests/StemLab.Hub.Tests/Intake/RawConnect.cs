namespace StemLab.Hub.Intake;

/// <summary>What a raw client says in its CONNECT.</summary>
internal sealed record RawConnect
{
    public string ClientId { get; init; } = "tester";

    public bool IsV5 { get; init; }

    public bool IsClean { get; init; } = true;

    public ushort KeepAlive { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>How much the system holds for a client that does not read, bytes; 0 = as usual.</summary>
    public int ReceiveBytes { get; init; }

    public (string Topic, string Payload)? Will { get; init; }
}
