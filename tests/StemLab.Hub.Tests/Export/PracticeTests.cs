using System.CommandLine;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Grpc.Core;
using StemLab.Hub.Api;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;
using StemLab.V1;
using StemLab.Wire;
using Instant = StemLab.Hub.Facts.Instant;
using Purpose = StemLab.V1.DatasetSelection.Types.Purpose;
using Run = StemLab.Hub.Facts.Run;

namespace StemLab.Hub.Export;

/// <summary>What was measured for practice is left out of datasets unless somebody asks for it, and it is said.</summary>
public sealed class PracticeTests
{
    private static readonly string Ph = HubFixture.Channel("ph", "ph");
    private static readonly string Temperature = HubFixture.Channel("t1", "water_temperature");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Practice_is_left_out_as_usual_and_taken_where_asked_for_and_a_reading_in_a_real_run_too_is_real()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        DatasetVersion before = await pond.FreezeAsync(null, DatasetFormat.Codap);
        string practice = State(pond, 100, 200, isPractice: true, Ph);
        State(pond, 150, 160, isPractice: false, Ph, Temperature);
        State(pond, 190, 210, isPractice: true, Ph);

        DatasetVersion usual = await pond.FreezeAsync(null, DatasetFormat.Codap);
        long all = 3 * ExportFixture.Rows;
        Assert.Equal((all - 100, true, 100, 2), (usual.RowCount, usual.Practice.LeftOut, usual.Practice.RowCount, usual.Practice.Runs.Count));
        Assert.Equal((practice, Utc(pond, 100), Utc(pond, 200), 90), (usual.Practice.Runs[0].Run, usual.Practice.Runs[0].StartTimeUs, usual.Practice.Runs[0].EndTimeUs, usual.Practice.Runs[0].RowCount));

        DatasetVersion any = await pond.FreezeAsync(new DatasetSelection { Purpose = Purpose.Any }, DatasetFormat.Codap);
        Assert.Equal((all, before.RowsSha256, false), (any.RowCount, any.RowsSha256, any.Practice.LeftOut));
        Assert.Equal(100, (await pond.FreezeAsync(new DatasetSelection { Purpose = Purpose.Practice }, DatasetFormat.Codap)).RowCount);
        Assert.Equal(100, (await pond.FreezeAsync(new DatasetSelection { Runs = { practice } }, DatasetFormat.Codap)).RowCount);
        Assert.Equal(10, (await pond.FreezeAsync(new DatasetSelection { Runs = { practice }, Purpose = Purpose.Real }, DatasetFormat.Codap)).RowCount);
        var counted = await pond.Datasets.PreviewSelectionAsync(new PreviewSelectionRequest { Selection = new DatasetSelection { Channels = { Ph } } }, cancellationToken: Token);
        Assert.Equal((ExportFixture.Rows - 100, 1, 100), (counted.RowCount, counted.ChannelCount, counted.Practice.RowCount));

