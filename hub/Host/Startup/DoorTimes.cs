namespace StemLab.Hub.Startup;

/// <summary>How long a connection may keep a port waiting. Immutable; the defaults are what a hub runs with.</summary>
internal sealed record DoorTimes
{
    /// <summary>From the first byte of a request to the last of its headers.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A TLS handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two requests, and before the first. Longer than the two minutes after which a browser lets go.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>A body may be slower than 240 bytes a second for so long.</summary>
    public TimeSpan SlowBody { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the connection to the end of CONNECT.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);
}
