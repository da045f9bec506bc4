using System.Diagnostics;
using System.Text.Json;
using DuckDB.NET.Data;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>Programs that others wrote read the same rows from every format.</summary>
public sealed class ForeignReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pandas_xarray_and_netCDF4_read_the_same_rows_from_CSV_and_NetCDF()
    {
        string python = await PythonAsync();
        await using ExportFixture pond = await ExportFixture.StartAsync();
        using var folder = new TempFolder();
        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Csv, DatasetFormat.Netcdf);
        await pond.FetchAllAsync(version, folder.Path);

        (int code, string said, string wrong) = await RunAsync(python, [Path.Combine(AppContext.BaseDirectory, "Export", "readers", "equal.py"), folder.Path, "pond-v1"]);

        Assert.True(code == 0, wrong);
        using JsonDocument found = JsonDocument.Parse(said);
        Assert.Equal(version.RowCount, found.RootElement.GetProperty("rows").GetInt64());
        Assert.Equal(version.RowCount, found.RootElement.GetProperty("netcdf").GetInt64());
    }

    [ServerFact("ncdump")]
    public async Task Ncdump_reads_the_header()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        using var folder = new TempFolder();
        await pond.FetchAllAsync(await pond.FreezeAsync(null, DatasetFormat.Netcdf), folder.Path);

        (int code, string said, string wrong) = await RunAsync(Servers.PathOf("ncdump"), ["-h", Path.Combine(folder.Path, "pond-v1-ph.nc")]);

        Assert.True(code == 0, wrong);
        Assert.Contains(":Conventions = \"CF-1.8, ACDD-1.3\"", said, StringComparison.Ordinal);
        Assert.Contains("ph:ancillary_variables", said, StringComparison.Ordinal);
        Assert.Contains("Trường Hạ Long", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DuckDB_reads_times_with_their_zone_nulls_and_the_stretches_from_Parquet()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        using var folder = new TempFolder();
        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Parquet);
        await pond.FetchAllAsync(version, folder.Path);
        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync(Token);
        string rows = $"'{folder.Path}/pond-v1.parquet'";

        Assert.Equal("TIMESTAMP WITH TIME ZONE", await AskAsync(duck, $"SELECT column_type FROM (DESCRIBE SELECT * FROM {rows}) WHERE column_name = 'time'"));
        Assert.Equal(version.RowCount, Convert.ToInt64(await AskAsync(duck, $"SELECT count(*) FROM {rows}"), null));
        Assert.Equal(10L, Convert.ToInt64(await AskAsync(duck, $"SELECT count(*) FROM {rows} WHERE value IS NULL AND flag = 9"), null));
        Assert.Equal(version.RowCount, Convert.ToInt64(await AskAsync(duck, $"SELECT count(*) FROM {rows} WHERE uncertainty IS NULL"), null));
        Assert.Equal(HubFirstUtc(pond), Convert.ToInt64(await AskAsync(duck, $"SELECT epoch_us(min(time)) FROM {rows} WHERE property = 'ph'"), null));
        Assert.Equal("EZO-pH", await AskAsync(duck, $"SELECT any_value(s.probe_model) FROM {rows} r JOIN '{folder.Path}/pond-v1-stretches.parquet' s USING (stretch) WHERE r.property = 'ph'"));
        Assert.Equal(version.RowsSha256, await AskAsync(duck, $"SELECT decode(value) FROM parquet_kv_metadata({rows}) WHERE decode(key) = 'rows_sha256'"));
    }

    private static long HubFirstUtc(ExportFixture pond) => Api.HubFixture.Utc0 + pond.FirstTUs;

    private static async Task<object?> AskAsync(DuckDBConnection duck, string sql)
    {
        await using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Token);
    }

    /// <summary>A Python that has the libraries; without one the test is skipped by name, or fails where servers are required.</summary>
    private static async Task<string> PythonAsync()
    {
        foreach (string python in (string[])["/usr/bin/python3", "python3"])
        {
            if (File.Exists(python) || Servers.Find(python) is not null)
            {
                (int code, _, _) = await RunAsync(python, ["-c", "import pandas, xarray, netCDF4"]);
                if (code == 0)
                {
                    return python;
                }
            }
        }

        Assert.False(Servers.AreRequired, "python3-pandas, python3-xarray or python3-netcdf4 is not installed; run tests/install-servers");
        Assert.Skip("needs python3-pandas, python3-xarray, python3-netcdf4: run tests/install-servers");
        return "";
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> said = process.StandardOutput.ReadToEndAsync(Token);
        Task<string> wrong = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await said, await wrong);
    }
}
