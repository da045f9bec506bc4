namespace StemLab.Hub.Intake;

/// <summary>Bounds of the front door. Not for people to set: tests narrow them.</summary>
internal sealed record IntakeOptions
{
    /// <summary>Longest CONNECT, bytes: all that an unknown sender may make the hub hold.</summary>
    public int MaxConnectBytes { get; init; } = 4 * 1024;

    /// <summary>Longest packet of an accepted connection, bytes.</summary>
    public int MaxPacketBytes { get; init; } = 256 * 1024;

    /// <summary>Publishes of one connection between reading and answer. When full the connection is not read: TCP holds the sender back.</summary>
    public int WindowPublishes { get; init; } = 1024;

    /// <summary>Of these, publishes longer than <see cref="SmallPublishBytes"/>.</summary>
    public int WindowLargePublishes { get; init; } = 64;

    /// <summary>Up to here a publish counts as small, bytes.</summary>
    public int SmallPublishBytes { get; init; } = 4 * 1024;

    /// <summary>How long a connection may take to send its CONNECT.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a publish may wait for its commit before the connection is closed unanswered.</summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest time between two rounds of reading while many senders trickle; zero = each publish is read at once.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Connections at once.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Messages waiting for one slow subscriber before the oldest is dropped and counted.</summary>
    public int MaxPendingPerSubscriber { get; init; } = 200;

    /// <summary>Devices that may appear by themselves; beyond, their messages are refused by reason.</summary>
    public int MaxForeignDevices { get; init; } = 1000;

    /// <summary>Channels one such device may open.</summary>
    public int MaxForeignChannels { get; init; } = 256;

    /// <summary>Unreadable messages kept aside per minute; beyond, they are counted only.</summary>
    public int AsidePerMinute { get; init; } = 200;
}
