using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>The plug is pulled at random moments under load: of hub and agent as whole programs, on disks that lose all that was not synced.</summary>
public sealed class PowerCutTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    /// <summary>Of each three one takes the hub, one the agent, one both: eight of either.</summary>
    private const int Cuts = 12;

    /// <summary>What an agent may lose of what it measured last, s.</summary>
    private const double Tail = 5;

    [ServerFact(["mount", "umount", "mkfs.ext4"])]
    public async Task What_was_receipted_outlives_power_cuts_of_hub_agent_or_both_and_an_unknown_tail_is_said()
    {
        await using var hubDisk = await Ext4Disk.MakeAsync("hub");
        await using var agentDisk = await Ext4Disk.MakeAsync("data");
        using var card = new TempFolder();
        await using var thermometer = new Thermometer();
        var random = new Random(20261127);
        var port = FixedPort.Choose();
        var hub = await HubProcess.StartAsync(hubDisk.Folder("hub"), mqttPort: port);
        RealProcess? agent = null;
        var enrolled = await EnrolAsync(hub, "station");
        MeasuringAgent.Configure(card.Path, enrolled, $"127.0.0.1:{port}", 0.1, bootPerProcess: true, agentDisk.Folder("data"));
        await using var load = new KillLoad(port, await EnrolAsync(hub, "native"));
        List<(double From, double To)> lives = [];
        try
        {
            var startedAt = 0.0;
            for (var cut = 0; cut < Cuts; cut++)
            {
                if (agent is null)
                {
                    startedAt = thermometer.Now;
                    agent = MeasuringAgent.Start(card.Path, thermometer);
                }

                var (rows, own) = (load.Native.Receipted.Count, (await AccountAsync(hub, enrolled)).Stored);
                await Eventually.True(async () => load.Native.Receipted.Count > rows && (await AccountAsync(hub, enrolled)).Stored > own, "readings of both come in");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(700)), TimeProvider.System, Cancelled);
                if (cut % 3 != 1)
                {
                    await hub.FreezeAsync();
                    hubDisk.Cut();
                }

                if (cut % 3 != 0)
                {
                    await agent.FreezeAsync();
                    agentDisk.Cut();
                    lives.Add((startedAt, thermometer.Now));
                    await agent.DisposeAsync();
                    agent = null;
                    await agentDisk.ReturnAsync();
                }

                if (cut % 3 != 1)
                {
                    await hub.DisposeAsync();
                    await hubDisk.ReturnAsync();
                    hub = await HubProcess.StartAsync(hubDisk.Folder("hub"), mqttPort: port);
                }
            }

            agent ??= MeasuringAgent.Start(card.Path, thermometer);
            await load.StopAsync();
            await load.CheckAsync(hub);
            await DrainedAsync(hub, enrolled);
            await EndsAsync(agent);
            var measured = await CheckAsync(hub, enrolled, lives, thermometer);
            Assert.Equal(Cuts * 4 / 3, hubDisk.Cuts + agentDisk.Cuts);
            Assert.True(hubDisk.CutsThatLost + agentDisk.CutsThatLost > Cuts, "a cut takes what was not synced");
            FaultReport.Line("power cut (ext4) of hub, agent or both under load", Cuts, load.Native.Receipted.Count + measured);
            TestContext.Current.TestOutputHelper?.WriteLine($"{load.Native.Receipted.Count} native, {load.Foreign.Answered} foreign and {measured} measured readings over {Cuts} cuts");
        }
        finally
        {
            await hub.DisposeAsync();
            if (agent is not null)
            {
                await agent.DisposeAsync();
            }
        }
    }

    [ServerFact(["mount", "umount", "mkfs.ext4"])]
    public async Task Agents_whose_power_is_cut_while_there_is_no_hub_lose_at_most_five_seconds_and_say_so()
    {
        const int Agents = 4;
        const int Rounds = 2;
        await using var disk = await Ext4Disk.MakeAsync([.. Enumerable.Range(0, Agents).Select(number => $"{number}")]);
        using var folder = new TempFolder();
        using var cards = new TempFolder();
        await using var thermometer = new Thermometer();
        var random = new Random(20261128);
        var port = FixedPort.Choose();
        var hub = await HubProcess.StartAsync(folder.Path, mqttPort: port);
        var crew = new List<(string Card, EnrolAgentResponse Enrolled, List<(double From, double To)> Lives)>();
        var running = new List<RealProcess>();
        try
        {
            foreach (var number in Enumerable.Range(0, Agents))
            {
                var card = Directory.CreateDirectory(cards.File($"{number}")).FullName;
                crew.Add((card, await EnrolAsync(hub, $"raft-{number}"), []));
                MeasuringAgent.Configure(card, crew[^1].Enrolled, $"127.0.0.1:{port}", 0.1, bootPerProcess: true, disk.Folder($"{number}"));
            }

            for (var round = 0; round < Rounds; round++)
            {
                var startedAt = thermometer.Now;
                running.AddRange(crew.Select(agent => MeasuringAgent.Start(agent.Card, thermometer)));
                if (round == 0)
                {
                    // They have been with their hub; then it is gone.
                    await Eventually.True(async () => (await hub.Api.AgentsAsync()).All(agent => agent.Account.Stored > 0), "all measure");
                    await hub.DisposeAsync();
                }

                // Long enough that the tail is not the whole of this life.
                var until = startedAt + Tail + 1 + (2 * random.NextDouble());
                await Eventually.True(() => Task.FromResult(thermometer.Now >= until), "a random moment");
                await Task.WhenAll(running.Select(agent => agent.FreezeAsync()));
                disk.Cut();
                crew.ForEach(agent => agent.Lives.Add((startedAt, thermometer.Now)));
                foreach (var agent in running)
                {
                    await agent.DisposeAsync();
                }

                running.Clear();
                await disk.ReturnAsync();
            }

            hub = await HubProcess.StartAsync(folder.Path, mqttPort: port);
            running.AddRange(crew.Select(agent => MeasuringAgent.Start(agent.Card, thermometer)));
            await Task.WhenAll(crew.Select(agent => DrainedAsync(hub, agent.Enrolled)));
            await Task.WhenAll(running.Select(EndsAsync));
            long measured = 0;
            foreach (var (_, enrolled, lives) in crew)
            {
                measured += await CheckAsync(hub, enrolled, lives, thermometer);
            }

            Assert.Equal(Rounds, disk.CutsThatLost);
            FaultReport.Line("power cut (ext4) of an agent without a hub", Agents * Rounds, measured);
        }
        finally
        {
            await hub.DisposeAsync();
            foreach (var agent in running)
            {
                await agent.DisposeAsync();
            }
        }
    }

    private static async Task<EnrolAgentResponse> EnrolAsync(HubProcess hub, string slug) =>
        await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = slug }, cancellationToken: Cancelled);

    private static async Task<Account> AccountAsync(HubProcess hub, EnrolAgentResponse enrolled) =>
        (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = enrolled.Agent.Name }, cancellationToken: Cancelled)).Agent.Account;

    /// <summary>It is there again, has told of its earlier lives and handed over what it kept of them.</summary>
    private static Task<V1.Agent> DrainedAsync(HubProcess hub, EnrolAgentResponse enrolled) => Eventually.Get(
        async () => (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = enrolled.Agent.Name }, cancellationToken: Cancelled)).Agent,
        agent => agent is { State: V1.Agent.Types.State.Online, Account: { Missing: 0, TailUnknown: true } },
        $"{enrolled.Agent.Slug}: nothing missing, a tail not known");

    /// <summary>Switched off in order, it hands over what it still has.</summary>
    private static async Task EndsAsync(RealProcess agent) => Assert.Equal(0, await agent.StopAsync(RealProcess.Patience));

    /// <summary>Every number an agent gave is accounted for, each reading is there once and in order, and of each life that was cut at most the tail is not known, and that is said.</summary>
    private static async Task<long> CheckAsync(HubProcess hub, EnrolAgentResponse enrolled, List<(double From, double To)> lives, Thermometer thermometer)
    {
        var account = await AccountAsync(hub, enrolled);
        Assert.Equal((0L, 0L, 0L, 0L), (account.Missing, account.Lost, account.Conflict, account.Rejected));
        Assert.True(account.TailUnknown, "an unknown tail is said");
        var rows = Assert.Single(await hub.Api.RowsAsync($"{enrolled.Agent.Name}/channels/-")).Value;
        Assert.Equal((account.Expected, account.Stored), (rows.Raw.Count, (long)rows.Raw.Count));
        Assert.Equal(rows.TimeUs.Distinct(), rows.TimeUs);
        Assert.Equal(rows.Raw.Order(), rows.Raw);
        var tails = lives.Select(life => life.To - Math.Max(life.From, rows.Raw.Where(raw => raw <= life.To).DefaultIfEmpty(life.From).Max())).ToList();
        Assert.All(tails, tail => Assert.InRange(tail, 0, Tail + thermometer.LongestPause));
        TestContext.Current.TestOutputHelper?.WriteLine($"{enrolled.Agent.Slug}: tails of at most {tails.Max():F2} s in {tails.Count} cuts");
        return rows.Raw.Count;
    }
}
