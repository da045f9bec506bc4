using System.Buffers.Binary;
using StemLab.Agent.Sensors.I2c;

namespace StemLab.Agent.Sensors.Sensirion;

/// <summary>How a question to a chip ended.</summary>
/// <param name="Transfer">What the bus did.</param>
/// <param name="IsIntact">False where a checksum was wrong.</param>
internal readonly record struct SensirionAnswer(Transfer Transfer, bool IsIntact)
{
    /// <summary>True where the words count.</summary>
    public bool IsGood => Transfer == Transfer.Done && IsIntact;
}

/// <summary>
/// Talks with one Sensirion chip: a command of 16 bits, words of 16 bits, each with a checksum of 8. One conversation at a time.
/// </summary>
/// <param name="bus">Its bus.</param>
/// <param name="address">Its address.</param>
/// <param name="time">For the chip's own times.</param>
internal sealed class SensirionChip(SharedBus bus, int address, TimeProvider time)
{
    private const int MostWords = 6;
    private readonly byte[] buffer = new byte[MostWords * 3];

    /// <summary>The words of the last answer.</summary>
    public ushort[] Words { get; } = new ushort[MostWords];

    /// <summary>CRC-8, polynomial 0x31, from 0xff: 0x92 for 0xbeef.</summary>
    public static byte Crc(ReadOnlySpan<byte> bytes)
    {
        byte crc = 0xFF;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (byte)((crc & 0x80) != 0 ? (crc << 1) ^ 0x31 : crc << 1);
            }
        }

        return crc;
    }

    /// <summary>Sends a command, with an argument where it has one, and waits the chip's time.</summary>
    public async ValueTask<Transfer> TellAsync(ushort command, ushort? argument, TimeSpan takes, CancellationToken cancellationToken)
    {
        var bytes = new byte[argument is null ? 2 : 5];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, command);
        if (argument is { } value)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), value);
            bytes[4] = Crc(bytes.AsSpan(2, 2));
        }

        var transfer = await bus.WriteAsync(address, bytes, cancellationToken);
        if (transfer == Transfer.Done)
        {
            await Task.Delay(takes, time, cancellationToken);
        }

        return transfer;
    }

    /// <summary>Sends a command and reads words into <see cref="Words"/>.</summary>
    public async ValueTask<SensirionAnswer> AskAsync(ushort command, int words, TimeSpan takes, CancellationToken cancellationToken)
    {
        var transfer = await TellAsync(command, null, takes, cancellationToken);
        if (transfer != Transfer.Done || (transfer = await bus.ReadAsync(address, buffer.AsMemory(0, words * 3), cancellationToken)) != Transfer.Done)
        {
            return new SensirionAnswer(transfer, true);
        }

        for (var i = 0; i < words; i++)
        {
            if (Crc(buffer.AsSpan(i * 3, 2)) != buffer[(i * 3) + 2])
            {
                return new SensirionAnswer(Transfer.Done, false);
            }

            Words[i] = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(i * 3));
        }

        return new SensirionAnswer(Transfer.Done, true);
    }
}
