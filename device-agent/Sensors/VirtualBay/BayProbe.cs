using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.VirtualBay;

/// <summary>
/// The six probes of one agent of the virtual bay: 24 hours of history every 10 s, then live every second, on a boot clock that began 24 hours before the first start.
/// One reader.
/// </summary>
internal sealed class BayProbe(BayWorld world, BaySite site, TimeProvider time) : ITimedSource
{
    public static readonly TimeSpan History = TimeSpan.FromHours(24);

    private const long LiveStepUs = 1_000_000;
    private const long HistoryStepUs = 10_000_000;

    /// <summary>Output, resolution in its unit, and noise as a multiple of the resolution.</summary>
    private static readonly (string Port, string Quantity, string Unit, int Decimals, double Noise, string Model)[] Outputs =
    [
        ("ph", "ph", "[pH]", 3, 3, "virtual pH"),
        ("temperature", "water_temperature", "Cel", 2, 1, "virtual thermistor"),
        ("conductivity", "electrical_conductivity", "mS/cm", 2, 2, "virtual conductivity cell"),
        ("oxygen", "dissolved_oxygen", "mg/L", 2, 2, "virtual optode"),
        ("turbidity", "turbidity", "{NTU}", 1, 2, "virtual nephelometer"),
        ("depth", "depth", "m", 2, 1, "virtual pressure sensor"),
    ];

    public ProbeDescription Description { get; } = new(
        $"virtual bay, {site.Slug}",
        TimeSpan.FromSeconds(1),
        [.. Outputs.Select(output => new OutputDescription(output.Port, output.Quantity, output.Unit) { ProbeModel = output.Model })]);

    public SourceClock Clock { get; } = SourceClock.Device(History);

    public async IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var utcAtZeroUs = ((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) - nowTUs;
        var tUs = RoundUp(fromTUs, LiveStepUs);
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var reading in ReadingsAt(tUs, utcAtZeroUs))
            {
                yield return reading;
            }

            // History is coarser than life; the grid is the clock's, so a restart falls on it again.
            var step = tUs + HistoryStepUs <= nowTUs ? HistoryStepUs : LiveStepUs;
            tUs = RoundUp(tUs + 1, step);
        }

        await Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ImmutableArray<TimedReading> ReadingsAt(long tUs, long utcAtZeroUs)
    {
        var utcSeconds = (tUs + utcAtZeroUs) / 1e6;
        var water = world.At(site, utcSeconds);
        ReadOnlySpan<double> truth = [water.Ph, water.Celsius, water.ConductivityMilliSiemensPerCm, water.OxygenMgPerL, water.TurbidityNtu, water.DepthM];
        var readings = ImmutableArray.CreateBuilder<TimedReading>(Outputs.Length);
        for (var i = 0; i < Outputs.Length; i++)
        {
            var resolution = Math.Pow(10, -Outputs[i].Decimals);
            var noise = (world.Hash(tUs + utcAtZeroUs, BayWorld.StableHash(site.Slug) + i) - 0.5) * 2 * Outputs[i].Noise * resolution;
            readings.Add(new TimedReading(i, tUs, Math.Round(truth[i] + noise, Outputs[i].Decimals), MissingReason.Unspecified));
        }

        return readings.MoveToImmutable();
    }

    private static long RoundUp(long value, long step) => (value + step - 1) / step * step;
}
