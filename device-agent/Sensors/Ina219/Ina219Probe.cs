using System.Buffers.Binary;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ina219;

/// <summary>An INA219: voltage and current of a supply, a battery, a solar cell. One reader.</summary>
/// <remarks>TI datasheet SBOS448G (2015), 8.6: the bus voltage in steps of 4 mV, the voltage over the resistor in steps of 10 µV; the resistor of the usual board has 0.1 Ω.</remarks>
internal sealed class Ina219Probe : IProbe
{
    /// <summary>Address with both bridges open.</summary>
    public const int FactoryAddress = 0x40;

    private const byte ConfigRegister = 0;
    private const byte ShuntRegister = 1;
    private const byte BusRegister = 2;

    // 32 V, ±320 mV, 12 bits, 32 conversions averaged (17 ms) of both, without pause.
    private const ushort Config = 0x3EEF;
    private const double StepsPerAmpere = 10_000;
    private const double StepsPerVolt = 250;
    private const int MostShunt = 32_000;

    private readonly SharedBus bus;
    private readonly int address;
    private readonly TroubleLine trouble;
    private readonly Words place;
    private readonly byte[] word = new byte[2];

    /// <param name="bus">Its bus.</param>
    /// <param name="address">0x40 to 0x4f.</param>
    /// <param name="port">Port of its inputs.</param>
    /// <param name="interval">Time between readings.</param>
    /// <param name="ground">For its troubles.</param>
    public Ina219Probe(SharedBus bus, int address, string port, TimeSpan interval, Ground ground)
    {
        (this.bus, this.address) = (bus, address);
        place = I2cWords.Place(bus, address);
        var name = $"{port} (INA219, {place.En})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, interval, [Describe(port, "voltage", "V"), Describe(port, "current", "A")]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        if (bus.KernelDriverOf(address) is { } driver)
        {
            trouble.Say(I2cWords.Owned(place, driver));
            Fill(into.Span, MissingReason.Fault);
            return;
        }

        // A chip that lost its supply forgets its setting: it is looked at before every reading.
        var transfer = await ReadAsync(ConfigRegister, cancellationToken);
        if (transfer == Transfer.Done && BinaryPrimitives.ReadUInt16BigEndian(word) != Config)
        {
            transfer = await bus.WriteAsync(address, new byte[] { ConfigRegister, Config >> 8, Config & 0xFF }, cancellationToken);
            if (transfer == Transfer.Done)
            {
                trouble.Say(new Words("it has just got its supply and is set anew", "nó vừa có nguồn và đang được đặt lại"));
                Fill(into.Span, MissingReason.Fault);
                return;
            }
        }

        var volts = 0;
        if (transfer == Transfer.Done && (transfer = await ReadAsync(BusRegister, cancellationToken)) == Transfer.Done)
        {
            volts = BinaryPrimitives.ReadUInt16BigEndian(word) >> 3;
            transfer = await ReadAsync(ShuntRegister, cancellationToken);
        }

        if (transfer != Transfer.Done)
        {
            trouble.Say(I2cWords.Why(place, transfer));
            Fill(into.Span, I2cWords.Reason(transfer));
            return;
        }

        int shunt = BinaryPrimitives.ReadInt16BigEndian(word);
        into.Span[0] = RawReading.Of(0, volts / StepsPerVolt);
        into.Span[1] = Math.Abs(shunt) < MostShunt ? RawReading.Of(1, shunt / StepsPerAmpere) : RawReading.Without(1, MissingReason.OutOfRange);
        if (into.Span[1].Status == ReadStatus.Raw)
        {
            trouble.Over();
        }
        else
        {
            trouble.Say(new Words("more current than 3.2 A flows: it cannot measure that", "dòng điện lớn hơn 3,2 A: nó không đo được"));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static OutputDescription Describe(string port, string quantity, string unit) => new(port, quantity, unit) { BoardSettings = "0.1 Ohm, 32 V, mean of 32", ProbeModel = "TI INA219" };

    private static void Fill(Span<RawReading> into, MissingReason reason)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = RawReading.Without(i, reason);
        }
    }

    private async ValueTask<Transfer> ReadAsync(byte register, CancellationToken cancellationToken)
    {
        var pointed = await bus.WriteAsync(address, new[] { register }, cancellationToken);
        return pointed == Transfer.Done ? await bus.ReadAsync(address, word, cancellationToken) : pointed;
    }
}
