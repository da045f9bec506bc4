using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>Each benchmark in its shortest form, so that none rots between the days somebody asks for figures. What they measure here means nothing.</summary>
public sealed class BenchmarkTests
{
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory.Replace("StemLab.EndToEnd.Tests", "StemLab.Benchmarks", StringComparison.Ordinal), "StemLab.Benchmarks.dll");

    [Theory]
    [InlineData("store", "store_native_rows_per_s")]
    [InlineData("intake", "intake_native_readings_per_s")]
    [InlineData("watch", "watch_p99_ms_published_to_parsed")]
    [InlineData("hub", "hub_page_requests")]
    [InlineData("influx", "influx_hydrated_rows_per_s")]
    [InlineData("access", "access_percent_cpu_added_to_a_message_watched")]
    [InlineData("derive", "derive_time_repair_ms")]
    [InlineData("agent", "agent_card_mb_a_day_20_channels_1_hz_without_a_hub")]
    [InlineData("export", "export_excel_rows_per_s")]
    [InlineData("import", "import_again_readings_per_s")]
    [InlineData("bundle", "bundle_set_hashes_of_3_hubs_in_three_orders")]
    [InlineData("science", "science_time_repair_10m_rows_ms")]
    public async Task Every_benchmark_runs_and_prints_its_figures(string name, string lastFigure)
    {
        Assert.SkipWhen(name == "influx" && !Servers.AreRequired && Servers.Find("influxd") is null, "needs influxd: run tests/install-servers");
        await using var process = RealProcess.Start("dotnet", [Program, name, "--smoke"]);

        var exitCode = await process.ExitAsync(TimeSpan.FromMinutes(2));

        Assert.True(exitCode == 0, process.Output);
        Assert.Contains($"{{\"name\":\"{lastFigure}\",\"value\":", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_benchmark_is_refused_with_the_names_there_are()
    {
        await using var process = RealProcess.Start("dotnet", [Program, "speed"]);

        Assert.Equal(2, await process.ExitAsync(TimeSpan.FromMinutes(1)));
        Assert.Contains("intake, watch, hub", process.Output, StringComparison.Ordinal);
    }
}
