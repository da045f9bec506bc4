namespace StemLab.Agent.Sensors;

/// <summary>A probe whose first output other probes are compensated with.</summary>
/// <param name="probe">The probe; owned.</param>
/// <param name="latest">Told every value of the first output.</param>
internal sealed class OverheardProbe(IProbe probe, LatestReading latest) : IProbe
{
    /// <inheritdoc/>
    public ProbeDescription Description => probe.Description;

    /// <inheritdoc/>
    public IReadOnlyList<HealthFact> Health => probe.Health;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        await probe.ReadAsync(into, cancellationToken);
        if (!into.IsEmpty && into.Span[0].Status == ReadStatus.Raw)
        {
            latest.Tell(into.Span[0].Value);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => probe.DisposeAsync();
}
