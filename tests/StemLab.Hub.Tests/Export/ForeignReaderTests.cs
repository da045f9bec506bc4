using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using DuckDB.NET.Data;
using StemLab.Hub.Api;
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

        // Readers pass over groups by the smallest and largest the file tells of each column: a question for a time finds what is there.
        Assert.Equal(version.RowCount, Convert.ToInt64(await AskAsync(duck, $"SELECT count(*) FROM {rows} WHERE time >= (SELECT min(time) FROM {rows}) AND time <= (SELECT max(time) FROM {rows})"), null));
        Assert.Equal(version.RowCount, Convert.ToInt64(await AskAsync(duck, $"SELECT count(*) FROM {rows} WHERE time > make_timestamptz(2000, 1, 1, 0, 0, 0)"), null));
        Assert.Equal("EZO-pH", await AskAsync(duck, $"SELECT any_value(s.probe_model) FROM {rows} r JOIN '{folder.Path}/pond-v1-stretches.parquet' s USING (stretch) WHERE r.property = 'ph'"));
        Assert.Equal(version.RowsSha256, await AskAsync(duck, $"SELECT decode(value) FROM parquet_kv_metadata({rows}) WHERE decode(key) = 'rows_sha256'"));

        // The questions people are given with the files.
        await AskAsync(duck, $"SET VARIABLE stem = '{folder.Path}/pond-v1'");
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(Clone.Root, "samples", "researcher-python", "queries.sql"), Token);
        string[] questions = string.Join('\n', lines.Where(line => !line.StartsWith("--", StringComparison.Ordinal))).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(4, questions.Length);
        foreach (string question in questions)
        {
            Assert.NotNull(await AskAsync(duck, question));
        }
    }

    [Fact]
    public async Task DuckDB_finds_the_same_cells_in_Parquet_and_CSV_also_places_of_a_boats_own_track()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        using var folder = new TempFolder();
        long[] fixes = [.. Enumerable.Range(0, 100).Select(i => pond.FirstTUs + (i * 2 * HubFixture.Second))];
        await pond.Hub.RowsAsync("gps", "latitude", "deg", [.. fixes.Select((t, i) => (t, 20.9 + (0.0002 * i)))]);
        await pond.Hub.RowsAsync("gps", "longitude", "deg", [.. fixes.Select(t => (t, 107.05))]);
        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Csv, DatasetFormat.Parquet);
        await pond.FetchAllAsync(version, folder.Path);
        await System.IO.Compression.ZipFile.ExtractToDirectoryAsync(folder.File("pond-v1-csv.zip"), folder.File("bundle"), Token);
        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync(Token);
        const string Cells = "epoch_us(time::TIMESTAMPTZ) AS time, time_sigma_s, station, site, latitude::DOUBLE AS latitude, longitude::DOUBLE AS longitude, property, unit, value, uncertainty::DOUBLE AS uncertainty, raw, flag, flag_tests, t_us";
        string csv = $"SELECT {Cells} FROM read_csv('{folder.Path}/bundle/data.csv', types = {{'site': 'VARCHAR', 'value': 'DOUBLE', 'raw': 'DOUBLE'}})";
        string parquet = $"SELECT {Cells} FROM '{folder.Path}/pond-v1.parquet'";

        Assert.Equal(version.RowCount, Convert.ToInt64(await AskAsync(duck, $"SELECT count(*) FROM ({csv} INTERSECT ALL {parquet})"), null));
        Assert.Equal(0L, Convert.ToInt64(await AskAsync(duck, $"SELECT count(*) FROM ({parquet} EXCEPT ALL {csv})"), null));
        Assert.True(Convert.ToInt64(await AskAsync(duck, $"SELECT count(*) FROM '{folder.Path}/pond-v1.parquet' WHERE latitude > 20.9 AND longitude = 107.05"), null) > 300);
    }

    [Fact]
    public async Task Npm_datapackage_and_hyparquet_read_the_same_rows_and_ucum_lhc_knows_every_unit()
    {
        string clients = Path.Combine(Clone.Root, "tests", "StemLab.EndToEnd.Tests", "clients");

        // From the npm registry, which is not everywhere: skipped by name also where servers are required.
        Assert.SkipUnless(Servers.Find("node") is not null && Directory.Exists(Path.Combine(clients, "node_modules", "datapackage")), "needs npm datapackage, hyparquet and ucum-lhc: run tests/install-servers");
        await using ExportFixture pond = await ExportFixture.StartAsync();
        using var folder = new TempFolder();
        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Csv, DatasetFormat.Parquet);
        await pond.FetchAllAsync(version, folder.Path);
        await System.IO.Compression.ZipFile.ExtractToDirectoryAsync(folder.File("pond-v1-csv.zip"), folder.File("bundle"), Token);
        var start = new ProcessStartInfo(Servers.PathOf("node"), [Path.Combine(clients, "validate.mjs"), folder.Path, "pond-v1"]);
        start.Environment["UNITS"] = string.Join(' ', Science.Properties.ObservedProperties.Default.All.Select(property => property.UnitUcum).Distinct());

        (int code, string said, string wrong) = await RunAsync(start);

        Assert.True(code == 0, wrong);
        using JsonDocument found = JsonDocument.Parse(said);
        Assert.Equal((version.RowCount, version.RowsSha256), (found.RootElement.GetProperty("rows").GetInt64(), found.RootElement.GetProperty("rowsSha256").GetString()));
        Assert.True(found.RootElement.GetProperty("units").GetInt32() > 20);
    }

    [ServerFact("udunits2")]
    public async Task Udunits_knows_every_unit_a_NetCDF_file_may_bear()
    {
        foreach (string unit in Science.Properties.ObservedProperties.Default.All.Select(property => property.CfUnits).Distinct())
        {
            (int code, string said, string wrong) = await RunAsync(Servers.PathOf("udunits2"), ["-H", unit, "-W", unit]);

            Assert.True(code == 0 && said.Contains("= 1 ", StringComparison.Ordinal), $"{unit}: {said} {wrong}");
        }
    }

    [Theory]
    [InlineData(DatasetFormat.ExcelVi, "59,34,76,1,,1066,false,true", ";")]
    [InlineData(DatasetFormat.ExcelEn, "44,34,76,1,,1033,false,true", ",")]
    public async Task LibreOffice_opens_the_Excel_variants_with_their_columns_and_accents(DatasetFormat format, string filter, string separator)
    {
        Assert.SkipUnless(Servers.AreRequired || Servers.Find("soffice") is not null, "needs LibreOffice (Debian: libreoffice-calc-nogui): run tests/install-servers");
        await using ExportFixture pond = await ExportFixture.StartAsync();
        using var folder = new TempFolder();
        await pond.FetchAllAsync(await pond.FreezeAsync(null, format), folder.Path);
        string file = Directory.EnumerateFiles(folder.Path, "*.csv").Single();

        (int code, _, string wrong) = await RunAsync(
            Servers.PathOf("soffice"), [$"-env:UserInstallation=file://{folder.File("office")}", "--headless", $"--infilter=CSV:{filter}", "--convert-to", "fods", "--outdir", folder.Path, file]);

        Assert.True(code == 0, wrong);
        XDocument sheet = XDocument.Load(Path.ChangeExtension(file, ".fods"));
        XNamespace table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
        string[][] rows = [.. sheet.Descendants(table + "table-row").Take(20).Select(row => row.Elements(table + "table-cell").Select(cell => cell.Value).ToArray())];
        string[] heads = (await File.ReadAllLinesAsync(file, Token))[0].TrimStart('\uFEFF').Split(separator);
        Assert.Equal(heads, rows[0][..heads.Length]);
        XName type = XName.Get("value-type", "urn:oasis:names:tc:opendocument:xmlns:office:1.0");
        Assert.Equal("float", sheet.Descendants(table + "table-row").ElementAt(1).Elements(table + "table-cell").ElementAt(5).Attribute(type)?.Value);
        Assert.Contains(rows, row => row.Contains(format == DatasetFormat.ExcelVi ? "Nhiệt độ nước" : "Water temperature") || row.Contains(format == DatasetFormat.ExcelVi ? "Ôxy hòa tan" : "Dissolved oxygen"));
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

    private static Task<(int Code, string Out, string Error)> RunAsync(string program, string[] arguments) => RunAsync(new ProcessStartInfo(program, arguments));

    private static async Task<(int Code, string Out, string Error)> RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        Task<string> said = process.StandardOutput.ReadToEndAsync(Token);
        Task<string> wrong = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await said, await wrong);
    }
}
