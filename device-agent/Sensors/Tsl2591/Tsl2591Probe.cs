using System.Buffers.Binary;
using System.Collections.Immutable;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Tsl2591;

/// <summary>
/// A TSL2591 light sensor. It chooses the gain that fits the light, from starlight to the sun, and measures for 100 ms. One reader.
/// </summary>
/// <remarks>ams datasheet TSL2591 v2-00 (2018), register table 6.1; counts to lux: ams design note DN40, (C0 - C1)(1 - C1/C0) / (time × gain / 408).</remarks>
internal sealed class Tsl2591Probe : IProbe
{
    /// <summary>Its only address.</summary>
    public const int Address = 0x29;

    /// <summary>It measures three times at most.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(500);

    private const byte Command = 0xA0;
    private const byte EnableRegister = 0x00;
    private const byte ControlRegister = 0x01;
    private const byte IdRegister = 0x12;
    private const byte FirstCount = 0x14;
    private const byte On = 0x03;
    private const byte Off = 0x00;
    private const byte Id = 0x50;

    // 100 ms give 36,863 counts at most (datasheet, page 8).
    private const int Most = 36_863;
    private const int TooMuch = 36_000;
    private const int TooLittle = 100;
    private const double Milliseconds = 100;
    private const double DeviceFactor = 408;
    private static readonly TimeSpan Takes = TimeSpan.FromMilliseconds(120);

    // Gain as the datasheet types it, low to maximum, with its code.
    private static readonly ImmutableArray<(double Gain, byte Code)> Gains = [(1, 0x00), (24.5, 0x10), (400, 0x20), (9_200, 0x30)];

    private readonly SharedBus bus;
    private readonly TimeProvider time;
    private readonly TroubleLine trouble;
    private readonly Words place;
    private readonly byte[] counts = new byte[4];
    private readonly byte[] id = new byte[1];
    private int gain = 1;

    /// <param name="bus">Its bus.</param>
    /// <param name="port">Port of its input.</param>
    /// <param name="interval">Time between readings.</param>
    /// <param name="ground">For its troubles.</param>
    public Tsl2591Probe(SharedBus bus, string port, TimeSpan interval, Ground ground)
    {
        (this.bus, time) = (bus, ground.Time);
        place = I2cWords.Place(bus, Address);
        var name = $"{port} (TSL2591, {place.En})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, interval, [new OutputDescription(port, "illuminance", "lx") { BoardSettings = "gain as fits, 100 ms", ProbeModel = "ams TSL2591" }]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        into.Span[0] = RawReading.Without(0, MissingReason.Fault);
        if (bus.KernelDriverOf(Address) is { } driver)
        {
            trouble.Say(I2cWords.Owned(place, driver));
            return;
        }

        var transfer = await ReadAsync(IdRegister, id, cancellationToken);
        if (transfer == Transfer.Done && id[0] != Id)
        {
            trouble.Say(new Words($"{place.En} is no TSL2591 (it calls itself 0x{id[0]:x2})", $"{place.Vi} không phải là TSL2591 (nó tự xưng 0x{id[0]:x2})"));
            return;
        }

        for (var attempt = 0; attempt < Gains.Length && transfer == Transfer.Done; attempt++)
        {
            transfer = await MeasureAsync(cancellationToken);
            if (transfer != Transfer.Done)
            {
                break;
            }

            int full = BinaryPrimitives.ReadUInt16LittleEndian(counts);
            int infrared = BinaryPrimitives.ReadUInt16LittleEndian(counts.AsSpan(2));
            if (Math.Max(full, infrared) > TooMuch && gain > 0)
            {
                gain--;
                continue;
            }

            if (full < TooLittle && gain < Gains.Length - 1 && attempt < Gains.Length - 1)
            {
                gain++;
                continue;
            }

            Give(full, infrared, into.Span);
            return;
        }

        if (transfer != Transfer.Done)
        {
            trouble.Say(I2cWords.Why(place, transfer));
            into.Span[0] = RawReading.Without(0, I2cWords.Reason(transfer));
            return;
        }

        trouble.Say(new Words("the light changed faster than it could be measured", "ánh sáng thay đổi nhanh hơn tốc độ đo"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>lx from the counts of both diodes; 0 in the dark.</summary>
    public static double Lux(int full, int infrared, double gain) =>
        full == 0 ? 0 : Math.Round(Math.Max(0, (full - infrared) * (1 - ((double)infrared / full)) / (Milliseconds * gain / DeviceFactor)), 4);

    private void Give(int full, int infrared, Span<RawReading> into)
    {
        if (Math.Max(full, infrared) >= Most)
        {
            trouble.Say(new Words("there is more light than it can measure", "ánh sáng mạnh hơn mức nó đo được"));
            into[0] = RawReading.Without(0, MissingReason.OutOfRange);
            return;
        }

        trouble.Over();
        into[0] = RawReading.Of(0, Lux(full, infrared, Gains[gain].Gain));
    }

    /// <summary>Off and on again, so that the counts are all of one gain.</summary>
    private async ValueTask<Transfer> MeasureAsync(CancellationToken cancellationToken)
    {
        foreach (var (register, value) in new[] { (EnableRegister, Off), (ControlRegister, Gains[gain].Code), (EnableRegister, On) })
        {
            if (await bus.WriteAsync(Address, new[] { (byte)(Command | register), value }, cancellationToken) is var transfer and not Transfer.Done)
            {
                return transfer;
            }
        }

        await Task.Delay(Takes, time, cancellationToken);
        return await ReadAsync(FirstCount, counts, cancellationToken);
    }

    private async ValueTask<Transfer> ReadAsync(byte register, Memory<byte> into, CancellationToken cancellationToken)
    {
        var pointed = await bus.WriteAsync(Address, new[] { (byte)(Command | register) }, cancellationToken);
        return pointed == Transfer.Done ? await bus.ReadAsync(Address, into, cancellationToken) : pointed;
    }
}
