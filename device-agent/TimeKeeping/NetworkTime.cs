namespace StemLab.Agent.TimeKeeping;

/// <summary>The system's wall clock, while the kernel says that a time server disciplines it. Stateless.</summary>
/// <param name="read">Asks the kernel: UTC µs and the most it is off, µs; null while it is not synchronised.</param>
internal sealed class NetworkTime(Func<(long UtcUs, long MaxErrorUs)?> read) : ITimeSource
{
    /// <summary>Some time services tell the kernel less than the whole path to their server: this is added.</summary>
    private const long PathUs = 200_000;

    /// <inheritdoc/>
    public string Name => "ntp";

    /// <inheritdoc/>
    public SourceTime? Now() => read() is { } now ? new SourceTime(now.UtcUs, now.MaxErrorUs + PathUs) : null;
}
