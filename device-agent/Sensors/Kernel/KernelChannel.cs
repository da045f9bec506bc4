using System.Globalization;
using System.Text.RegularExpressions;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>One value a device gives. Immutable.</summary>
/// <param name="Name">As its files are named, without in_ and ending: temp, voltage0, accel_x, temp1.</param>
/// <param name="Type">Kind of channel.</param>
/// <param name="Meaning">What it measures.</param>
/// <param name="Value">Path of the number; processed by the driver, or raw.</param>
/// <param name="IsProcessed">Whether the driver has done all; a raw number is (raw + offset) times scale.</param>
/// <param name="Scale">Path of the scale; empty = 1.</param>
/// <param name="Offset">Path of the offset; empty = 0.</param>
internal sealed record KernelChannel(string Name, string Type, KernelQuantity Meaning, string Value, bool IsProcessed, string Scale, string Offset)
{
    /// <summary>True where one device may well have several of this quantity, so that its port needs the channel's name.</summary>
    public bool IsOneOfMany => Name != Type;
}

/// <summary>Reads from a device's file names what it gives. Stateless.</summary>
internal static partial class KernelChannels
{
    /// <summary>Channels of a device, in order of their names; those of kinds this program does not know are named in <paramref name="unknown"/>.</summary>
    /// <exception cref="IOException">The device has gone.</exception>
    public static IReadOnlyList<KernelChannel> Of(KernelDevice device, out IReadOnlyList<string> unknown)
    {
        var files = Directory.EnumerateFiles(device.Folder).Select(Path.GetFileName).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var others = new List<string>();
        var channels = device.Class == KernelClass.Iio ? Iio(device, files, others) : Hwmon(device, files);
        unknown = others;
        return [.. channels.OrderBy(channel => channel.Name, StringComparer.Ordinal)];
    }

    private static List<KernelChannel> Iio(KernelDevice device, HashSet<string> files, List<string> unknown)
    {
        var channels = new List<KernelChannel>();
        foreach (var name in files.Select(file => IioValue().Match(file)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct())
        {
            var parts = IioName().Match(name);
            var type = parts.Groups["type"].Value;
            var modifier = parts.Groups["modifier"].Value;
            if (!KernelQuantity.OfIio.TryGetValue($"{type}_{modifier}", out var meaning) && !KernelQuantity.OfIio.TryGetValue(type, out meaning))
            {
                unknown.Add(name);
                continue;
            }

            meaning = KernelQuirks.Meaning(device.Name, type, meaning);
            var isProcessed = files.Contains($"in_{name}_input");
            channels.Add(new KernelChannel(
                name,
                meaning.Quantity is "co2" or "pm1" or "pm2_5" or "pm10" ? name : type,
                meaning,
                Path.Combine(device.Folder, $"in_{name}_{(isProcessed ? "input" : "raw")}"),
                isProcessed,
                isProcessed ? "" : Shared("scale"),
                isProcessed ? "" : Shared("offset")));

            // in_voltage0_scale, else in_voltage_scale, shared by the type.
            string Shared(string what) =>
                files.Contains($"in_{name}_{what}") ? Path.Combine(device.Folder, $"in_{name}_{what}")
                : files.Contains($"in_{type}_{what}") ? Path.Combine(device.Folder, $"in_{type}_{what}")
                : "";
        }

        return channels;
    }

    private static List<KernelChannel> Hwmon(KernelDevice device, HashSet<string> files) =>
        [.. files.Select(file => HwmonValue().Match(file)).Where(match => match.Success).Select(match =>
        {
            var (type, number) = (match.Groups[1].Value, int.Parse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture));

            // Thermometers, hygrometers, currents and powers count from 1, voltages from 0; only a lone one needs no number.
            var isAlone = type != "in" && number == 1 && !files.Contains($"{type}2_input");
            return new KernelChannel(isAlone ? type : type + match.Groups[2].Value, type, KernelQuantity.OfHwmon[type], Path.Combine(device.Folder, match.Value), true, "", "");
        })];

    [GeneratedRegex("^in_(.+)_(?:input|raw)$", RegexOptions.CultureInvariant)]
    private static partial Regex IioValue();

    [GeneratedRegex(@"^(?<type>[a-z]+)(?<index>\d*)(?:-[a-z]+\d*)?(?:_(?<modifier>.+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex IioName();

    [GeneratedRegex(@"^(temp|humidity|in|curr|power)(\d{1,2})_input$", RegexOptions.CultureInvariant)]
    private static partial Regex HwmonValue();
}
