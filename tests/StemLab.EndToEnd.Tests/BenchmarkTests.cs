using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>Each benchmark in its shortest form, so that none rots between the days somebody asks for figures. What they measure here means nothing.</summary>
public sealed class BenchmarkTests
{
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory.Replace("StemLab.EndToEnd.Tests", "StemLab.Benchmarks", StringComparison.Ordinal), "StemLab.Benchmarks.dll");

    /// <summary>Name and the last figure it prints.</summary>
    private static readonly (string Name, string LastFigure)[] All =
    [
        ("store", "store_native_rows_per_s"),
        ("intake", "intake_native_readings_per_s"),
        ("watch", "watch_p99_ms_committed_to_parsed"),
        ("hub", "hub_page_requests"),
        ("web", "web_bytes_of_the_pupils_page"),
        ("influx", "influx_hydrated_rows_per_s"),
        ("access", "access_percent_cpu_added_to_a_message_watched"),
        ("derive", "derive_time_repair_ms"),
        ("agent", "agent_card_mb_a_day_20_channels_1_hz_without_a_hub"),
        ("export", "export_excel_rows_per_s"),
        ("import", "import_again_readings_per_s"),
        ("bundle", "bundle_set_hashes_of_3_hubs_in_three_orders"),
        ("science", "science_time_repair_10m_rows_ms"),
    ];

    /// <summary>All in one process: starting it thirteen times took longer than what it does.</summary>
    [Fact]
    public async Task Every_benchmark_runs_and_prints_its_figures()
    {
        var some = All.Where(one => one.Name != "influx" || Servers.AreRequired || Servers.Find("influxd") is not null).ToArray();
        await using var process = RealProcess.Start("dotnet", [Program, .. some.Select(one => one.Name), "--smoke"]);

        var exitCode = await process.ExitAsync(TimeSpan.FromMinutes(10));

        Assert.True(exitCode == 0, process.Output);
        Assert.All(some, one => Assert.Contains($"{{\"name\":\"{one.LastFigure}\",\"value\":", process.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_benchmark_is_refused_with_the_names_there_are()
    {
        await using var process = RealProcess.Start("dotnet", [Program, "speed"]);

        Assert.Equal(2, await process.ExitAsync(TimeSpan.FromMinutes(1)));
        Assert.Contains("intake, watch, hub", process.Output, StringComparison.Ordinal);
    }
}
