using System.Text.RegularExpressions;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>
/// Lists the sensors the kernel drives, each once: what stands in IIO and in hwmon is IIO's, what stands in 1-Wire and in hwmon is not listed, and what only watches the computer itself is not either.
/// Stateless; safe from any thread.
/// </summary>
/// <param name="sysfsRoot">/sys, or a tree of the same shape.</param>
internal sealed partial class KernelTree(string sysfsRoot)
{
    private const string IioPrefix = "iio:device";

    /// <summary>All devices, in order of their ids; empty where the kernel has neither class.</summary>
    public IReadOnlyList<KernelDevice> Devices()
    {
        var iio = Entries("bus/iio/devices").Where(path => Path.GetFileName(path).StartsWith(IioPrefix, StringComparison.Ordinal))
            .Select(Resolve).Select(folder => Describe(KernelClass.Iio, folder, Path.GetDirectoryName(folder) ?? folder)).ToList();
        var hwmon = Entries("class/hwmon").Select(Resolve)
            .Select(folder => Describe(KernelClass.Hwmon, folder, Resolve(Path.Combine(folder, "device"))))
            .Where(device => OnWire().IsMatch(Path.GetFileName(device.Place)) && iio.All(other => other.Place != device.Place));
        return [.. iio.Concat(hwmon).GroupBy(device => (device.Class, device.Place))
            .SelectMany(group => group.Count() == 1 ? group : group.Select(device => device with { Id = $"{device.Id}:{device.Name}" }))
            .OrderBy(device => device.Id, StringComparer.Ordinal)];
    }

    /// <summary>The device with an id; of a name where only one has it; null where there is none, or several of the name.</summary>
    /// <param name="kind">Part of the kernel.</param>
    /// <param name="id">Id or name; empty = the only one of the class.</param>
    /// <param name="several">Ids to choose from where it is not clear which is meant.</param>
    public KernelDevice? Find(KernelClass kind, string id, out IReadOnlyList<string> several)
    {
        var all = Devices().Where(device => device.Class == kind).ToList();
        var meant = all.Find(device => device.Id == id);
        several = [];
        if (meant is not null)
        {
            return meant;
        }

        var named = id.Length == 0 ? all : all.FindAll(device => device.Name == id);
        several = named.Count > 1 ? [.. named.Select(device => device.Id)] : [];
        return named.Count == 1 ? named[0] : null;
    }

    private static KernelDevice Describe(KernelClass kind, string folder, string place) => new(kind, Path.GetFileName(place), NameOf(folder), folder, place);

    private static string NameOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "name")).Trim();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private IReadOnlyList<string> Entries(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Path.Combine(sysfsRoot, folder))];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Resolve(string path)
    {
        try
        {
            return Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    /// <summary>A place on an I2C or SPI bus: <c>1-0044</c>, <c>spi0.1</c>. The computer's own thermometers, fans and supplies have none.</summary>
    [GeneratedRegex(@"^(\d+-[0-9a-f]{4}|spi\d+\.\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex OnWire();
}
