using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>A hub whose machine's clock is more than a year behind, as a whole program: what was measured and recorded meanwhile gets its true time once somebody puts it right.</summary>
public sealed class WrongClockTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private static readonly TimeSpan Behind = TimeSpan.FromDays(400);
    private const double Second = 1_000_000;

    /// <summary>What the ways of a reading and of a call may take; the machine's own pauses come on top.</summary>
    private const double Near = 2;

    [ServerFact("faketime")]
    public Task What_was_measured_while_the_clock_was_400_days_behind_gets_its_true_time_when_the_clock_of_the_running_hub_is_put_right() =>
        HealsAsync("the hub's clock 400 days behind, then set", (time, _, _) =>
        {
            time.Set(TimeSpan.Zero);
            return Task.CompletedTask;
        });

    [ServerFact("faketime")]
    public Task What_was_measured_while_the_clock_was_400_days_behind_gets_its_true_time_by_a_teachers_word_and_the_wrong_clock_is_not_believed_again() =>
        HealsAsync("the hub's clock 400 days behind, a teacher says the time", async (_, hub, thermometer) =>
        {
            // Said first, then the machine's own word is taken back: there is never a moment without any.
            var hubs = (await hub.Api.Time.GetTimeAsync(new GetTimeRequest(), cancellationToken: Cancelled)).Anchors.Where(anchor => anchor.ByRole == "hub").ToList();
            await hub.Api.Time.StateAnchorAsync(new StateAnchorRequest { UtcUs = thermometer.BeganUtcUs + (long)(thermometer.Now * Second), SigmaUs = 2_000_000 }, cancellationToken: Cancelled);
            foreach (var anchor in hubs)
            {
                await hub.Api.Time.WithdrawAnchorAsync(new WithdrawAnchorRequest { FactId = anchor.FactId, Reason = "400 days behind" }, cancellationToken: Cancelled);
            }
        });

    private static async Task HealsAsync(string fault, Func<FakeTime, HubProcess, Thermometer, Task> putRight)
    {
        using var folder = new TempFolder();
        using var cards = new TempFolder();
        using var time = new FakeTime();
        await using var thermometer = new Thermometer();
        time.Set(-Behind);
        var port = FixedPort.Choose();
        var hub = await HubProcess.StartInAsync(time.WallClock, folder.Path, mqttPort: port);
        var agents = new List<RealProcess>();
        await using var maker = new ForeignClient(port);
        try
        {
            var crew = new List<(string Card, EnrolAgentResponse Enrolled)>();
            foreach (var slug in (string[])["raft", "pier"])
            {
                var card = Directory.CreateDirectory(cards.File(slug)).FullName;
                crew.Add((card, await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = slug }, cancellationToken: Cancelled)));
                MeasuringAgent.Configure(card, crew[^1].Enrolled, $"127.0.0.1:{port}", 0.1, bootPerProcess: true);
                agents.Add(MeasuringAgent.Start(card, thermometer));
            }

            // :: Step 1: everything goes its way, a year ago; a run is started and stopped, one agent is switched off and on
            await MoreAsync(hub, crew, 10);
            var state = await hub.Api.StateAsync();
            Assert.InRange((thermometer.BeganUtcUs - state.UtcUs) / Second, Behind.TotalSeconds - 100, Behind.TotalSeconds + 100);
            var channel = (await hub.Api.ChannelsAsync()).First(one => one.Port.StartsWith("water", StringComparison.Ordinal)).Name;
            var startedAt = thermometer.Now;
            var run = (await StateAsync(hub, new RunFact { Title = "ebb", Channels = { channel } })).Run;
            await agents[1].KillAsync();
            await agents[1].DisposeAsync();
            agents[1] = MeasuringAgent.Start(crew[1].Card, thermometer);
            for (var value = 0; value < 20; value++)
            {
                Assert.True(await maker.TryNextAsync());
            }

            await MoreAsync(hub, crew, 10);
            var clock = await hub.Api.Time.GetTimeAsync(new GetTimeRequest(), cancellationToken: Cancelled);
            run.End = new Instant { BootTime = new BootTime { BootId = clock.BootId, TUs = clock.BootTimeUs } };
            await StateAsync(hub, run);
            var endedAt = thermometer.Now;
            if (clock.Source == "rtc")
            {
                // Where a time server disciplines this machine, the agents tell its time themselves.
                Assert.All((await MakersAsync(hub)).TimeUs, at => Assert.True(at < thermometer.BeganUtcUs - (Behind.TotalSeconds * 0.9 * Second)));
            }

            // :: Step 2: the time is told
            await putRight(time, hub, thermometer);
            await Eventually.True(async () => (await hub.Api.StateAsync()).UtcUs > thermometer.BeganUtcUs, "the hub knows the time");
            await MoreAsync(hub, crew, 5);
            await CheckAsync(hub, crew, thermometer);
            await CheckRunAsync(hub, run, startedAt, endedAt, thermometer);

            // :: Step 3: the same after kill -9, from the disk alone
            foreach (var agent in agents)
            {
                await agent.StopAsync(RealProcess.Patience);
            }

            await hub.DisposeAsync();
            hub = await HubProcess.StartInAsync(time.WallClock, folder.Path, mqttPort: port);
            var rows = await CheckAsync(hub, crew, thermometer);
            await CheckRunAsync(hub, run, startedAt, endedAt, thermometer);
            FaultReport.Line(fault, 1, rows + maker.Answered);
            TestContext.Current.TestOutputHelper?.WriteLine($"{rows} readings of two agents and {maker.Answered} of a maker's device");
        }
        finally
        {
            await hub.DisposeAsync();
            foreach (var agent in agents)
            {
                await agent.DisposeAsync();
            }
        }
    }

    /// <summary>Waits for so many more readings of each agent.</summary>
    private static async Task MoreAsync(HubProcess hub, List<(string Card, EnrolAgentResponse Enrolled)> crew, int rows)
    {
        foreach (var (_, enrolled) in crew)
        {
            var before = await StoredAsync(hub, enrolled);
            await Eventually.True(async () => await StoredAsync(hub, enrolled) >= before + rows, $"{rows} more readings");
        }
    }

    private static async Task<long> StoredAsync(HubProcess hub, EnrolAgentResponse enrolled) =>
        (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = enrolled.Agent.Name }, cancellationToken: Cancelled)).Agent.Account.Stored;

    private static async Task<Fact> StateAsync(HubProcess hub, RunFact run) =>
        (await hub.Api.Facts.StateFactAsync(new StateFactRequest { Fact = new Fact { Run = run } }, cancellationToken: Cancelled)).Fact;

    private static async Task<ChannelRows> MakersAsync(HubProcess hub) =>
        Assert.Single(await hub.Api.RowsAsync($"{(await hub.Api.AgentsAsync()).Single(agent => agent.Foreign).Name}/channels/-")).Value;

    /// <summary>Every reading stands once, in order, at its true time, within the bound that is stated with it and near it besides.</summary>
    private static async Task<int> CheckAsync(HubProcess hub, List<(string Card, EnrolAgentResponse Enrolled)> crew, Thermometer thermometer)
    {
        var all = 0;
        var pause = Near + thermometer.LongestPause;
        foreach (var (_, enrolled) in crew)
        {
            var stored = await StoredAsync(hub, enrolled);
            var rows = Assert.Single(await hub.Api.RowsAsync($"{enrolled.Agent.Name}/channels/-")).Value;
            Assert.InRange(rows.Raw.Count, stored, await StoredAsync(hub, enrolled));
            all += rows.Raw.Count;
            Assert.Equal(rows.Raw.Order(), rows.Raw);
            Assert.Equal(rows.TimeUs.Distinct().Order(), rows.TimeUs);
            for (var i = 0; i < rows.Raw.Count; i++)
            {
                var off = Math.Abs(rows.TimeUs[i] - thermometer.BeganUtcUs - (rows.Raw[i] * Second)) / Second;
                Assert.True(rows.SigmaUs[i] > 0 && off <= (rows.SigmaUs[i] / Second) + pause && off <= pause, $"{enrolled.Agent.Slug} row {i}: off by {off:F3} s, stated {rows.SigmaUs[i] / Second:F3} s");
            }
        }

        var makers = await MakersAsync(hub);
        Assert.Equal(Enumerable.Range(0, makers.Raw.Count).Select(value => (double)value), makers.Raw);
        Assert.All(makers.TimeUs, at => Assert.InRange((at - thermometer.BeganUtcUs) / Second, -pause, thermometer.Now + pause));
        return all;
    }

    private static async Task CheckRunAsync(HubProcess hub, RunFact run, double startedAt, double endedAt, Thermometer thermometer)
    {
        var now = (await hub.Api.Runs.GetRunAsync(new GetRunRequest { Name = $"runs/{run.RunId}" }, cancellationToken: Cancelled)).Run;
        var pause = Near + thermometer.LongestPause;
        Assert.True(now.TimeKnown && !now.Running, "the run has ended, at a known time");
        Assert.InRange((now.StartTimeUs - thermometer.BeganUtcUs) / Second, startedAt - pause, endedAt + pause);
        Assert.InRange((now.EndTimeUs - thermometer.BeganUtcUs) / Second, startedAt - pause, endedAt + pause);
        Assert.InRange((now.EndTimeUs - now.StartTimeUs) / Second, 0, endedAt - startedAt);
    }
}
