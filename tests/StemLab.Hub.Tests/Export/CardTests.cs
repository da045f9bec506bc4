using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using StemLab.Hub.Api;
using StemLab.Hub.Facts;
using StemLab.V1;
using StemLab.Wire;
using Instant = StemLab.Hub.Facts.Instant;
using Site = StemLab.Hub.Facts.Site;

namespace StemLab.Hub.Export;

/// <summary>What a version says of itself, where its readings were, and that neither tells more than was asked.</summary>
public sealed class CardTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_card_tells_what_where_who_with_what_how_whole_how_good_how_tested_and_how_to_cite()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Csv);

        string en = await pond.Hub.Http.GetStringAsync("datasets/pond/1/card?lang=en", Token);
        string vi = await pond.Hub.Http.GetStringAsync("datasets/pond/1/card?lang=vi", Token);

        Assert.Contains("The pond, &quot;=1+1&quot;, version 1", en, StringComparison.Ordinal);
        Assert.All((string[])["1,500 readings", "Trường Hạ Long", "CC-BY-4.0", version.RowsSha256, "EZO-pH", "S-1", "QARTOD", "No place was stated"], text => Assert.Contains(text, WebUtility.HtmlDecode(en), StringComparison.Ordinal));
        Assert.All((string[])["1.500 số đo", "Cách trích dẫn", "Đo bằng gì", "Không ghi địa điểm"], text => Assert.Contains(text, WebUtility.HtmlDecode(vi), StringComparison.Ordinal));
        Assert.Equal(3, en.Split(">not made<").Length - 1);
        Assert.Contains("data-head=\"Expected\">", en, StringComparison.Ordinal);
        Assert.All((string[])["Stored", "Share"], head => Assert.Contains($"<th scope=\"col\" class=\"n\">{head}</th>", en, StringComparison.Ordinal));
        Assert.All((string[])["Channel", "Expected", "Serial", "Thresholds"], head => Assert.DoesNotContain($"class=\"n\">{head}</th>", en, StringComparison.Ordinal));
        using var zip = new ZipArchive(new MemoryStream(await pond.FetchAsync(version.Files.Single())));
        string card = Text(zip, "card.html");
        Assert.Contains("<article id=\"vi\"", card, StringComparison.Ordinal);
        Assert.Contains("<article id=\"en\"", card, StringComparison.Ordinal);
        Assert.Contains("Zenodo", Text(zip, "GET-A-DOI.txt"), StringComparison.Ordinal);
        using JsonDocument zenodo = JsonDocument.Parse(Text(zip, ".zenodo.json"));
        Assert.Equal(("dataset", "cc-by-4.0"), (zenodo.RootElement.GetProperty("upload_type").GetString(), zenodo.RootElement.GetProperty("license").GetString()));
        using HttpResponseMessage none = await pond.Hub.Http.GetAsync("datasets/pond/9/card", Token);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task What_people_write_is_text_on_the_card_and_the_page_runs_nothing()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        await pond.Datasets.DescribeDatasetAsync(new DescribeDatasetRequest { Dataset = new Dataset { Name = "datasets/pond", Title = "<script>alert(1)</script>", Description = "a\"><img src=x onerror=alert(1)>", Creator = "<b>School</b>", Licence = "CC0-1.0" } }, cancellationToken: Token);
        await pond.FreezeAsync(null, DatasetFormat.Codap);

        using HttpResponseMessage answer = await pond.Hub.Http.GetAsync("datasets/pond/1/card", Token);
        string card = await answer.Content.ReadAsStringAsync(Token);

        Assert.DoesNotContain("<script", card, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", card, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", card, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_boats_readings_bear_the_place_of_its_own_GPS_between_good_fixes_and_none_where_it_was_silent()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        await TrackAsync(pond, fixes: 100);

        DatasetVersion version = await pond.FreezeAsync(new DatasetSelection { Channels = { HubFixture.Channel("ph", "ph") } }, DatasetFormat.Csv, DatasetFormat.Netcdf, DatasetFormat.Parquet);

        string[][] rows = await RowsAsync(pond, version);
        Assert.Equal((20.905, 107.05), (Degrees(rows[50][6]), Degrees(rows[50][7])));
        Assert.Equal((20.9055, 107.05), (Degrees(rows[55][6]), Degrees(rows[55][7])));
        Assert.Equal(("", ""), (rows[300][6], rows[300][7]));
        using var folder = new TestKit.TempFolder();
        await pond.FetchAllAsync(version, folder.Path);
        XDocument erddap = XDocument.Parse($"<all>{await File.ReadAllTextAsync(folder.File("pond-v1-erddap.xml"), Token)}</all>");
        Assert.Contains(erddap.Descendants("att"), att => att.Attribute("name")!.Value == "cdm_data_type" && att.Value == "Trajectory");
        Assert.Contains("trajectory", Encoding.ASCII.GetString(await File.ReadAllBytesAsync(folder.File("pond-v1-ph.nc"), Token)), StringComparison.Ordinal);
        Assert.Contains("GPS", await pond.Hub.Http.GetStringAsync("datasets/pond/1/card?lang=en", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_few_readings_are_looked_at_at_once_a_version_has_the_same_rows_flags_and_places()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        await TrackAsync(pond, fixes: 100);
        pond.Hub.State(new HumanFlag(HubFixture.Channel("ph", "ph"), Instant.AtUtc(HubFixture.Utc0 + pond.FirstTUs + (40 * HubFixture.Second)), Instant.AtUtc(HubFixture.Utc0 + pond.FirstTUs + (130 * HubFixture.Second)), 4, "the hand in it"));
        using var folder = new TestKit.TempFolder();
        var request = new FreezeRequest([], [], long.MinValue, long.MaxValue, [], true, true, [], true, false, 0, null);
        Freezer freezer = pond.Hub.Get<Freezer>();

        Frozen whole = await freezer.FreezeAsync(request, folder.File("whole"), static (_, _) => { }, Token);
        Frozen parts = await freezer.FreezeAsync(request, folder.File("parts"), static (_, _) => { }, Token, rowsAtOnce: 7);

        Assert.Equal((3 * ExportFixture.Rows) + 200, whole.Tables.Rows);
        Assert.True(whole.Tables.ByFlag[4] > 80, "the flagged stretch goes over many of the parts");
        Assert.Equal(whole.Tables.RowsSha256, parts.Tables.RowsSha256);
        Assert.Equal(whole.Tables.ByFlag, parts.Tables.ByFlag);
        Assert.Equal(await File.ReadAllBytesAsync(folder.File("whole"), Token), await File.ReadAllBytesAsync(folder.File("parts"), Token));
    }

    [Fact]
    public async Task Rounded_places_are_rounded_in_every_file_also_in_the_facts_and_in_channels_that_are_places()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        await TrackAsync(pond, fixes: 100);
        var site = new Id128(0x51);
        pond.Hub.State(new Site(site, "pier", "Pier", "Bến", 20.123456, 107.654321));
        pond.Hub.State(new Placement(HubFixture.PiKey, site, Instant.AtUtc(HubFixture.Utc0 + pond.FirstTUs + (400 * HubFixture.Second))));
        await pond.Datasets.DescribeDatasetAsync(new DescribeDatasetRequest { Dataset = new Dataset { Name = "datasets/pond", Title = "x", Licence = "CC0-1.0", Creator = "y", PlaceDecimals = 1 } }, cancellationToken: Token);

        DatasetVersion version = await pond.FreezeAsync(null, [.. Enum.GetValues<DatasetFormat>().Where(format => format != DatasetFormat.Unspecified)]);

        string[][] rows = await RowsAsync(pond, version);
        Assert.Equal(["20.1", "20.9"], rows.Select(row => row[6]).Where(cell => cell.Length > 0).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal("pier", rows[450][5]);
        foreach (DatasetFile file in version.Files)
        {
            byte[] bytes = await pond.FetchAsync(file);
            IEnumerable<byte[]> texts = file.FileName.EndsWith(".zip", StringComparison.Ordinal) ? Entries(bytes) : [bytes];
            Assert.All(texts, text => Assert.False(Encoding.Latin1.GetString(text) is var told && (told.Contains("20.12345", StringComparison.Ordinal) || told.Contains("107.654", StringComparison.Ordinal) || told.Contains("20.905", StringComparison.Ordinal) || told.Contains("20,905", StringComparison.Ordinal)), file.FileName));
        }
    }

    [Fact]
    public async Task A_text_of_somebody_else_is_nothing_a_spreadsheet_calculates_in_any_CSV()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        pond.Hub.State(new Deployment(HubFixture.PiKey, "t1", new Id128(0x99), "=HYPERLINK(\"http://x\",\"y\")", "@SUM(1)", Instant.AtUtc(1)));

        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Csv, DatasetFormat.ExcelEn, DatasetFormat.ExcelVi, DatasetFormat.Codap);

        foreach (DatasetFile file in version.Files)
        {
            byte[] bytes = await pond.FetchAsync(file);
            string text = file.FileName.EndsWith(".zip", StringComparison.Ordinal) ? Text(new ZipArchive(new MemoryStream(bytes)), "data.csv") : Encoding.UTF8.GetString(bytes);
            Assert.DoesNotMatch("(^|[,;\n\"])[=@]", text);
        }
    }

    [Fact]
    public async Task Two_versions_differ_in_words_of_both_languages()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        DatasetVersion one = await pond.FreezeAsync(null, DatasetFormat.Codap);
        pond.Hub.State(new Facts.Calibration(new Id128(0x77), "", "", "", "", 1.5, -0.5, Instant.AtUtc(2), "again"));
        await pond.Datasets.DescribeDatasetAsync(new DescribeDatasetRequest { Dataset = new Dataset { Name = "datasets/pond", Title = "x", Licence = "CC0-1.0", Creator = "Trường Hạ Long" } }, cancellationToken: Token);
        DatasetVersion two = await pond.FreezeAsync(null, DatasetFormat.Codap);

        var compared = await pond.Datasets.CompareDatasetVersionsAsync(new CompareDatasetVersionsRequest { Name = two.Name, With = one.Name }, cancellationToken: Token);

        Assert.Contains("New: 1 × calibration.", compared.SentencesEn);
        Assert.Contains("Mới: 1 × lần hiệu chuẩn.", compared.SentencesVi);
        Assert.Contains("Licence: CC-BY-4.0 became CC0-1.0.", compared.SentencesEn);
    }

    /// <summary>A fix every other second along a meridian, 0.0002° a fix; then silence.</summary>
    private static async Task TrackAsync(ExportFixture pond, int fixes)
    {
        long[] at = [.. Enumerable.Range(0, fixes).Select(i => pond.FirstTUs + (i * 2 * HubFixture.Second))];
        await pond.Hub.RowsAsync("gps", "latitude", "deg", [.. at.Select((t, i) => (t, 20.9 + (0.0002 * i)))]);
        await pond.Hub.RowsAsync("gps", "longitude", "deg", [.. at.Select(t => (t, 107.05))]);
    }

    private static async Task<string[][]> RowsAsync(ExportFixture pond, DatasetVersion version)
    {
        using var zip = new ZipArchive(new MemoryStream(await pond.FetchAsync(version.Files.First(file => file.FileName.EndsWith(".zip", StringComparison.Ordinal)))));
        return [.. Text(zip, "data.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).Where(row => row[8] == "ph")];
    }

    private static double Degrees(string cell) => Math.Round(double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture), 9);

    private static IEnumerable<byte[]> Entries(byte[] bytes)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes));
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using var into = new MemoryStream();
            using System.IO.Stream from = entry.Open();
            from.CopyTo(into);
            yield return into.ToArray();
        }
    }

    private static string Text(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(zip.GetEntry(name)!.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
