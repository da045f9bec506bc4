using System.Globalization;
using StemLab.Hub.Facts;
using StemLab.Hub.Import;

namespace StemLab.Benchmarks;

/// <summary>A station's CSV of five columns into a whole hub, every reading durable; beside it, only reading the file's lines.</summary>
internal static class ImportBench
{
    private const int Columns = 5;

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var lines = scale.Of(smoke: 2_000, ordinary: 400_000, full: 2_000_000);
        using var folder = new BenchFolder();
        var path = Path.Combine(folder.Path, "station.csv");
        await WriteAsync(path, lines);
        var started = TimeProvider.System.GetTimestamp();
        var read = 0L;
        using (var reader = new StreamReader(path))
        {
            while (await reader.ReadLineAsync() is not null)
            {
                read++;
            }
        }

        figures.Stated("import_baseline_lines_read_per_s", read / Seconds(started));
        await using var hub = await OpenHub.StartAsync();
        var room = hub.Get<ImportRoom>();
        var mapping = room.Propose(path, new ImportHints("station.csv", "", "UTC"), CancellationToken.None).Mapping;
        started = TimeProvider.System.GetTimestamp();
        var report = await room.RunAsync(path, "station.csv", mapping, FactRoles.Admin, _ => Task.CompletedTask, CancellationToken.None);
        var seconds = Seconds(started);
        if (report.New != (long)lines * Columns || report.WrongCount > 0)
        {
            throw new InvalidOperationException($"BUG: {report.New} new, {report.WrongCount} wrong");
        }

        figures.AtLeast("import_readings_per_s", report.New / seconds, 500_000);
        figures.Stated("import_lines_per_s", lines / seconds);
        started = TimeProvider.System.GetTimestamp();
        report = await room.RunAsync(path, "station.csv", mapping, FactRoles.Admin, _ => Task.CompletedTask, CancellationToken.None);
        figures.Stated("import_again_readings_per_s", report.Duplicate / Seconds(started));
        if (report.New != 0)
        {
            throw new InvalidOperationException($"BUG: importing again added {report.New}");
        }
    }

    private static async Task WriteAsync(string path, int lines)
    {
        var random = new Random(7);
        await using var writer = new StreamWriter(path);
        await writer.WriteLineAsync("datetime,temp (°C),ph,do_mgl,turb,sal");
        for (var i = 0; i < lines; i++)
        {
            var at = DateTime.UnixEpoch.AddSeconds(1_780_000_000L + i);
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss},{20 + (random.Next(500) / 100.0):0.00},{7 + (random.Next(200) / 100.0):0.00},{random.Next(1200) / 100.0:0.00},{random.Next(300) / 10.0:0.0},{random.Next(350) / 10.0:0.0}"));
        }
    }

    private static double Seconds(long since) => TimeProvider.System.GetElapsedTime(since).TotalSeconds;
}
