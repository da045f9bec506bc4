using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;

namespace StemLab.Hub.Intake;

/// <summary>Makers' devices on a hub that has been set up: a token each, a topic each.</summary>
public sealed class MakerTokenTests
{
    private const byte NotAuthorized = 0x87;

    [Fact]
    public async Task Without_a_token_nothing_is_taken_and_somebody_is_told_which_device_tried()
    {
        await using var hub = await SetUpAsync();
        using var device = await hub.ConnectAsync(v5: true);
        using var old = await hub.ConnectAsync("old");

        Assert.Equal(NotAuthorized, (await device.ExchangeAsync(device.Publish("lab/pond/ph", "7.1"))).Reason);
        Assert.Equal(NotAuthorized, (await device.ExchangeAsync(device.Publish("lab/tank", """{"ph":7.1}"""))).Reason);
        Assert.Equal(RawPacket.PubAck, (await old.ExchangeAsync(old.Publish("lab/pond/ph", "7.2"))).Type);
        Assert.Equal(NotAuthorized, (await device.ExchangeAsync(device.Subscribe(9, ("stemlab/#", 0)))).Body[^1]);

        Assert.Equal([("lab/pond", 2L), ("lab/tank", 1L)], hub.Get<TriedBook>().Devices.Select(tried => (tried.Topic, tried.Times)).Order());
        Assert.Empty(hub.Fleet.Current.Agents);
        Assert.Equal(3, hub.Counters.Snapshot()["rejected.no_token"]);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task A_flood_of_topics_without_a_token_is_remembered_within_bounds()
    {
        await using var hub = await SetUpAsync();
        using var device = await hub.ConnectAsync();
        for (var i = 0; i < 300; i++)
        {
            await device.ExchangeAsync(device.Publish($"x/{i}/ph", "1", id: (ushort)(i + 1)));
        }

        Assert.Equal(TriedBook.Most, hub.Get<TriedBook>().Devices.Length);
    }

    [Fact]
    public async Task With_its_token_a_device_speaks_under_its_topic_and_nowhere_else()
    {
        await using var hub = await SetUpAsync();
        var pond = hub.Fleet.AddMaker("pond", "lab/pond");
        hub.Fleet.AddMaker("tank", "lab/tank");
        using var device = await MakerAsync(hub, "pond", pond.Token);

        Assert.Equal(0, (await device.ExchangeAsync(device.Publish("lab/pond/ph", "7.1"))).Reason);
        Assert.Equal(0, (await device.ExchangeAsync(device.Publish("lab/pond/deep/sensor/x/state", "3"))).Reason);
        foreach (var topic in (string[])["lab/tank/ph", "lab/pondx/ph", "stemlab/pond/ph", "sl/1/x/up", "$SYS/x"])
        {
            Assert.Equal(NotAuthorized, (await device.ExchangeAsync(device.Publish(topic, "7.1"))).Reason);
        }

        Assert.Equal(NotAuthorized, (await device.ExchangeAsync(device.Subscribe(9, ("#", 0)))).Body[^1]);
        Assert.Equal(NotAuthorized, (await device.ExchangeAsync(device.Subscribe(10, ("lab/tank/#", 0)))).Body[^1]);
        Assert.Equal(0, (await device.ExchangeAsync(device.Subscribe(11, ("lab/pond/#", 0)))).Body[^1]);
        Assert.Equal(["lab-pond-deep", "pond", "tank"], hub.Fleet.Current.Agents.Select(agent => agent.Slug));
        Assert.All(hub.Fleet.Current.Agents, agent => Assert.False(agent.Unclaimed));
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task Wrong_foreign_and_ended_tokens_do_not_let_in_and_an_ended_one_ends_its_connections()
    {
        await using var hub = await SetUpAsync();
        var pond = hub.Fleet.AddMaker("pond", "lab/pond");
        var tank = hub.Fleet.AddMaker("tank", "lab/tank");
        foreach (var (name, token) in ((string, string?)[])[("pond", "x"), ("pond", tank.Token), ("tank", pond.Token), ("nobody", pond.Token), ("pond", null), ("pond", "")])
        {
            using var refused = await MakerAsync(hub, name, token);
            Assert.NotEqual(0, refused.ConnAck.Body[1]);
        }

        using var first = await MakerAsync(hub, "pond", pond.Token);
        var renewed = hub.Fleet.Renew(pond.Agent!.Id);
        await first.ReadToEndAsync();
        using var second = await MakerAsync(hub, "pond", renewed.Token);
        Assert.Equal(0, (await second.ExchangeAsync(second.Publish("lab/pond/ph", "7.1"))).Reason);
        hub.Fleet.SetStanding(pond.Agent.Id, AgentStanding.Revoked);
        await second.ReadToEndAsync();
        using var third = await MakerAsync(hub, "pond", renewed.Token);
        Assert.NotEqual(0, third.ConnAck.Body[1]);
        Assert.Equal(2, hub.Counters.Snapshot()["closed.token_ended"]);
    }

    [Fact]
    public async Task Nobody_throws_out_another_makers_device_by_taking_its_client_id()
    {
        await using var hub = await SetUpAsync();
        using var pond = await MakerAsync(hub, "pond", hub.Fleet.AddMaker("pond", "lab/pond").Token);
        using var tank = await MakerAsync(hub, "tank", hub.Fleet.AddMaker("tank", "lab/tank").Token);
        using var nobody = await hub.ConnectAsync("tester");

        Assert.Equal(0, (await pond.ExchangeAsync(pond.Publish("lab/pond/ph", "7.1"))).Reason);
        Assert.Equal(0, (await tank.ExchangeAsync(tank.Publish("lab/tank/ph", "7.1"))).Reason);
    }

    [Fact]
    public async Task A_retired_device_is_not_taken_from_on_an_open_hub_either_and_its_readings_stay()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var device = await hub.ConnectAsync(v5: true);
        await device.ExchangeAsync(device.Publish("lab/pond/ph", "7.1"));
        hub.Fleet.SetStanding(Assert.Single(hub.Fleet.Current.Agents).Id, AgentStanding.Retired);

        Assert.Equal(NotAuthorized, (await device.ExchangeAsync(device.Publish("lab/pond/ph", "7.2", id: 2))).Reason);
        Assert.Equal(7.1, Assert.Single(hub.Rows("ph")).Raw);
        hub.AssertEveryReadingIsCounted();
    }

    [Theory]
    [InlineData("", FleetRefusal.BadTopic)]
    [InlineData("lab/#", FleetRefusal.BadTopic)]
    [InlineData("/lab", FleetRefusal.BadTopic)]
    [InlineData("sl/1", FleetRefusal.BadTopic)]
    [InlineData("stemlab/x", FleetRefusal.BadTopic)]
    [InlineData("$SYS", FleetRefusal.BadTopic)]
    [InlineData("lab", FleetRefusal.TopicTaken)]
    [InlineData("lab/pond/deep", FleetRefusal.TopicTaken)]
    [InlineData("lab/ponds", FleetRefusal.None)]
    public async Task A_topic_belongs_to_one_token(string topic, object refusal)
    {
        await using var hub = await DoorFixture.OpenAsync();
        hub.Fleet.AddMaker("pond", "lab/pond");
        Assert.Equal(refusal, hub.Fleet.AddMaker("other", topic).Refusal);
    }

    [Fact]
    public async Task A_token_on_another_board_was_copied_and_is_not_let_in()
    {
        await using var hub = await SetUpAsync();
        var agent = hub.Fleet.Enrol("ag-1");
        var id = agent.Agent!.Id.ToString();
        var access = hub.Get<MqttAccess>();
        var board = new string('a', 64);
        Assert.NotNull(access.Authenticate(id, agent.Token, id, System.Net.IPAddress.Loopback, new AgentKey("", board, "")));
        Assert.NotNull(access.Authenticate(id, agent.Token, id, System.Net.IPAddress.Loopback, new AgentKey("", board, "")));
        Assert.Null(access.Authenticate(id, agent.Token, id, System.Net.IPAddress.Loopback, new AgentKey("", new string('b', 64), "")));
    }

    private static async Task<DoorFixture> SetUpAsync()
    {
        var hub = await DoorFixture.OpenAsync();
        hub.Get<HubDatabase>().Write((connection, transaction) => SetupState.Take(connection, transaction, "School", "en"));
        hub.Get<SetupState>().Refresh();
        return hub;
    }

    private static Task<RawClient> MakerAsync(DoorFixture hub, string name, string? token) =>
        RawClient.ConnectAsync(hub.MqttPort, new RawConnect { IsV5 = true, Username = name, Password = token });
}
