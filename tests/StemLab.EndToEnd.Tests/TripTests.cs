using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>Out on the bay without network and without any clock: hub and agents whole, over real MQTT, in a world whose true time the test knows.</summary>
public sealed class TripTests
{
    private const int Outputs = 6;

    /// <summary>Every agent is switched on, and twice off and on again.</summary>
    private const int Lives = 3;
    private const long Second = 1_000_000;

    [Fact]
    public async Task An_agent_offline_for_an_hour_with_two_reboots_drains_in_order_and_nothing_is_missing()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        var world = new World();
        await using var hub = await ClocklessHub.StartAsync(world, folder.Path, "hub-1");
        await using var cable = new Cable(hub.MqttPort);
        var enrolled = await hub.EnrolAsync("raft");
        var sampled = 0L;
        await using (var first = new AgentLife(world, 30, card.Path, cable.Address, enrolled, Outputs))
        {
            world.Pass(TimeSpan.FromMinutes(1));
            await first.SampledAsync(50 * Outputs);
            await hub.DrainedAsync(enrolled, 50 * Outputs);
            cable.Cut();
            await SailAsync(world, first);
            sampled += await first.EndMeasuringAsync();
        }

        await using (var second = new AgentLife(world, -20, card.Path, cable.Address, enrolled, Outputs))
        {
            await SailAsync(world, second);
            sampled += await second.EndMeasuringAsync();
        }

        await using var third = new AgentLife(world, 10, card.Path, cable.Address, enrolled, Outputs);
        await SailAsync(world, third);
        sampled += await third.EndMeasuringAsync();
        cable.Join(hub.MqttPort);
        var account = (await hub.DrainedAsync(enrolled, sampled)).Account;
        Assert.Equal((0L, 0L, 0L), (account.Lost, account.Conflict, account.Rejected));
        Assert.Equal((sampled, sampled), (account.Expected, account.Stored));

        // That nothing waits any more it says by itself, before the report of each minute.
        var drained = TimeProvider.System.GetTimestamp();
        await Eventually.True(async () => Assert.Single(await hub.Api.AgentsAsync()).OldestUnreceiptedUs < 10 * Second, "the agent says that nothing waits");
        Assert.InRange(TimeProvider.System.GetElapsedTime(drained).TotalSeconds, 0, 45);

        // Two lives ended in order and say so afterwards; the third says so while it is switched off.
        Assert.Equal((false, false), (account.TailUnknown, account.Complete));
        await third.SwitchOffAsync();
        account = Assert.Single(await hub.Api.AgentsAsync()).Account;
        Assert.Equal((sampled, sampled, 0L), (account.Expected, account.Stored, account.Missing));
        Assert.Equal((false, true), (account.TailUnknown, account.Complete));

