// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using StemLab.Hub.Api;
using StemLab.Hub.Classroom;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Calibration = StemLab.Hub.Facts.Calibration;
using CalibrationMethod = StemLab.Hub.Facts.CalibrationMethod;
using CalibrationCheck = StemLab.Hub.Facts.CalibrationCheck;
using Deployment = StemLab.Hub.Facts.Deployment;
using Instant = StemLab.Hub.Facts.Instant;
using Light = StemLab.V1.PreflightLine.Types.Light;
using Run = StemLab.Hub.Facts.Run;
using StandardReading = StemLab.Hub.Facts.StandardReading;

namespace StemLab.Hub.Preflight;

/// <summary>What is found on the quay instead of on the water.</summary>
public sealed class PreflightTests
{
    private const long Day = 86_400 * HubFixture.Second;
    private static readonly Id128 Probe = new(0x99);

    [Fact]
    public async Task A_hub_nobody_can_reach_with_an_agent_that_is_off_is_not_ready_and_says_what_to_do()
    {
        await using var hub = await HubFixture.StartAsync();

        var before = await LookAsync(hub);

        Assert.Equal(Light.Stop, before.Light);
        Assert.Equal(Light.Stop, One(before.Lines, "agent").Light);
        Assert.Contains("--listen", One(before.Lines, "network").Todo.En, StringComparison.Ordinal);
        Assert.Equal(Light.Look, One(before.Lines, "phones").Light);
        Assert.Equal(before.Lines.OrderByDescending(line => line.Light), before.Lines);
    }

    [Fact]
    public async Task Every_line_speaks_both_languages_and_what_is_not_green_says_what_to_do()
    {
        await using var hub = await HubFixture.StartAsync(anchored: false);
        await hub.SteadyAsync("ph", "ph", "[pH]", 50, HubFixture.Second, _ => 7);
        Calibrate(hub, agoUs: 0, slopePercent: 60);
        var lines = (await LookAsync(hub)).Lines.Concat((await new PreflightService.PreflightServiceClient(hub.Grpc).GetPostflightAsync(new GetPostflightRequest())).Lines).ToArray();

        Assert.All(lines, line =>
        {
            Assert.All((string[])[line.About.En, line.About.Vi, line.Found.En, line.Found.Vi], text => Assert.False(string.IsNullOrWhiteSpace(text), line.ToString()));
            Assert.NotEqual(line.Found.En, line.Found.Vi);
            Assert.Equal(line.Light == Light.Ready, line.Todo is null);
            Assert.DoesNotContain("{0}", line.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task The_store_is_tried_beside_the_real_one_and_nothing_of_the_trial_stays()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 50, HubFixture.Second, _ => 7);
        var before = hub.Store.StoredTotal;

        var lines = (await LookAsync(hub)).Lines;

        Assert.Equal(Light.Ready, lines.Last(line => line.Id == "store").Light);
        Assert.Contains(lines, line => line.Id == "store" && line.Found.En.StartsWith("1,000 trial readings", StringComparison.Ordinal));
        Assert.Equal(Light.Ready, One(lines, "export").Light);
        Assert.Contains("50 readings", One(lines, "export").Found.En, StringComparison.Ordinal);
        Assert.Equal(before, hub.Store.StoredTotal);
        Assert.Empty(Directory.EnumerateDirectories(hub.Get<Access.AccessOptions>().DataFolder, "dryrun-*"));
    }

    [Theory]
    [InlineData(1, 98.0, "LIGHT_READY")]
    [InlineData(20, 98.0, "LIGHT_LOOK")]
    [InlineData(1, 90.0, "LIGHT_LOOK")]
    [InlineData(1, 70.0, "LIGHT_STOP")]
    public async Task A_probe_is_judged_by_age_and_slope_of_its_calibration(int days, double slope, string expected)
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 50, HubFixture.Second, _ => 7);
        Calibrate(hub, days * Day, slope);

        var probe = One((await LookAsync(hub)).Lines, "probe");

        Assert.Equal(expected, new Dictionary<Light, string> { [Light.Ready] = "LIGHT_READY", [Light.Look] = "LIGHT_LOOK", [Light.Stop] = "LIGHT_STOP" }[probe.Light]);
        Assert.Contains("pH", probe.About.Vi, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_trip_an_open_run_a_missing_check_an_open_session_and_no_copy_are_named()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 50, HubFixture.Second, _ => 7);
        Calibrate(hub, Day, 98);
        hub.State(new Run(Id128.New(), "stop 1", [HubFixture.Channel("ph", "ph")], hub.Clock.Now, null));
        hub.Get<ClassSessions>().OpenOne("teacher:1");
        var client = new PreflightService.PreflightServiceClient(hub.Grpc);

        var after = await client.GetPostflightAsync(new GetPostflightRequest());

        Assert.Equal(Light.Stop, after.Light);
        Assert.All((string[])["runs", "check", "session"], id => Assert.Equal(Light.Look, One(after.Lines, id).Light));
        Assert.Equal(Light.Stop, One(after.Lines, "backup").Light);

        hub.State(new CalibrationCheck(Probe, hub.Clock.Now, [new StandardReading(7, 7)], ""));
        var folder = hub.Get<Access.AccessOptions>().DataFolder;
        using var copy = new TestKit.TempFolder();
        await hub.Store.FlushAsync();
        Startup.HubBackup.Write(folder, Path.Combine(copy.Path, "trip.zip"), TimeProvider.System, static _ => { });
        var again = await client.GetPostflightAsync(new GetPostflightRequest());

        Assert.Equal(Light.Ready, One(again.Lines, "check").Light);
        Assert.NotEqual(Light.Stop, One(again.Lines, "backup").Light);

        await hub.SteadyAsync("ph", "ph", "[pH]", 5, HubFixture.Second, _ => 7, 60 * HubFixture.Second);
        Assert.Equal(Light.Stop, One((await client.GetPostflightAsync(new GetPostflightRequest())).Lines, "backup").Light);
    }

