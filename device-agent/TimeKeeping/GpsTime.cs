namespace StemLab.Agent.TimeKeeping;

/// <summary>A GPS receiver as a clock. One thread.</summary>
/// <param name="read">UTC now, µs since 1970, and the half-width of its bound, µs; null while the receiver does not know, or its time jumps.</param>
internal sealed class GpsTime(Func<(long UtcUs, long SigmaUs)?> read) : ITimeSource
{
    /// <inheritdoc/>
    public string Name => "gps";

    /// <inheritdoc/>
    public SourceTime? Now() => read() is { } said ? new SourceTime(said.UtcUs, said.SigmaUs) : null;
}
