using System.Device.I2c;
using StemLab.Agent.Sensors.I2c;
using StemLab.IotBindings;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Iot;

/// <summary>Any device of Iot.Device.Bindings as a probe. Its driver has the bus for itself while it reads. One reader.</summary>
internal sealed class IotProbe : IProbe
{
    private readonly IotPlace place;
    private readonly Func<I2cDevice?, IotReader> open;
    private readonly TroubleLine trouble;
    private I2cDevice? opened;
    private IotReader? reader;

    /// <param name="device">What it gives.</param>
    /// <param name="open">Starts its driver; given the address where it sits on I2C.</param>
    /// <param name="place">Where it sits.</param>
    /// <param name="port">Port of its inputs.</param>
    /// <param name="interval">Time between readings.</param>
    /// <param name="ground">For its troubles.</param>
    public IotProbe(IotDevice device, Func<I2cDevice?, IotReader> open, IotPlace place, string port, TimeSpan interval, Ground ground)
    {
        (this.open, this.place) = (open, place);
        var name = $"{port} ({device.Kind}, {place.Where.En})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, interval, [.. device.Outputs.Select(output => new OutputDescription(port, output.Quantity, output.UnitUcum) { BoardSettings = "as its driver sets it", ProbeModel = device.Kind })]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        if (place.KernelDriver() is { } driver)
        {
            Miss(into.Span, I2cWords.Owned(place.Where, driver), MissingReason.Fault);
            return;
        }

        double?[] values = [];
        Exception? odd = null;
        var transfer = await place.UseAsync(device => values = Read(device, out odd), cancellationToken);
        if (transfer != Transfer.Done || odd is not null)
        {
            // Started anew at the next: a device that was away has forgotten what its driver had set.
            Close();
            Miss(into.Span, odd is null ? I2cWords.Why(place.Where, transfer) : new Words($"its driver says: {odd.Message}", $"trình điều khiển báo: {odd.Message}"), odd is null ? I2cWords.Reason(transfer) : MissingReason.Fault);
            return;
        }

        trouble.Over();
        for (var i = 0; i < into.Length; i++)
        {
            into.Span[i] = i < values.Length && values[i] is { } value ? RawReading.Of(i, value) : RawReading.Without(i, MissingReason.Fault);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private double?[] Read(I2cDevice? device, out Exception? odd)
    {
        odd = null;
        try
        {
            if (reader is null || !ReferenceEquals(device, opened))
            {
                Close();
                (reader, opened) = (open(device), device);
            }

            return reader.Read();
        }
        catch (Exception failure) when (failure is not (IOException or UnauthorizedAccessException or PlatformNotSupportedException))
        {
            odd = failure;
            return [];
        }
    }

    private void Close()
    {
        reader?.Dispose();
        (reader, opened) = (null, null);
    }

    private void Miss(Span<RawReading> into, Words why, MissingReason reason)
    {
        trouble.Say(why);
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = RawReading.Without(i, reason);
        }
    }
}