        // The question of before at the revision of before has the rows of before, and what is different now is said.
        DatasetVersion then = await pond.FreezeAsync(new DatasetSelection { AsOfRevision = before.Revision }, DatasetFormat.Codap);
        Assert.Equal((before.RowsSha256, null), (then.RowsSha256, then.Practice));
        var compared = await pond.Datasets.CompareDatasetVersionsAsync(new CompareDatasetVersionsRequest { Name = usual.Name, With = before.Name }, cancellationToken: Token);
        Assert.Contains("Readings of practice runs left out: 100 against 0.", compared.SentencesEn);
    }

    [Fact]
    public async Task A_run_said_to_be_real_afterwards_brings_its_readings_back_and_a_run_that_goes_on_holds_all_to_come()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        string run = State(pond, 400, null, isPractice: true, Ph);
        Assert.Equal((ExportFixture.Rows - 100, 0), await CountAsync(pond) is var usual ? (usual.RowCount, usual.Practice.Runs[0].EndTimeUs) : default);

        await new RunService.RunServiceClient(pond.Hub.Grpc).SetRunPurposeAsync(new SetRunPurposeRequest { Name = $"runs/{run}", Purpose = RunPurpose.Real }, cancellationToken: Token);

        Assert.Equal((ExportFixture.Rows, null), await CountAsync(pond) is var now ? (now.RowCount, now.Practice) : default);
    }

    [Fact]
    public async Task A_channel_computed_from_one_that_practised_is_practice_too_and_a_channel_beside_it_is_not()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        await new DerivedChannelService.DerivedChannelServiceClient(pond.Hub.Grpc).CreateDerivedChannelAsync(
            new CreateDerivedChannelRequest
            {
                Parent = $"agents/{HubFixture.PiKey}",
                Definition = new DerivedChannelDefinition { Port = "double", Expression = "2*number(p)", Inputs = { new DerivedInputBinding { Name = "p", Channel = Ph } } },
            },
            cancellationToken: Token);
        State(pond, 0, 50, isPractice: true, Ph);
        string computed = pond.Hub.Get<Derive.DerivationBook>().Current.Channels.Single(channel => channel.Port == "double").Name;

        DatasetVersion version = await pond.FreezeAsync(new DatasetSelection { Channels = { computed, Ph, Temperature } }, DatasetFormat.Codap);

        Assert.Equal([50, 50, 0], version.Channels.OrderByDescending(channel => channel.Name == Temperature ? 0 : 1).Select(channel => ExportFixture.Rows - channel.Stored));
    }

    [Fact]
    public async Task Card_readme_and_provenance_say_which_practice_was_left_out_and_how_much_without_what_people_typed()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        string run = State(pond, 100, 200, isPractice: true, Ph);
        DatasetVersion version = await pond.FreezeAsync(null, DatasetFormat.Csv);
        DatasetVersion within = await pond.FreezeAsync(new DatasetSelection { Purpose = Purpose.Any }, DatasetFormat.Csv);

        using var zip = new ZipArchive(new MemoryStream(await pond.FetchAsync(version.Files.Single())));
        using JsonDocument provenance = JsonDocument.Parse(Text(zip, "provenance.json"));
        JsonElement told = provenance.RootElement.GetProperty("practice");
        Assert.Equal((true, 100, run), (told.GetProperty("leftOut").GetBoolean(), told.GetProperty("readings").GetInt64(), told.GetProperty("runs")[0].GetProperty("run").GetString()));
        Assert.Contains("Left out: 100 readings of practice runs (1).", Text(zip, "README.txt"), StringComparison.Ordinal);
        Assert.DoesNotContain("Lan", Text(zip, "README.txt") + Text(zip, "provenance.json") + Text(zip, "card.html"), StringComparison.Ordinal);
        string vi = WebUtility.HtmlDecode(await pond.Hub.Http.GetStringAsync("datasets/pond/1/card?lang=vi", Token));
        Assert.Contains("Lần đo thử không lấy vào", vi, StringComparison.Ordinal);
        Assert.Contains(run, vi, StringComparison.Ordinal);
        string both = WebUtility.HtmlDecode(await pond.Hub.Http.GetStringAsync($"datasets/pond/{within.Name.Split('/')[3]}/card?lang=en", Token));
        Assert.Contains("Some readings are of practice runs.", both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_takes_practice_where_it_is_told_to_and_says_what_it_left_out()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        State(pond, 100, 200, isPractice: true, Ph);

        Assert.Contains("Left out: 100 readings of practice runs (1)", await CommandAsync(pond), StringComparison.Ordinal);
        string any = await CommandAsync(pond, "--purpose", "any");
        Assert.Contains("1500 readings", any, StringComparison.Ordinal);
        Assert.DoesNotContain("Left out", any, StringComparison.Ordinal);
        Assert.Contains("100 readings", await CommandAsync(pond, "--purpose", "practice"), StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<StartRefusedException>(() => CommandAsync(pond, "--purpose", "fun"));
        Assert.Equal("--purpose: 'fun' is not usual, real, practice or any", unknown.Message);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await pond.FreezeAsync(new DatasetSelection { Purpose = (Purpose)9 }));
        Assert.Contains("selection.purpose", refused.Status.Detail, StringComparison.Ordinal);
    }

    private static async Task<PreviewSelectionResponse> CountAsync(ExportFixture pond) =>
        await pond.Datasets.PreviewSelectionAsync(new PreviewSelectionRequest { Selection = new DatasetSelection { Channels = { Ph } } }, cancellationToken: Token);

    private static async Task<string> CommandAsync(ExportFixture pond, params string[] more)
    {
        using var folder = new TempFolder();
        var output = new StringWriter();
        string[] args = ["pond", "--format", "codap", "--data", pond.Hub.Get<HubOptions>().DataFolder, "--out", folder.Path, .. more];
        await ExportCommand.Build().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false }, Token);
        return output.ToString();
    }

    /// <summary>A run from one row to before another; null = it goes on. Its id.</summary>
    private static string State(ExportFixture pond, int from, int? to, bool isPractice, params string[] channels)
    {
        var run = Id128.New();
        pond.Hub.State(new Run(run, "Lan", [.. channels], Instant.AtUtc(Utc(pond, from)), to is { } end ? Instant.AtUtc(Utc(pond, end)) : null, isPractice ? Run.Practice : null));
        return run.ToString();
    }

    private static long Utc(ExportFixture pond, int row) => HubFixture.Utc0 + pond.FirstTUs + (row * HubFixture.Second);

    private static string Text(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(zip.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }
}
