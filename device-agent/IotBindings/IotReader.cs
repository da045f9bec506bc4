namespace StemLab.IotBindings;

/// <summary>A driver at work. One thread.</summary>
/// <param name="read">Reads all values once.</param>
/// <param name="owned">Closed with it, the last first: a driver on pins or SPI and what it was handed. An address on I2C is the bus's and stays open.</param>
public sealed class IotReader(Func<double?[]> read, IReadOnlyList<IDisposable> owned) : IDisposable
{
    /// <summary>All values, null where the device has none just now.</summary>
    /// <exception cref="IOException">The device does not answer.</exception>
    public double?[] Read() => read();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var one in owned.Reverse())
        {
            one.Dispose();
        }
    }
}
