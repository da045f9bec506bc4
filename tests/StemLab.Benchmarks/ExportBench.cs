using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using StemLab.Hub.Export;
using StemLab.V1;

namespace StemLab.Benchmarks;

/// <summary>
/// A field trip as a dataset: the published hub freezes 1,036,800 readings (ten times as many in the full form) and writes all formats, serves a file, and takes readings
/// meanwhile; then each writer alone, in this process, on the rows the hub froze.
/// </summary>
internal static class ExportBench
{
    private const int TripHours = 6;
    private const int Devices = 20;
    private const int ReadingsPerS = 1000;
    private static readonly string[] AllFormats = ["DATASET_FORMAT_CSV", "DATASET_FORMAT_NETCDF", "DATASET_FORMAT_PARQUET", "DATASET_FORMAT_EXCEL_VI", "DATASET_FORMAT_EXCEL_EN", "DATASET_FORMAT_CODAP"];

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var build = await HubBuild.PublishedAsync(scale);
        using var folder = new BenchFolder();
        await TripFolder.FillAsync(folder.Path, scale.Of(1, TripHours, 10 * TripHours));
        DatasetVersion version;
        using (var hub = await ServerProcess.StartHubAsync(build, folder.Path))
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/"), Timeout = TimeSpan.FromMinutes(10) };
            await PostAsync(client, "v1/datasets/trip:describe", new { dataset = new { title = "A field trip", creator = "Our school", licence = "CC-BY-4.0" } });

            // Freezing waits until everything stored is judged; a trip's readings were judged as they came.
            await FreezeAsync(client, ["DATASET_FORMAT_CODAP"]);
            (version, var seconds) = await FreezeAsync(client, AllFormats);
            figures.AtMost("export_full_trip_all_formats_s", seconds * 1_036_800 / version.RowCount, 10);
            figures.AtLeast("export_cached_file_mb_per_s", await DownloadAsync(client, version, scale), 500);
            await IntakeAsync(figures, hub, client, scale);
            figures.AtMost("export_peak_memory_mb", hub.PeakMb, 300);
        }

        Writers(figures, folder.Path, version);
    }

    private static void Writers(Figures figures, string dataFolder, DatasetVersion about)
    {
        var kept = new DatasetFolder(dataFolder);
        var version = new FrozenVersion(about, kept.ReadTables(about.Name), DatasetFolder.RowsPath(kept.Of(about.Name)), "bench", TimeZoneInfo.Utc);
        (string Name, IExportWriter Writer, double? Goal)[] all =
        [
            ("parquet", new ParquetWriter(), 3_000_000), ("csv", new CsvBundleWriter(), 2_000_000), ("netcdf", new NetCdfWriter(), 5_000_000), ("excel", new ExcelWriter(DatasetFormat.ExcelVi), null),
        ];
        foreach (var (name, writer, goal) in all)
        {
            // The best of three: what the writer costs, not what the machine did beside it.
            var best = Enumerable.Range(0, 3).Select(_ => Written(writer, version)).MaxBy(written => written.RowsPerS);
            if (goal is { } wanted)
            {
                figures.AtLeast($"export_{name}_rows_per_s", best.RowsPerS, wanted);
            }
            else
            {
                figures.Stated($"export_{name}_rows_per_s", best.RowsPerS);
            }

            figures.Stated($"export_{name}_cpu_ns_per_row", best.CpuNsPerRow);
        }
    }

    /// <summary>Rows by the clock, and the CPU time of all threads: the CSV is packed beside the thread that writes it.</summary>
    private static (double RowsPerS, double CpuNsPerRow) Written(IExportWriter writer, FrozenVersion version)
    {
        using var folder = new BenchFolder();
        var (started, cpu) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
        writer.Write(version, folder.Path, static _ => { }, CancellationToken.None);
        return (version.Tables.Rows / TimeProvider.System.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / version.Tables.Rows);
    }

    /// <summary>How much longer a maker's reading waits for its PUBACK while the hub exports.</summary>
    private static async Task IntakeAsync(Figures figures, ServerProcess hub, HttpClient client, Scale scale)
    {
        using var load = new MqttLoad(hub.MqttPort, Devices);
        var messages = new Messages(Devices);
        var turn = scale.Of(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20));
        load.Run(messages.Write, 50, ReadingsPerS, turn / 4);
        var idle = load.Run(messages.Write, 50, ReadingsPerS, turn).AckTimes.Ms(0.99);
        using var stop = new CancellationTokenSource();
        var exporting = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await FreezeAsync(client, AllFormats);
                }
            },
            CancellationToken.None);
        var busy = load.Run(messages.Write, 50, ReadingsPerS, turn).AckTimes.Ms(0.99);
        await stop.CancelAsync();
        await exporting;
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"intake p99: {idle:0.00} ms idle, {busy:0.00} ms beside an export"));
        figures.AtMost("export_intake_p99_over_idle", busy / idle, 1.5);
    }

    /// <summary>The largest file, read to its end again and again; the first time fills the page cache.</summary>
    private static async Task<double> DownloadAsync(HttpClient client, DatasetVersion version, Scale scale)
    {
        var file = version.Files.MaxBy(file => file.SizeBytes)!;
        var buffer = new byte[1 << 20];
        List<double> rates = [];
        for (var round = 0; round <= scale.Of(1, 5, 5); round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            using var answer = await client.GetAsync(new Uri(file.Path.TrimStart('/'), UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            await using var from = await answer.Content.ReadAsStreamAsync();
            var read = 0L;
            for (int count; (count = await from.ReadAsync(buffer)) > 0; read += count)
            {
            }

            if (read != file.SizeBytes)
            {
                throw new InvalidOperationException($"{file.FileName}: {read} of {file.SizeBytes} bytes came");
            }

            rates.Add(read / 1e6 / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        }

        rates.RemoveAt(0);
        rates.Sort();
        return rates[rates.Count / 2];
    }

    private static async Task<(DatasetVersion Version, double Seconds)> FreezeAsync(HttpClient client, string[] formats)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var begun = await PostAsync(client, "v1/datasets/trip/versions", new { formats, selection = new { channels = TripFolder.AgentNames } });
        var name = begun.RootElement.GetProperty("version").GetProperty("name").GetString();
        using var answer = await client.GetAsync(new Uri($"v1/{name}:watch", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            using var said = JsonDocument.Parse(line);
            var version = said.RootElement.GetProperty("version");
            switch (version.GetProperty("state").GetString())
            {
                case "STATE_READY":
                    return (JsonParser.Default.Parse<DatasetVersion>(version.GetRawText()), TimeProvider.System.GetElapsedTime(started).TotalSeconds);
                case "STATE_FAILED":
                    throw new InvalidOperationException(version.GetProperty("reasonEn").GetString());
            }
        }

        throw new InvalidOperationException($"the hub stopped in the middle of {name}");
    }

    private static async Task<JsonDocument> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text) : throw new InvalidOperationException($"{path}: {text}");
    }
}
