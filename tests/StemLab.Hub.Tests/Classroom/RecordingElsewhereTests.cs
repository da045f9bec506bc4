using StemLab.Hub.Api;
using StemLab.Hub.Export;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.Retention;
using StemLab.Hub.Screens;
using StemLab.Hub.Startup;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>A recording that comes with a lesson was not measured here: what speaks of everything does not mean it, what names it does.</summary>
public sealed class RecordingElsewhereTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_of_everything_leaves_it_out_and_one_that_names_its_channel_or_run_has_it()
    {
        await using var pond = await ExportFixture.StartAsync();
        var before = await pond.FreezeAsync(null, DatasetFormat.Codap);
        var part = (await TakeAsync(pond.Hub)).First();
        var cells = pond.Hub.Store.StoredTotal - (3 * ExportFixture.Rows);
        Assert.True(cells > 100);
        Assert.Equal(before.RowsSha256, (await pond.FreezeAsync(null, DatasetFormat.Codap)).RowsSha256);
        Assert.Equal(before.RowCount, (await pond.FreezeAsync(new DatasetSelection { Channels = { "agents/-/channels/-" } }, DatasetFormat.Codap)).RowCount);
        var ofRun = await pond.FreezeAsync(new DatasetSelection { Runs = { part.Run } }, DatasetFormat.Codap);
        var named = await pond.FreezeAsync(new DatasetSelection { Channels = { part.Channels } }, DatasetFormat.Codap);
        Assert.Equal(ofRun.RowCount, named.RowCount);
        Assert.InRange(named.RowCount, 100, cells);
    }

    /// <summary>Its readings are years old: a rule for everything would drop it at once.</summary>
    [Fact]
    public async Task A_rule_of_retention_for_everything_spares_it_and_one_that_names_it_does_not()
    {
        await using var hub = await RetentionFixture.StartAsync();
        await hub.SendAsync("pond", hub.NowUs - (400 * RetentionFixture.Day), 10);
        var part = (await hub.Get<ClassRecordings>().TakeAsync("day-and-night", 0, FactRoles.Teacher, "en"))[0];
        Assert.Equal(10, (await hub.Removals.SetRuleAsync([], 365 * RetentionFixture.Day, "a year", Stop)).Dropped);
        Assert.Equal(0, await hub.Removals.SweepAsync(Stop));
        Assert.InRange((await hub.Removals.SetRuleAsync(part.Channels, 365 * RetentionFixture.Day, "this one too", Stop)).Dropped, 100, 10_000);
    }

    [Fact]
    public async Task The_screen_of_a_demo_shows_what_its_agents_measure_and_never_a_recording()
    {
        using var folder = new TempFolder();
        await using var host = await HubHost.StartAsync(new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "none", Demo = true }, Stop);
        var parts = await ((ClassRecordings)host.Services.GetService(typeof(ClassRecordings))!).TakeAsync("day-and-night", 0, FactRoles.Teacher, "en");
        Assert.NotEmpty(parts);
        var board = (PublicBoard)host.Services.GetService(typeof(PublicBoard))!;
        Assert.Empty(board.Shown());
        Assert.Empty(board.Now().Cards);
    }

    private static async Task<IEnumerable<PlaybackPart>> TakeAsync(HubFixture hub) => await hub.Get<ClassRecordings>().TakeAsync("day-and-night", 0, FactRoles.Teacher, "en");
}
