using System.Globalization;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.Kernel;
using StemLab.Wire.V1;

namespace StemLab.Agent.Operations;

/// <summary>Says what is plugged in, with the lines of agent.json to paste. Asks EZO circuits only at their own addresses, and never one a kernel driver owns.</summary>
internal static class Detection
{
    /// <summary>Exit code for what cannot be used as it was given.</summary>
    public const int Unusable = 2;

    /// <summary>Looks and writes; returns the exit code, 0 also where nothing was found.</summary>
    /// <param name="shelf">Opens the buses.</param>
    /// <param name="onlyBus">One bus; null = all there are.</param>
    /// <param name="more">Addresses to ask besides the factory's.</param>
    /// <param name="time">Clock.</param>
    /// <param name="output">Where the words go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<int> RunAsync(ProbeShelf shelf, int? onlyBus, IReadOnlyList<int> more, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        if (more.Any(address => address is < 3 or > 119))
        {
            await output.WriteLineAsync("--address: an I2C address is 3 to 119");
            return Unusable;
        }

        var lines = new List<string>();
        var buses = onlyBus is { } bus ? [bus] : shelf.BusNumbers();
        if (buses.Count == 0)
        {
            await output.WriteLineAsync("I2C: this machine shows no bus. On a Raspberry Pi: dtparam=i2c_arm=on in config.txt, modprobe i2c-dev, start again");
        }

        foreach (var number in buses)
        {
            await output.WriteLineAsync($"i2c-{number}");
            var found = await EzoScan.FindAsync(shelf.Bus(number), [.. EzoScan.FactoryAddresses, .. more], time, cancellationToken);
            foreach (var board in found)
            {
                await output.WriteLineAsync(Describe(board));
                if (EzoModel.OfType(board.Type) is { } model)
                {
                    lines.Add($$"""{ "Kind": "{{model.Kind}}", "Bus": {{number}}, "Address": {{board.Address}} }""");
                }
            }

            if (found.Count == 0)
            {
                await output.WriteLineAsync("  no answer at the EZO addresses. A circuit whose LED is green is in UART mode: its datasheet says how to switch it (LED blue)");
            }
        }

        await OneWireAsync(shelf, output, lines, cancellationToken);
        await KernelAsync(shelf, output, lines);
        foreach (var port in PortScan.Find(shelf).Where(found => found.Kind == "serial"))
        {
            await output.WriteLineAsync($"Serial port {port.Serial}: a board that writes lines, or a GPS (kind nmea), or an EZO circuit in UART mode (kind ezo-ph …)");
            lines.Add(port.Line);
        }

        if (lines.Count > 0)
        {
            await output.WriteLineAsync("For agent.json:");
            await output.WriteLineAsync("  \"Sources\": [");
            await output.WriteLineAsync(string.Join("," + Environment.NewLine, lines.Select(line => "    " + line)));
            await output.WriteLineAsync("  ]");
        }

        return 0;
    }

    private static async Task OneWireAsync(ProbeShelf shelf, TextWriter output, List<string> lines, CancellationToken cancellationToken)
    {
        if (!shelf.OneWire.Exists)
        {
            await output.WriteLineAsync("1-Wire: this machine shows no bus. On a Raspberry Pi: dtoverlay=w1-gpio in config.txt, start again");
            return;
        }

        await output.WriteLineAsync("1-Wire");
        var ids = shelf.OneWire.Ids();
        foreach (var id in ids)
        {
            var reading = await shelf.OneWire.ReadAsync(id, null, cancellationToken);
            await output.WriteLineAsync(reading.Missing == MissingReason.Unspecified
                ? string.Create(CultureInfo.InvariantCulture, $"  {id}  DS18B20, {reading.Celsius:0.000} °C")
                : $"  {id}  DS18B20, but {reading.Trouble}");
            lines.Add($$"""{ "Kind": "{{SourceKinds.Ds18b20}}", "Serial": "{{id}}" }""");
        }

        if (ids.Count == 0)
        {
            await output.WriteLineAsync("  no DS18B20 on the wire");
        }
    }

    private static async Task KernelAsync(ProbeShelf shelf, TextWriter output, List<string> lines)
    {
        var devices = shelf.Kernel.Devices();
        if (devices.Count == 0)
        {
            await output.WriteLineAsync("Kernel: no sensor has a driver. On a Raspberry Pi an overlay in config.txt gives it one, for example dtoverlay=i2c-sensor,bme280");
            return;
        }

        await output.WriteLineAsync("Kernel");
        foreach (var device in devices)
        {
            try
            {
                var channels = KernelChannels.Of(device, out var unknown).Select(channel => channel.Name).ToList();
                await output.WriteLineAsync($"  {device.Id}  {KernelQuirks.Model(device.Name)}: {string.Join(", ", channels)}{(unknown.Count > 0 ? $" (not known to this agent: {string.Join(", ", unknown)})" : "")}");
                if (channels.Count > 0)
                {
                    lines.Add($$"""{ "Kind": "{{(device.Class == KernelClass.Iio ? "iio" : "hwmon")}}", "Serial": "{{device.Id}}" }""");
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                await output.WriteLineAsync($"  {device.Id}  {device.Name}: went while it was looked at");
            }
        }
    }

    private static string Describe(EzoFound board)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"  {board.Address} (0x{board.Address:x2})  ");
        return board.KernelDriver.Length > 0 ? $"{place}belongs to the kernel driver {board.KernelDriver}: left alone"
            : board.Type.Length == 0 ? $"{place}something answers, but it is no EZO circuit"
            : EzoModel.OfType(board.Type) is null ? $"{place}EZO {board.Type}, firmware {board.Firmware}: there is no kind for it"
            : $"{place}EZO {board.Type}, firmware {board.Firmware}";
    }
}
