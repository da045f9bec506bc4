using StemLab.TestKit;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>A tree of the kernel's shape: devices at their places, links to them from the classes that register them.</summary>
internal sealed class FakeKernel : IDisposable
{
    private readonly TempFolder? folder;
    private int next;

    public FakeKernel() => Sysfs = (folder = new TempFolder()).Path;

    /// <summary>Devices in a tree that is there already.</summary>
    public FakeKernel(string sysfs) => Sysfs = sysfs;

    public string Sysfs { get; }

    /// <summary>Registers an IIO device at a place; returns the folder of its files.</summary>
    public string PlugIio(string place, string name, params (string File, string Text)[] files) =>
        Plug(place, $"iio:device{next++}", "bus/iio/devices", name, files);

    /// <summary>Registers an hwmon device at a place.</summary>
    public string PlugHwmon(string place, string name, params (string File, string Text)[] files) =>
        Plug(place, $"hwmon/hwmon{next++}", "class/hwmon", name, files, Place(place));

    /// <summary>Takes a device out as the kernel does: links and files.</summary>
    public void Unplug(string node)
    {
        foreach (var registered in new[] { "bus/iio/devices", "class/hwmon" })
        {
            var link = Path.Combine(Sysfs, registered, Path.GetFileName(node));
            if (Directory.Exists(link))
            {
                Directory.Delete(link);
            }
        }

        Directory.Delete(node, recursive: true);
    }

    public static void Write(string node, string file, string text) => File.WriteAllText(Path.Combine(node, file), text);

    /// <summary>Makes reading a file fail with EIO, by the one file of every Linux that always does.</summary>
    public static void Break(string node, string file)
    {
        File.Delete(Path.Combine(node, file));
        File.CreateSymbolicLink(Path.Combine(node, file), "/proc/self/mem");
    }

    public void Dispose() => folder?.Dispose();

    private string Place(string place) => Path.Combine(Sysfs, "devices/platform/soc", place);

    /// <summary>As the kernel adds a device: its files first, and then the link by which it is found. An agent that looks meanwhile sees it whole or not at all.</summary>
    private string Plug(string place, string under, string registered, string name, (string File, string Text)[] files, string? device = null)
    {
        var node = Path.Combine(Place(place), under);
        Directory.CreateDirectory(node);
        Write(node, "name", name + "\n");
        foreach (var (file, text) in files)
        {
            Write(node, file, text);
        }

        if (device is not null)
        {
            Directory.CreateSymbolicLink(Path.Combine(node, "device"), device);
        }

        Directory.CreateDirectory(Path.Combine(Sysfs, registered));
        Directory.CreateSymbolicLink(Path.Combine(Sysfs, registered, Path.GetFileName(node)), node);
        return node;
    }
}
