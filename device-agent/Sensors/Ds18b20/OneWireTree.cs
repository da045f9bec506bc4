using System.Text;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ds18b20;

/// <summary>
/// The kernel's tree of 1-Wire devices. Opening a file makes its probe measure, which blocks for up to 750 ms, and the wire carries one at a time: so does this. Safe from any thread.
/// </summary>
/// <param name="sysfsRoot">/sys, or a tree of the same shape.</param>
internal sealed class OneWireTree(string sysfsRoot) : IDisposable
{
    private const int NoDevice = 19;
    private const int MostBytes = 256;
    private readonly string devices = Path.Combine(sysfsRoot, "bus/w1/devices");
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>True where the kernel has a 1-Wire bus at all.</summary>
    public bool Exists => Directory.Exists(devices);

    /// <summary>Ids of the DS18B20 probes there now, in order.</summary>
    public IReadOnlyList<string> Ids()
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(devices).Select(Path.GetFileName).OfType<string>().Where(Ds18b20Text.IsId).Order(StringComparer.Ordinal)];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Lets a probe measure and reads it.</summary>
    /// <param name="id">28-xxxxxxxxxxxx.</param>
    /// <param name="before">The last value believed, °C; null of none.</param>
    /// <param name="cancellationToken">Gives up waiting for the wire.</param>
    public async ValueTask<Ds18b20Reading> ReadAsync(string id, double? before, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var temperature = Path.Combine(devices, id, "temperature");
            var slave = Path.Combine(devices, id, "w1_slave");
            if (!File.Exists(temperature))
            {
                return Ds18b20Text.ReadSlave(await TextAsync(slave, cancellationToken), before);
            }

            var reading = Ds18b20Text.ReadTemperature(await TextAsync(temperature, cancellationToken), before);

            // Zero is an ice bath or a short circuit; only the bytes tell which.
            return reading is { Missing: MissingReason.Unspecified, Celsius: 0 } && File.Exists(slave)
                ? Ds18b20Text.ReadSlave(await TextAsync(slave, cancellationToken), before)
                : reading;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure is FileNotFoundException or DirectoryNotFoundException || failure.HResult == NoDevice
                ? Ds18b20Reading.Without(MissingReason.Absent, "it is not on the wire: unplugged, or not found by the kernel yet", "nó không có trên dây: đã rút ra, hoặc nhân hệ điều hành chưa tìm thấy")
                : Ds18b20Reading.Without(MissingReason.Fault, $"the kernel could not read it: {failure.Message}", $"nhân hệ điều hành không đọc được nó: {failure.Message}");
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    /// <summary>One read from the beginning: a second would measure again.</summary>
    private static async ValueTask<string> TextAsync(string path, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[MostBytes];
        return Encoding.ASCII.GetString(bytes, 0, await RandomAccess.ReadAsync(file, bytes, 0, cancellationToken));
    }
}
