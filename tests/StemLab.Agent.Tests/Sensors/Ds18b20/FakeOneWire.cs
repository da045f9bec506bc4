using System.Globalization;
using StemLab.TestKit;

namespace StemLab.Agent.Sensors.Ds18b20;

/// <summary>A tree as the kernel's w1_therm driver makes it.</summary>
internal sealed class FakeOneWire : IDisposable
{
    private readonly TempFolder folder = new();

    public FakeOneWire() => Directory.CreateDirectory(Devices);

    public string Sysfs => folder.Path;

    private string Devices => Path.Combine(folder.Path, "bus/w1/devices");

    /// <summary>A probe on a kernel that has only w1_slave.</summary>
    public void PlugOld(string id, string slave)
    {
        Directory.CreateDirectory(Path.Combine(Devices, id));
        File.WriteAllText(Path.Combine(Devices, id, "w1_slave"), slave);
    }

    /// <summary>A probe on a newer kernel; both files.</summary>
    public void Plug(string id, int milliCelsius)
    {
        var raw = (short)Math.Floor(milliCelsius * 16 / 1000.0);
        PlugOld(id, Slave($"{raw & 0xFF:x2} {(raw >> 8) & 0xFF:x2} 4b 46 7f ff 0c 10 70", "70 YES", milliCelsius));
        Write(id, milliCelsius.ToString(CultureInfo.InvariantCulture) + "\n");
    }

    public void Write(string id, string temperature) => File.WriteAllText(Path.Combine(Devices, id, "temperature"), temperature);

    public void Unplug(string id) => Directory.Delete(Path.Combine(Devices, id), recursive: true);

    public void Add(string name) => Directory.CreateDirectory(Path.Combine(Devices, name));

    public static string Slave(string bytes, string verdict, int milliCelsius) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes} : crc={verdict}\n{bytes} t={milliCelsius}\n");

    public void Dispose() => folder.Dispose();
}
