using System.Buffers.Binary;
using StemLab.Agent.Sensors.I2c;

namespace StemLab.Agent.Sensors.Ads1115;

/// <summary>
/// One converter, shared by the probes at its inputs: single conversions, started and read one at a time, because it has one multiplexer and one result. Safe from any thread.
/// </summary>
/// <param name="bus">Its bus.</param>
/// <param name="address">0x48 to 0x4b.</param>
/// <param name="time">For the time of a conversion.</param>
internal sealed class Ads1115Chip(SharedBus bus, int address, TimeProvider time) : IDisposable
{
    /// <summary>Conversions of one reading where there is time for them, and the time between: ten in 100 ms are five whole periods of 50 Hz mains and six of 60 Hz.</summary>
    public const int Conversions = 10;

    private const byte ConversionRegister = 0;
    private const byte ConfigRegister = 1;

    // Datasheet SBAS444, table 8-3: start, single-shot, 860 a second, comparator off.
    private const int Start = 0x8000;
    private const int SingleShot = 0x0100;
    private const int Fastest = 0x00E0;
    private const int NoComparator = 0x0003;
    private static readonly TimeSpan ConversionTime = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(10);

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly byte[] result = new byte[2];

    /// <summary>Its bus.</summary>
    public SharedBus Bus => bus;

    /// <summary>Its address.</summary>
    public int Address => address;

    /// <summary>Converts a few times.</summary>
    /// <param name="input">Index into <see cref="Ads1115Settings.Inputs"/>.</param>
    /// <param name="range">Full scale.</param>
    /// <param name="count">1, or <see cref="Conversions"/>, 10 ms apart.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it went; the sum of the results; whether one of them was an end of the scale.</returns>
    public async ValueTask<(Transfer Transfer, long Sum, bool IsSaturated)> ConvertAsync(int input, Ads1115Range range, int count, CancellationToken cancellationToken)
    {
        var config = Start | (input << 12) | (range.Code << 9) | SingleShot | Fastest | NoComparator;
        byte[] start = [ConfigRegister, (byte)(config >> 8), (byte)config];
        await turn.WaitAsync(cancellationToken);
        try
        {
            var sum = 0L;
            var isSaturated = false;
            for (var i = 0; i < count; i++)
            {
                if (i > 0)
                {
                    await Task.Delay(Spacing - ConversionTime, time, cancellationToken);
                }

                var transfer = await bus.WriteAsync(address, start, cancellationToken);
                if (transfer == Transfer.Done)
                {
                    await Task.Delay(ConversionTime, time, cancellationToken);
                    transfer = await ReadAsync(cancellationToken);
                }

                if (transfer != Transfer.Done)
                {
                    return (transfer, 0, false);
                }

                var value = BinaryPrimitives.ReadInt16BigEndian(result);
                sum += value;
                isSaturated |= value is short.MaxValue or short.MinValue;
            }

            return (Transfer.Done, sum, isSaturated);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private async ValueTask<Transfer> ReadAsync(CancellationToken cancellationToken)
    {
        var pointed = await bus.WriteAsync(address, new[] { ConversionRegister }, cancellationToken);
        return pointed == Transfer.Done ? await bus.ReadAsync(address, result, cancellationToken) : pointed;
    }
}
