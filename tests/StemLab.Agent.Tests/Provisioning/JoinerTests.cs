using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent.Operations;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.I2c;
using StemLab.TestKit;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Provisioning;

/// <summary>A board before a hub: what it tells of its probes, and what of them it keeps.</summary>
public sealed class JoinerTests : IDisposable
{
    private static readonly DetectedProbe Thermometer = new() { Kind = "ds18b20", Serial = "28-0000075f1a2b", Description = "DS18B20" };
    private readonly TempFolder folder = new();
    private readonly GreetingHub hub = new();
    private readonly HubCaller caller = new();
    private readonly HastenedTime time = new(20);
    private readonly SimulatedI2cBus wire = new();
    private readonly Home home;

    public JoinerTests()
    {
        home = new Home(folder.Path, new Board(new byte[32], "Pi"));
        Directory.CreateDirectory(folder.File("class/i2c-dev/i2c-1"));
    }

    [Fact]
    public async Task Asked_from_the_hubs_page_it_looks_for_circuits_once_and_tells_with_its_next_letter()
    {
        wire.Chips[99] = new SimulatedEzo("pH", time);
        var looked = 0;
        using var shelf = Shelf(NullLoggerFactory.Instance);
        var joiner = Joiner(async stop =>
        {
            looked++;
            return [Thermometer, .. await ProbeScan.AskAsync(shelf, [], time, stop)];
        });
        joiner.Probes = [Thermometer];
        var before = hub.Expect(_ => GreetingHub.Wait(findProbes: true));
        var after = hub.Expect(_ => GreetingHub.Wait());
        var agent = Id128.New();
        var last = hub.Expect(letter => hub.LetIn(letter, agent, [.. letter.Probes]));
        var joined = await joiner.JoinAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["ds18b20"], (await before).Probes.Select(probe => probe.Kind));
        Assert.Equal(["ds18b20", "ezo-ph"], (await after).Probes.Select(probe => probe.Kind));
        Assert.Equal((1u, 99u), ((await last).Probes[1].Bus, (await last).Probes[1].Address));
        Assert.Equal(1, looked);
        Assert.Equal(["ds18b20", "ezo-ph"], joined.Sources.Select(source => source.Kind));
    }

    [Fact]
    public async Task A_new_token_takes_no_probe_away_that_a_person_confirmed()
    {
        var agent = Id128.New();
        var joined = new Membership
        {
            AgentId = agent,
            Token = "old",
            HubId = hub.HubId,
            HubKey = hub.HubKey,
            Pages = [hub.Page],
            Board = home.Board.Hex,
            Sources = [new SourceOptions { Kind = "ezo-ph", Address = 99 }],
        };
        home.Admit(joined);
        _ = hub.Expect(letter => hub.LetIn(letter, agent, [.. letter.Probes]));
        var renewed = await Joiner(null).FindAgainAsync(joined, isRefused: true, TestContext.Current.CancellationToken);
        Assert.Equal("secret", renewed!.Token);
        Assert.Equal(["ezo-ph"], home.Open(null)!.Sources.Select(source => source.Kind));
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "ezo-ec")]
    public async Task Join_with_find_asks_the_buses_and_without_leaves_them_alone(bool asksBuses, string kinds)
    {
        wire.Chips[100] = new SimulatedEzo("EC", time);
        var config = new FileInfo(folder.File("agent.json"));
        await File.WriteAllTextAsync(config.FullName, $$"""{ "DataFolder": "{{folder.File("data")}}", "Board": "b" }""", TestContext.Current.CancellationToken);
        var knocked = hub.Expect(_ => GreetingHub.Wait());
        await using var output = new StringWriter();
        await RunCommand.JoinAsync("K7M4-2PXD", hub.Page, asksBuses, config, output, Shelf, TestContext.Current.CancellationToken);
        Assert.Equal(kinds, string.Join(",", (await knocked).Probes.Select(probe => probe.Kind)));
        Assert.Equal(asksBuses, wire.Transfers > 0);
    }

    public void Dispose()
    {
        caller.Dispose();
        hub.Dispose();
        wire.Dispose();
        folder.Dispose();
    }

    private ProbeShelf Shelf(ILoggerFactory loggers) => new(wire.Open, folder.Path, time, loggers);

    private Joiner Joiner(Func<CancellationToken, Task<ImmutableArray<DetectedProbe>>>? find) =>
        new(home, new AgentOptions { HubPage = hub.Page }, null, caller, new StatusLight(folder.Path, time), "1.0.0", time, NullLogger.Instance) { FindProbesAsync = find };
}