    [Fact]
    public async Task An_agent_switched_off_in_order_is_green_though_nobody_hears_it_and_one_that_lost_power_is_not()
    {
        await using var hub = await HubFixture.StartAsync();
        var client = new PreflightService.PreflightServiceClient(hub.Grpc);
        StreamDeclaration stream = new(new StreamId(7), new BootId(HubFixture.Boot.Value), 2);
        async Task<PreflightLine> SayAsync(StreamDeclaration ended)
        {
            await hub.Store.DeclareAsync(new Declarations(HubFixture.Owner, [], [new CatalogDeclaration(9, [new InputDeclaration("ph", "ph", "[pH]", 0)])], [ended]));
            return One((await client.GetPostflightAsync(new GetPostflightRequest())).Lines, "sequences");
        }

        await SayAsync(stream with { DurableNextSeq = null });
        var rows = new BlockRows { TUs = [HubFixture.Second, 2 * HubFixture.Second], Raw = [7, 7], Missing = [0, 0], Columns = [new BlockColumn(0, 0, 2)] };
        var block = new NativeBlock(HubFixture.Owner, stream.Id, stream.Boot, 9, 0, 2, new byte[16], rows);
        await hub.Store.SubmitAsync(block);
        await block.Completion;

        Assert.Equal(Light.Look, (await SayAsync(stream)).Light);
        var over = await SayAsync(stream with { IsComplete = true });
        Assert.Equal((Light.Ready, "2 of 2 stored, 0 missing."), (over.Light, over.Found.En));
    }

