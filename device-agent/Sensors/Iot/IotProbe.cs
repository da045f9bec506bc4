using System.Device.I2c;
using StemLab.Agent.Sensors.I2c;
using StemLab.IotBindings;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Iot;

/// <summary>Any device of Iot.Device.Bindings as a probe. Its driver has the bus for itself while it reads. One reader.</summary>
internal sealed class IotProbe : IProbe
{
    private readonly SharedBus bus;
    private readonly int address;
    private readonly Func<I2cDevice, Func<double?[]>> open;
    private readonly TroubleLine trouble;
    private readonly Words place;
    private I2cDevice? opened;
    private Func<double?[]>? read;

    /// <param name="device">What it gives.</param>
    /// <param name="open">Starts its driver on an address.</param>
    /// <param name="bus">Its bus.</param>
    /// <param name="address">3 to 119.</param>
    /// <param name="port">Port of its inputs.</param>
    /// <param name="interval">Time between readings.</param>
    /// <param name="ground">For its troubles.</param>
    public IotProbe(IotDevice device, Func<I2cDevice, Func<double?[]>> open, SharedBus bus, int address, string port, TimeSpan interval, Ground ground)
    {
        (this.open, this.bus, this.address) = (open, bus, address);
        place = I2cWords.Place(bus, address);
        var name = $"{port} ({device.Kind}, {place.En})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, interval, [.. device.Outputs.Select(output => new OutputDescription(port, output.Quantity, output.UnitUcum) { BoardSettings = "as its driver sets it", ProbeModel = device.Kind })]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        if (bus.KernelDriverOf(address) is { } driver)
        {
            Miss(into.Span, I2cWords.Owned(place, driver), MissingReason.Fault);
            return;
        }

        double?[] values = [];
        Exception? odd = null;
        var transfer = await bus.UseAsync(address, device => values = Read(device, out odd), cancellationToken);
        if (transfer != Transfer.Done || odd is not null)
        {
            // Started anew at the next: a device that was away has forgotten what its driver had set.
            opened = null;
            Miss(into.Span, odd is null ? I2cWords.Why(place, transfer) : new Words($"its driver says: {odd.Message}", $"trình điều khiển báo: {odd.Message}"), odd is null ? I2cWords.Reason(transfer) : MissingReason.Fault);
            return;
        }

        trouble.Over();
        for (var i = 0; i < into.Length; i++)
        {
            into.Span[i] = i < values.Length && values[i] is { } value ? RawReading.Of(i, value) : RawReading.Without(i, MissingReason.Fault);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private double?[] Read(I2cDevice device, out Exception? odd)
    {
        odd = null;
        try
        {
            if (!ReferenceEquals(device, opened))
            {
                read = open(device);
                opened = device;
            }

            return read!();
        }
        catch (Exception failure) when (failure is not (IOException or UnauthorizedAccessException or PlatformNotSupportedException))
        {
            odd = failure;
            return [];
        }
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