        await hub.AnchorAsync(world, 0, Second, "teacher");
        Check(world, await hub.Api.RowsAsync("agents/-/channels/-"), new() { [enrolled.Agent.Name] = sampled }, minutes: 60);
    }

    [Fact]
    public async Task A_trip_without_any_clock_is_timed_afterwards_within_the_stated_bounds_and_the_order_never_changes()
    {
        using var folder = new TempFolder();
        using var cards = new TempFolder();
        var world = new World();
        var hub = await ClocklessHub.StartAsync(world, folder.Path, "hub-1", 25);
        await using var cable = new Cable(hub.MqttPort);
        await using var farCable = new Cable(hub.MqttPort);
        try
        {
            var crew = new List<Sailor>();
            foreach (var number in Enumerable.Range(0, 4))
            {
                crew.Add(new Sailor(world, Path.Combine(cards.Path, $"{number}"), number < 3 ? cable : farCable, await hub.EnrolAsync($"boat-{number}"), 15 * (number - 1.5)));
            }

            // Out: everybody in reach; one boat then leaves for more than an hour. A run is started in the morning.
            crew.ForEach(sailor => sailor.Start());
            await PassAsync(world, crew, 10);
            var channel = (await Eventually.Get(async () => await hub.Api.ChannelsAsync() is [var first, ..] ? first : null, _ => true, "a channel")).Name;
            var run = (await hub.StateAsync(new Fact { Run = new RunFact { Title = "ebb", Channels = { channel } } })).Run;
            var runAtUs = world.NowUs;
            await TiedAsync(hub, crew);
            farCable.Cut();
            await PassAsync(world, crew, 20);

            // Every boat's agent is switched off and on, twice; the hub once, in between.
            await RebootAsync(world, crew);
            await PassAsync(world, crew, 20);
            await TiedAsync(hub, crew.Take(3));
            await hub.DisposeAsync();
            world.Pass(TimeSpan.FromSeconds(40));
            hub = await ClocklessHub.StartAsync(world, folder.Path, "hub-2", 25);
            cable.Join(hub.MqttPort);
            await PassAsync(world, crew, 20);
            await TiedAsync(hub, crew.Take(3));
            await RebootAsync(world, crew);
            await PassAsync(world, crew, 20);
            farCable.Join(hub.MqttPort);
            await TiedAsync(hub, crew);
            foreach (var sailor in crew)
            {
                await sailor.EndMeasuringAsync();
                var account = (await hub.DrainedAsync(sailor.Enrolled, sailor.Rows)).Account;
                Assert.Equal((sailor.Rows, sailor.Rows), (account.Expected, account.Stored));
                await sailor.SwitchOffAsync();
            }

            // Nobody knows the time: rows have an order and no UTC.
            Assert.All(await hub.Api.AgentsAsync(), agent => Assert.Equal((0L, 0L, true, false), (agent.Account.Missing, agent.Account.Lost, agent.Account.Complete, agent.Account.TailUnknown)));
            var before = await hub.Api.RowsAsync("agents/-/channels/-");
            Assert.All(before.Values, rows => Assert.Equal(rows.Raw.Order(), rows.Raw));

            // Back at the pier a watch that is three years off speaks first, then one that is right within two seconds.
            var wrong = await hub.AnchorAsync(world, -3 * 365 * 86_400 * Second, 5 * Second, "teacher");
            var wrongRows = await hub.Api.RowsAsync("agents/-/channels/-");
            Assert.All(wrongRows, rows => Assert.Equal(before[rows.Key].Raw, rows.Value.Raw));
            await hub.AnchorAsync(world, (long)(1.4 * Second), 2 * Second, "phones", wrong.FactId);
            var after = await hub.Api.RowsAsync("agents/-/channels/-");
            Assert.All(after, rows => Assert.Equal(before[rows.Key].Raw, rows.Value.Raw));
            Check(world, after, crew.ToDictionary(sailor => sailor.Enrolled.Agent.Name, sailor => sailor.Rows), minutes: 90);
            var fact = (await hub.Api.Facts.ListFactsAsync(new ListFactsRequest { Kind = "run" }, cancellationToken: TestContext.Current.CancellationToken)).Facts.Single();
            Assert.Equal(run.Start.BootTime, fact.Run.Start.BootTime);
            await RunHealedAsync(hub, after[channel], run, runAtUs);
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    /// <summary>A third of an hour out of reach.</summary>
    private static async Task SailAsync(World world, AgentLife agent)
    {
        var before = agent.Sampled;
        world.Pass(TimeSpan.FromMinutes(20));
        await agent.SampledAsync(before + (20 * 60 * Outputs));
    }

    /// <summary>Exactly what each agent measured is there, its order is the true one, no second of a boot is missing, and every row's time is true within its own stated bound.</summary>
    private static void Check(World world, IReadOnlyDictionary<string, ChannelRows> channels, Dictionary<string, long> measured, int minutes)
    {
        Assert.Equal(measured.Count * Outputs, channels.Count);
        foreach (var (name, rows) in channels)
        {
            Assert.Equal(measured[name[..name.IndexOf("/channels/", StringComparison.Ordinal)]] / Outputs, rows.Raw.Count);
            Assert.InRange(rows.Raw.Count, minutes * 60 * 0.95, world.NowUs / (double)Second * 1.01);
            Assert.Equal(rows.Raw.Order(), rows.Raw);
            Assert.Equal(Lives - 1, rows.Raw.Zip(rows.Raw.Skip(1), (before, after) => after - before).Count(step => Math.Abs(step - 1) > 0.001));
            for (var i = 0; i < rows.Raw.Count; i++)
            {
                var error = Math.Abs(rows.TimeUs[i] - World.BeginningUtcUs - (rows.Raw[i] * Second));
                Assert.True(error <= rows.SigmaUs[i] && rows.SigmaUs[i] > 0, $"{name} row {i}: off by {error / Second:F3} s, stated {rows.SigmaUs[i] / (double)Second:F3} s");
            }

            // A bound that says nothing would be honest too.
            Assert.InRange(rows.SigmaUs.Order().ElementAt(rows.SigmaUs.Count / 2), 1, 30 * Second);
        }
    }

    /// <summary>The run's start, kept as time of the hub's first boot, names the rows that were taken after it was started.</summary>
    private static async Task RunHealedAsync(ClocklessHub hub, ChannelRows rows, RunFact run, long trueUs)
    {
        var hubNow = await hub.Api.StateAsync();
        Assert.Equal(TimeState.Anchored, hubNow.TimeState);
        Assert.NotEmpty(run.Start.BootTime.BootId);
        Assert.Contains(rows.Raw, raw => raw * Second > trueUs);
    }

    private static async Task PassAsync(World world, List<Sailor> crew, int minutes)
    {
        var before = crew.Select(sailor => sailor.Life.Sampled).ToArray();
        world.Pass(TimeSpan.FromMinutes(minutes));
        for (var i = 0; i < crew.Count; i++)
        {
            await crew[i].Life.SampledAsync(before[i] + (long)(minutes * 60 * 0.99 * Outputs));
        }
    }

    private static async Task RebootAsync(World world, List<Sailor> crew)
    {
        foreach (var sailor in crew)
        {
            await sailor.EndMeasuringAsync();
            await sailor.SwitchOffAsync();
        }

        world.Pass(TimeSpan.FromSeconds(30));
        crew.ForEach(sailor => sailor.Start());
    }

    /// <summary>Agents in reach are connected and have told the hub how their clocks stand.</summary>
    private static Task TiedAsync(ClocklessHub hub, IEnumerable<Sailor> crew)
    {
        var names = crew.Select(sailor => sailor.Enrolled.Agent.Name).ToHashSet();
        return Eventually.True(
            async () => (await hub.Api.AgentsAsync()).Where(agent => names.Contains(agent.Name)).All(agent => agent.State == V1.Agent.Types.State.Online && agent.Account is { Missing: 0, Stored: > 0 }),
            "agents connected and drained");
    }

    private sealed class Sailor(World world, string card, Cable cable, EnrolAgentResponse enrolled, double ppm)
    {
        public EnrolAgentResponse Enrolled { get; } = enrolled;

        public AgentLife Life { get; private set; } = null!;

        /// <summary>Rows measured in all lives that have measured to their end.</summary>
        public long Rows { get; private set; }

        public void Start() => Life = new AgentLife(world, ppm, card, cable.Address, Enrolled, Outputs);

        public async Task EndMeasuringAsync() => Rows += await Life.EndMeasuringAsync();

        public ValueTask SwitchOffAsync() => Life.DisposeAsync();
    }
}
