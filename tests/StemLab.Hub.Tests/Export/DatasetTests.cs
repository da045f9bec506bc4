using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using StemLab.Hub.Api;
using StemLab.V1;

namespace StemLab.Hub.Export;

public sealed class DatasetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_says_what_it_holds_and_its_files_are_what_it_says()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();

        DatasetVersion version = await pond.FreezeAsync(null, [.. Enum.GetValues<DatasetFormat>().Where(format => format != DatasetFormat.Unspecified)]);

        Assert.Equal(DatasetVersion.Types.State.Ready, version.State);
        Assert.Equal("datasets/pond/versions/1", version.Name);
        Assert.Equal(3 * ExportFixture.Rows, version.RowCount);
        Assert.Equal(version.RowCount, version.RowsByFlag.Values.Sum());
        Assert.Equal(10, version.RowsByFlag[9]);
        Assert.Equal(64, version.RowsSha256.Length);
        Assert.Equal(["pond-v1-codap.csv", "pond-v1-csv.zip", "pond-v1-dissolved_oxygen.nc", "pond-v1-erddap.xml", "pond-v1-excel-en.csv", "pond-v1-excel-vi.csv", "pond-v1-ph.nc", "pond-v1-stretches.parquet", "pond-v1-water_temperature.nc", "pond-v1.parquet"], version.Files.Select(file => file.FileName).Order(StringComparer.Ordinal));
        foreach (DatasetFile file in version.Files)
        {
            byte[] bytes = await pond.FetchAsync(file);
            Assert.Equal(file.SizeBytes, bytes.Length);
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    [Fact]
    public async Task A_row_of_the_bundle_has_raw_value_time_bound_probe_and_calibration_and_what_is_not_known_is_empty()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Csv);
        using var zip = new ZipArchive(new MemoryStream(await pond.FetchAsync(version.Files.Single())));
        string[][] rows = [.. Text(zip, "data.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))];
        string[] columns = rows[0];
        string Of(string[] row, string column) => row[Array.IndexOf(columns, column)];

        string[] ph = rows.First(row => Of(row, "property") == "ph");
        Assert.Equal("8.25", Of(ph, "value"));
        Assert.Equal("7", Of(ph, "raw"));
        Assert.Equal(("EZO-pH", "S-1"), (Of(ph, "probe_model"), Of(ph, "probe_serial")));
        Assert.Equal(32, Of(ph, "calibration").Length);
        Assert.Equal("", Of(ph, "uncertainty"));
        Assert.Equal("tie gps", Of(ph, "time_source"));
        Assert.True(double.Parse(Of(ph, "time_sigma_s"), System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Matches(@"^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", Of(ph, "time"));
        string[] missing = rows.Skip(1).First(row => Of(row, "flag") == "9");
        Assert.Equal(("", "", "absent"), (Of(missing, "value"), Of(missing, "raw"), Of(missing, "missing")));

        using JsonDocument package = JsonDocument.Parse(Text(zip, "datapackage.json"));
        Assert.Equal("The pond, \"=1+1\"", package.RootElement.GetProperty("title").GetString());
        Assert.Contains("Trường Hạ Long", Text(zip, "CITATION.cff"), StringComparison.Ordinal);
        Assert.Contains(version.RowsSha256, Text(zip, "README.txt"), StringComparison.Ordinal);
        using JsonDocument provenance = JsonDocument.Parse(Text(zip, "provenance.json"));
        Assert.Contains(provenance.RootElement.GetProperty("facts").EnumerateArray(), fact => fact.GetProperty("id").GetString() == Of(ph, "calibration"));
    }

    [Fact]
    public async Task The_same_selection_has_the_same_rows_hash_until_something_arrives_and_then_says_what()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        var selection = new DatasetSelection { Channels = { HubFixture.Channel("t1", "water_temperature") } };
        DatasetVersion first = await pond.FreezeAsync(selection, DatasetFormat.Csv);
        DatasetVersion again = await pond.FreezeAsync(selection, DatasetFormat.Csv);

        Assert.Equal(first.RowsSha256, again.RowsSha256);
        Assert.Equal(first.Name, again.SameRowsAs);
        await pond.Hub.RowsAsync("t1", "water_temperature", "Cel", (pond.FirstTUs - HubFixture.Second, 27.5));
        DatasetVersion later = await pond.FreezeAsync(selection, DatasetFormat.Csv);
        Assert.NotEqual(first.RowsSha256, later.RowsSha256);
        Assert.Equal("", later.SameRowsAs);
        var compared = await pond.Datasets.CompareDatasetVersionsAsync(new CompareDatasetVersionsRequest { Name = later.Name, With = first.Name }, cancellationToken: Token);
        Assert.False(compared.SameRows);
        Assert.Contains("501 readings against 500.", compared.SentencesEn);
        Assert.Equal(compared.SentencesEn.Count, compared.SentencesVi.Count);
        Assert.Equal(500, (await pond.Datasets.GetDatasetVersionAsync(new GetDatasetVersionRequest { Name = first.Name }, cancellationToken: Token)).Version.RowCount);
    }

    [Fact]
    public async Task A_calibration_taken_back_makes_another_version_and_the_old_revision_gives_the_old_rows()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        var ph = new DatasetSelection { Channels = { HubFixture.Channel("ph", "ph") } };
        DatasetVersion before = await pond.FreezeAsync(ph, DatasetFormat.Csv);
        Facts.Fact calibration = pond.Hub.Facts.Current.Of<Facts.Calibration>().Single().Fact;
        pond.Hub.Facts.Append(new Facts.FactDraft(new Facts.Withdrawal("wrong bottle"), pond.Hub.Clock.Now, Facts.FactRoles.Teacher) { Supersedes = [calibration.FactId] });
        DatasetVersion after = await pond.FreezeAsync(ph, DatasetFormat.Csv);
        DatasetVersion asOf = await pond.FreezeAsync(new DatasetSelection(ph) { AsOfRevision = before.Revision }, DatasetFormat.Csv);

        Assert.NotEqual(before.RowsSha256, after.RowsSha256);
        Assert.Equal(before.RowsSha256, asOf.RowsSha256);
    }

    [Fact]
    public async Task Flags_times_and_origin_choose_rows()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        long from = HubFixture.Utc0 + pond.FirstTUs + (100 * HubFixture.Second);

        DatasetVersion some = await pond.FreezeAsync(new DatasetSelection { StartTimeUs = from, EndTimeUs = from + (10 * HubFixture.Second), Channels = { HubFixture.Channel("ph", "ph") }, Flags = { QcFlag.Missing } }, DatasetFormat.Csv);
        DatasetVersion none = await pond.FreezeAsync(new DatasetSelection { Origin = DatasetSelection.Types.Origin.Simulated });

        Assert.Equal(1, some.RowCount);
        Assert.Equal((DatasetVersion.Types.State.Ready, 0L), (none.State, none.RowCount));
    }

    [Fact]
    public async Task A_cut_download_goes_on_and_an_unknown_file_is_not_found()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        DatasetFile file = (await pond.FreezeAsync(null, DatasetFormat.Csv)).Files.Single();
        byte[] whole = await pond.FetchAsync(file);
        using var rest = new HttpRequestMessage(HttpMethod.Get, file.Path.TrimStart('/')) { Headers = { Range = new RangeHeaderValue(100, null), IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{file.Sha256}\"")) } };
        using HttpResponseMessage answer = await pond.Hub.Http.SendAsync(rest, Token);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(whole[100..], await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(whole))}:", answer.Headers.TryGetValues("Repr-Digest", out var digest) ? digest.Single() : answer.Content.Headers.GetValues("Repr-Digest").Single());
        foreach (string path in (string[])["datasets/pond/1/files/rows.slfroz", "datasets/pond/1/files/..%2F..%2F..%2Fhub.db", "datasets/pond/9/files/x", "datasets/../1/files/pond-v1-csv.zip"])
        {
            using HttpResponseMessage none = await pond.Hub.Http.GetAsync(path, Token);
            Assert.Contains(none.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.Forbidden]);
        }
    }

    [Fact]
    public async Task An_erasure_withdraws_the_versions_that_hold_its_rows_and_no_other()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        DatasetVersion ph = await pond.FreezeAsync(new DatasetSelection { Channels = { HubFixture.Channel("ph", "ph") } }, DatasetFormat.Csv);
        DatasetVersion temperature = await pond.FreezeAsync(new DatasetSelection { Channels = { HubFixture.Channel("t1", "water_temperature") } }, DatasetFormat.Csv);

        await new StoreService.StoreServiceClient(pond.Hub.Grpc).EraseReadingsAsync(new EraseReadingsRequest { Channels = { HubFixture.Channel("ph", "ph") }, Reason = "a name was in it" }, cancellationToken: Token);

        DatasetBook book = pond.Hub.Get<DatasetBook>();
        while (true)
        {
            (DatasetVersion? now, Task moved) = book.State(ph.Name);
            if (now!.State == DatasetVersion.Types.State.Withdrawn)
            {
                Assert.Contains("a name was in it", now.ReasonEn, StringComparison.Ordinal);
                break;
            }

            await moved.WaitAsync(TimeSpan.FromSeconds(60), Token);
        }

        using HttpResponseMessage gone = await pond.Hub.Http.GetAsync(ph.Files.Single().Path.TrimStart('/'), Token);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        using HttpResponseMessage kept = await pond.Hub.Http.GetAsync(temperature.Files.Single().Path.TrimStart('/'), Token);
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
    }

    [Fact]
    public async Task What_is_wrong_is_said_all_at_once_and_nothing_is_begun()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        RpcException description = await HubFixture.RefusedAsync(pond.Datasets.DescribeDatasetAsync(new DescribeDatasetRequest { Dataset = new Dataset { Name = "datasets/Bad Name", Licence = "mine", Doi = "x", PlaceDecimals = 99 } }, cancellationToken: Token));
        Assert.Equal(["dataset.creator", "dataset.doi", "dataset.licence", "dataset.name", "dataset.place_decimals"], HubFixture.Fields(description));

        var selection = new DatasetSelection { Channels = { "nonsense", HubFixture.Channel("x", "y") }, Sites = { "nowhere" }, StartTimeUs = 5, EndTimeUs = 4, Flags = { (QcFlag)7 }, Runs = { "none" }, AsOfRevision = 1_000_000 };
        RpcException asked = await HubFixture.RefusedAsync(pond.Datasets.CreateDatasetVersionAsync(new CreateDatasetVersionRequest { Parent = "datasets/pond", Selection = selection, Formats = { (DatasetFormat)77 } }, cancellationToken: Token));
        Assert.Equal(
            ["formats", "selection.as_of_revision", "selection.channels", "selection.channels", "selection.end_time_us", "selection.flags", "selection.runs", "selection.sites"], HubFixture.Fields(asked));

        RpcException undescribed = await HubFixture.RefusedAsync(pond.Datasets.CreateDatasetVersionAsync(new CreateDatasetVersionRequest { Parent = "datasets/other" }, cancellationToken: Token));
        Assert.Equal(StatusCode.FailedPrecondition, undescribed.StatusCode);
        Assert.Empty((await pond.Datasets.ListDatasetVersionsAsync(new ListDatasetVersionsRequest { Parent = "datasets/-" }, cancellationToken: Token)).Versions);
    }

    [Fact]
    public async Task What_was_erased_of_a_channel_is_told_with_its_readings()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        long from = HubFixture.Utc0 + pond.FirstTUs + (10 * HubFixture.Second);
        await new StoreService.StoreServiceClient(pond.Hub.Grpc).EraseReadingsAsync(
            new EraseReadingsRequest { Channels = { HubFixture.Channel("ph", "ph") }, StartTimeUs = from, EndTimeUs = from + (5 * HubFixture.Second), Reason = "in the bucket" }, cancellationToken: Token);

        DatasetVersion version = await pond.FreezeAsync(new DatasetSelection { Channels = { HubFixture.Channel("ph", "ph") } }, DatasetFormat.Csv);

        using var zip = new ZipArchive(new MemoryStream(await pond.FetchAsync(version.Files.Single())));
        using JsonDocument provenance = JsonDocument.Parse(Text(zip, "provenance.json"));
        JsonElement erasure = Assert.Single(provenance.RootElement.GetProperty("facts").EnumerateArray(), fact => fact.GetProperty("kind").GetString() == "erasure");
        Assert.Equal("in the bucket", erasure.GetProperty("body").GetProperty("reason").GetString());
        Assert.Equal(ExportFixture.Rows - 5, version.RowCount);
    }

    [Fact]
    public async Task What_was_erased_of_an_input_is_told_with_what_is_computed_from_it_and_with_nothing_else()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        var computed = new Facts.DerivedChannelBody(
            HubFixture.PiKey, "mix", "", "p + 0 * number(t; \"Cel\")", "", "", [new Facts.DerivedBinding("p", HubFixture.Channel("ph", "ph"), ""), new Facts.DerivedBinding("t", HubFixture.Channel("t1", "water_temperature"), "")], 0, "");
        pond.Hub.State(computed);
        long from = HubFixture.Utc0 + pond.FirstTUs + (10 * HubFixture.Second);
        await new StoreService.StoreServiceClient(pond.Hub.Grpc).EraseReadingsAsync(
            new EraseReadingsRequest { Channels = { HubFixture.Channel("t1", "water_temperature") }, StartTimeUs = from, EndTimeUs = from + (5 * HubFixture.Second), Reason = "a kettle" }, cancellationToken: Token);

        // Another quantity of the very port.
        await pond.Hub.RowsAsync("t1", "relative_humidity", "%", [.. Enumerable.Range(0, ExportFixture.Rows).Select(i => (pond.FirstTUs + (i * HubFixture.Second), 60.0))]);
        foreach ((string channel, int told) in ((string, int)[])[(computed.Channel, 1), (HubFixture.Channel("do", "dissolved_oxygen"), 0), (HubFixture.Channel("t1", "relative_humidity"), 0)])
        {
            DatasetVersion version = await pond.FreezeAsync(new DatasetSelection { Channels = { channel } }, DatasetFormat.Csv);
            Assert.Equal(ExportFixture.Rows, version.RowCount);
            using var zip = new ZipArchive(new MemoryStream(await pond.FetchAsync(version.Files.Single())));
            using JsonDocument provenance = JsonDocument.Parse(Text(zip, "provenance.json"));
            Assert.Equal(told, provenance.RootElement.GetProperty("facts").EnumerateArray().Count(fact => fact.GetProperty("kind").GetString() == "erasure"));
        }
    }

    private static string Text(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(zip.GetEntry(name)!.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
