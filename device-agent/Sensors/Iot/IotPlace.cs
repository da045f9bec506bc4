using System.Device.I2c;
using StemLab.Agent.Sensors.I2c;

namespace StemLab.Agent.Sensors.Iot;

/// <summary>Where a driver of its own transfers sits. Immutable.</summary>
/// <param name="Where">For people.</param>
/// <param name="KernelDriver">The kernel driver that owns the place; null = none does.</param>
/// <param name="UseAsync">Has something done there, with the address where it is one on I2C; nobody else is on that bus meanwhile.</param>
internal sealed record IotPlace(Words Where, Func<string?> KernelDriver, Func<Action<I2cDevice?>, CancellationToken, ValueTask<Transfer>> UseAsync)
{
    /// <summary>An address on an I2C bus.</summary>
    public static IotPlace On(SharedBus bus, int address) => new(I2cWords.Place(bus, address), () => bus.KernelDriverOf(address), (use, stop) => bus.UseAsync(address, use, stop));

    /// <summary>SPI or pins, which a driver has for itself anyway.</summary>
    public static IotPlace OnPins(string driver) => new(new Words($"{driver} on SPI or pins", $"{driver} trên SPI hoặc chân GPIO"), () => null, (use, _) => ValueTask.FromResult(Use(use)));

    private static Transfer Use(Action<I2cDevice?> use)
    {
        try
        {
            use(null);
            return Transfer.Done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return failure is IOException ? Transfer.NoAcknowledge : Transfer.NoBus;
        }
    }
}
