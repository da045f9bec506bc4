using System.Collections.Concurrent;
using System.Device.I2c;

namespace StemLab.Agent.Sensors.I2c;

/// <summary>A chip at an address, as the wire sees it.</summary>
internal abstract class SimulatedChip
{
    public abstract void Write(ReadOnlySpan<byte> bytes);

    public abstract void Read(Span<byte> into);
}

/// <summary>
/// A bus whose faults a test chooses, with the words of the real library. One transfer at a time is the driver's duty: two at once are counted.
/// </summary>
internal sealed class SimulatedI2cBus(int seed = 1) : I2cBus
{
    private readonly Random random = new(seed);
    private int inTransfer;

    /// <summary>Chips by address; a test plugs them in and out.</summary>
    public ConcurrentDictionary<int, SimulatedChip> Chips { get; } = [];

    /// <summary>Chance that a transfer is not acknowledged.</summary>
    public double NakRate { get; set; }

    /// <summary>Chance that the highest bit of a byte after the first is set.</summary>
    public double GlitchRate { get; set; }

    /// <summary>SDA is held low.</summary>
    public bool IsStuck { get; set; }

    /// <summary>The machine has no such bus.</summary>
    public bool IsGone { get; set; }

    public int Transfers { get; private set; }

    public int Opened { get; private set; }

    public int TwoAtOnce { get; private set; }

    /// <summary>What <see cref="I2cBus.Create"/> is on a real machine.</summary>
    public I2cBus Open(int number)
    {
        Opened++;
        return IsGone ? throw new IOException($"Error 2. Can not open I2C device file '/dev/i2c-{number}'.") : this;
    }

    public override I2cDevice CreateDevice(int deviceAddress) => new Device(this, deviceAddress);

    public override void RemoveDevice(int deviceAddress)
    {
        // Devices hold nothing.
    }

    private void Transfer(int address, Action<SimulatedChip> transfer)
    {
        Transfers++;
        TwoAtOnce += Interlocked.Increment(ref inTransfer) > 1 ? 1 : 0;
        try
        {
            if (IsGone)
            {
                throw new IOException("Error 19 (No such device) performing I2C data transfer.");
            }

            if (IsStuck)
            {
                throw new IOException("Error 110 (Connection timed out) performing I2C data transfer.");
            }

            if (!Chips.TryGetValue(address, out var chip) || random.NextDouble() < NakRate)
            {
                throw new IOException("Error 121 (Remote I/O error) performing I2C data transfer.");
            }

            transfer(chip);
        }
        finally
        {
            Interlocked.Decrement(ref inTransfer);
        }
    }

    private sealed class Device(SimulatedI2cBus bus, int address) : I2cDevice
    {
        public override I2cConnectionSettings ConnectionSettings { get; } = new(1, address);

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var bytes = buffer.ToArray();
            bus.Transfer(address, chip => chip.Write(bytes));
        }

        public override void Read(Span<byte> buffer)
        {
            var bytes = new byte[buffer.Length];
            bus.Transfer(address, chip => chip.Read(bytes));
            for (var i = 1; i < bytes.Length && bytes[i] != 0; i++)
            {
                bytes[i] |= bus.random.NextDouble() < bus.GlitchRate ? (byte)0x80 : (byte)0;
            }

            bytes.CopyTo(buffer);
        }

        /// <summary>In one transfer, as drivers of the package do; a circuit that needs time between the two answers that it is busy.</summary>
        public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            Write(writeBuffer);
            Read(readBuffer);
        }
    }
}
