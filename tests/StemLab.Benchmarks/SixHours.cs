using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace StemLab.Benchmarks;

/// <summary>A station whose newest six hours are in the hub at one reading a second of six quantities: 129,600 readings, brought in as a file by the hub's own command.</summary>
internal static class SixHours
{
    public const int Channels = 6;

    private const int Seconds = 6 * 3600;

    /// <summary>Brings it in; the resource name of its agent.</summary>
    public static async Task<string> ImportAsync(HubBuild build, string folder, HttpClient hub)
    {
        var file = Path.Combine(folder, "six-hours.csv");
        await File.WriteAllTextAsync(file, Table(TimeProvider.System.GetUtcNow()));
        using var import = Process.Start(new ProcessStartInfo(build.Program, [.. build.Arguments, "import", file, "--data", folder, "--station", "six-hours", "--zone", "UTC", "--yes"]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("the import did not start");
        var said = await import.StandardOutput.ReadToEndAsync();
        await import.WaitForExitAsync();
        var channels = (await hub.GetFromJsonAsync<JsonElement>("v1/channels")).GetProperty("channels").EnumerateArray().Where(channel => channel.GetProperty("observedProperty").GetString() == "turbidity").ToArray();
        return import.ExitCode == 0 && channels is [var one] ? one.GetProperty("agent").GetString()! : throw new InvalidOperationException($"the six hours could not be brought in: {said}");
    }

    private static string Table(DateTimeOffset until)
    {
        var text = new StringBuilder("Time,pH,Temperature (°C),Dissolved oxygen (mg/L),Conductivity (mS/cm),Turbidity (NTU),Depth (m)\n");
        var random = new Random(6);
        for (var s = 0; s < Seconds; s++)
        {
            var swing = Math.Sin(s / 3600.0);
            text.Append(CultureInfo.InvariantCulture, $"{until.AddSeconds(s - Seconds):yyyy-MM-dd'T'HH:mm:ss'Z'},{8.1 + (0.05 * swing) + Noise(0.02):F2},{28 + swing + Noise(0.1):F2},{6.5 - (0.5 * swing) + Noise(0.1):F2},{43 + swing + Noise(0.2):F2},{2 + Noise(0.5):F1},{4 + (1.5 * swing) + Noise(0.02):F2}\n");
        }

        return text.ToString();

        double Noise(double most) => (random.NextDouble() - 0.5) * most;
    }
}