    [Fact]
    public async Task A_record_torn_by_a_power_cut_is_one_reading_short_and_what_was_not_yet_on_the_card_is_said_to_be_unknown()
    {
        await using var hub = await HubFixture.StartAsync();
        StreamDeclaration stream = new(new StreamId(7), new BootId(HubFixture.Boot.Value), 3);
        await hub.Store.DeclareAsync(new Declarations(HubFixture.Owner, [], [new CatalogDeclaration(9, [new InputDeclaration("ph", "ph", "[pH]", 0)])], [stream with { DurableNextSeq = null }]));
        var rows = new BlockRows { TUs = [HubFixture.Second, 2 * HubFixture.Second], Raw = [7, 7], Missing = [0, 0], Columns = [new BlockColumn(0, 0, 2)] };
        var block = new NativeBlock(HubFixture.Owner, stream.Id, stream.Boot, 9, 0, 2, new byte[16], rows);
        await hub.Store.SubmitAsync(block);
        await block.Completion;

        // Back after the cut: three were numbered, the third was being written.
        var torn = new LostRange(HubFixture.Owner, stream.Id, 2, 1, LostReason.Power, default);
        await hub.Store.SubmitAsync(torn);
        await torn.Completion;
        await hub.Store.DeclareAsync(new Declarations(HubFixture.Owner, [], [], [stream]));
        hub.Get<Fleet.FleetBook>().Connected(HubFixture.Owner);

        var line = One((await new PreflightService.PreflightServiceClient(hub.Grpc).GetPostflightAsync(new GetPostflightRequest())).Lines, "sequences");
        var page = await hub.Http.GetStringAsync(new Uri("agents?lang=vi", UriKind.Relative));

        Assert.Equal(Light.Look, line.Light);
        Assert.Equal("Everything it still had is here; 1 reading was lost and up to 5 s before a power cut are not known.", line.Found.En);
        Assert.StartsWith("Mọi thứ nó còn giữ đã ở đây; 1 số đo bị mất và tối đa 5 giây trước khi mất điện thì không rõ", line.Found.Vi, StringComparison.Ordinal);
        Assert.Matches("class=\"lost\">1<", page);
        Assert.Contains("Lần chạy trước bị cắt điện, có thể mất 5 giây cuối.", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_of_many_agents_that_were_never_calibrated_are_one_line_that_tells_what_they_measure()
    {
        await using var hub = await HubFixture.StartAsync();
        foreach (var n in Enumerable.Range(1, 5))
        {
            var agent = new AgentId((UInt128)(0x100 + n));
            hub.Get<Fleet.FleetBook>().Enrol($"raft-{n}", agent);
            await hub.DeclareAsync(new Id128(agent.Value), new Id128((UInt128)(0x200 + n)), 1, default);
            var rows = new ForeignRows(agent, new BootId((UInt128)(0x200 + n)), [new ForeignRow(new InputDeclaration("a", "ph", "[pH]", 0), 1, 7, 0), new ForeignRow(new InputDeclaration("b", "turbidity", "[NTU'U]", 0), 1, 2, 0)], null, false);
            await hub.Store.SubmitAsync(rows);
            await rows.Completion;
        }

        var line = One((await LookAsync(hub)).Lines, "probe");

        Assert.Equal("5 × pH; 5 × Turbidity", line.About.En);
        Assert.Equal("5 × Độ pH; 5 × Độ đục", line.About.Vi);
    }

    private static async Task<GetPreflightResponse> LookAsync(HubFixture hub) => await new PreflightService.PreflightServiceClient(hub.Grpc).GetPreflightAsync(new GetPreflightRequest());

    private static PreflightLine One(IEnumerable<PreflightLine> lines, string id) => lines.First(line => line.Id == id);

    private static void Calibrate(HubFixture hub, long agoUs, double slopePercent)
    {
        hub.State(new Deployment(HubFixture.PiKey, "ph", Probe, "", "", Instant.AtUtc(1)));
        var from = agoUs == 0 ? hub.Clock.Now : Instant.AtUtc(HubFixture.Utc0 + hub.NowUs - agoUs);
        hub.State(new Calibration(Probe, "", "", "", "", 1, 0, from, "", new CalibrationMethod(CalibrationForm.Linear, [], [], [], SlopePercent: slopePercent)));
    }
}
