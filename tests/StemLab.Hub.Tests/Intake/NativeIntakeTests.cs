using Google.Protobuf;
using StemLab.Hub.Facts;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Intake;

public sealed class NativeIntakeTests
{
    [Fact]
    public async Task A_block_is_stored_answered_and_receipted()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        await agent.BeBornAsync();
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, agent.Block(0, 10, 1_000_000)));
        Assert.Equal(0, (await agent.Client.ReadAsync(RawPacket.PubAck)).Reason);
        var receipt = Receipt.Parser.ParseFrom(await agent.HearAsync(NativeTopic.Ack));
        Assert.Equal(hub.Store.StoreId.ToBytes(), receipt.StoreId.ToByteArray());
        Assert.Equal((agent.Stream, 0UL, 20UL), (receipt.StreamId, receipt.Covered[0].FirstSeq, receipt.Covered[0].Count));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (1_000_000L * (i + 1), 7 + (i / 100.0))), hub.Rows("ph"));
        Assert.Equal(20, hub.Counters[IntakeCount.Stored]);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task A_block_seen_twice_is_stored_once_and_receipted_twice()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        await agent.BeBornAsync();
        var block = agent.Block(0, 5, 1_000_000);
        for (var time = 0; time < 2; time++)
        {
            await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, block));
            Assert.Equal(0, (await agent.Client.ReadAsync(RawPacket.PubAck)).Reason);
            Assert.Equal(10UL, Receipt.Parser.ParseFrom(await agent.HearAsync(NativeTopic.Ack)).Covered[0].Count);
        }

        Assert.Equal(5, hub.Rows("ph").Count);
        Assert.Equal((10, 10), (hub.Counters[IntakeCount.Stored], hub.Counters[IntakeCount.Duplicate]));
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task Blocks_out_of_order_are_receipted_as_ranges_that_grow_together()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        await agent.BeBornAsync();
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, agent.Block(10, 5, 60_000_000)));
        Assert.Equal((10UL, 10UL), Only(await agent.HearAsync(NativeTopic.Ack)));
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, agent.Block(0, 5, 1_000_000)));
        Assert.Equal((0UL, 20UL), Only(await agent.HearAsync(NativeTopic.Ack)));
    }

    [Fact]
    public async Task A_block_that_names_something_undeclared_is_not_receipted_and_a_rebirth_is_asked()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, agent.Block(0, 5, 1_000_000)));
        Assert.Equal(0x83, (await agent.Client.ReadAsync(RawPacket.PubAck)).Reason);
        var command = Command.Parser.ParseFrom(await agent.HearAsync(NativeTopic.Cmd));
        Assert.Equal(agent.Catalog.Hash, command.Rebirth.CatalogHash);
        Assert.Equal(agent.Boot.ToByteString(), command.Rebirth.BootId);
        Assert.Equal(agent.Stream, command.Rebirth.StreamId);
        Assert.Equal(hub.Clock.BootId.ToByteString(), command.DeadlineBoot);
        Assert.Empty(hub.Rows("ph"));

        // An MQTT client acknowledges the command, which is QoS 1.
        await agent.BeBornAsync();
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, agent.Block(0, 5, 1_000_000)));
        Assert.Equal((0UL, 10UL), Only(await agent.HearAsync(NativeTopic.Ack)));
        Assert.Equal(10, hub.Counters[IntakeCount.DeferredUnknownDeclaration]);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task Poison_is_counted_kept_aside_and_covered_so_that_it_does_not_come_back()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        await agent.BeBornAsync();
        var block = Up.Parser.ParseFrom(agent.Block(0, 5, 1_000_000));
        block.Block.Columns[0].Doubles.Add(double.NaN);
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, block.ToByteArray()));
        Assert.Equal((0UL, 10UL), Only(await agent.HearAsync(NativeTopic.Ack)));
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, "not protobuf"u8.ToArray()));
        await agent.Client.ReadAsync(RawPacket.PubAck);
        var counted = hub.Counters.Snapshot();
        Assert.Equal(1, counted["rejected.not_protobuf"]);
        Assert.Equal(10, counted["rejected.bad_values"]);
        Assert.Equal(11, counted["received"]);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task A_loss_is_stored_and_receipted_like_a_block()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        await agent.BeBornAsync();
        var lost = BlockCodec.ToUp(new Lost { StreamId = agent.Stream, FirstSeq = 0, Count = 7, Reason = Wire.V1.LostReason.Power });
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, lost));
        Assert.Equal((0UL, 7UL), Only(await agent.HearAsync(NativeTopic.Ack)));
        Assert.Equal(0, hub.Counters[IntakeCount.Received]);
    }

    [Fact]
    public async Task An_agent_may_not_publish_as_another()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        using var other = await hub.AgentAsync("ag-2");
        var packet = agent.Client.Publish(Topics.Up(other.Id), agent.Block(0, 5, 1_000_000), 1, 1);
        Assert.Equal(0x87, (await agent.Client.ExchangeAsync(packet)).Reason);
        Assert.Equal(1, hub.Counters[IntakeCount.RejectedNotOwnTopic]);
    }

    [Fact]
    public async Task A_client_library_that_calls_itself_32_hex_digits_is_let_in_and_an_agents_name_without_its_token_is_not()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        using var maker = await RawClient.ConnectAsync(hub.MqttPort, new RawConnect { ClientId = Id128.New().ToString(), IsV5 = true });
        Assert.Equal(0, maker.ConnAck.Body[1]);
        using var thief = await RawClient.ConnectAsync(hub.MqttPort, new RawConnect { ClientId = $"{agent.Id}~2", IsV5 = true });
        Assert.Equal(0x87, thief.ConnAck.Body[1]);
    }

    [Fact]
    public async Task A_wrong_token_gets_no_connection()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        using var thief = await RawClient.ConnectAsync(hub.MqttPort, new RawConnect { ClientId = $"{agent.Id}", IsV5 = true, Username = agent.Id.ToString(), Password = "guess" });
        Assert.Equal(0x87, thief.ConnAck.Body[1]);
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedNotAuthorized]);
    }

    [Fact]
    public async Task A_Birth_is_answered_when_durable_tells_the_fleet_and_brings_receipts_for_what_is_covered()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        await agent.BeBornAsync();
        await agent.Client.SendAsync(agent.Publish(NativeTopic.Up, agent.Block(0, 5, 1_000_000)));
        await agent.HearAsync(NativeTopic.Ack);
        Assert.True(hub.Fleet.Current.TryFind(agent.AgentId, out var known));
        Assert.Equal(("test", true), (known.Software, known.Simulated));

        await agent.Client.SendAsync(agent.Publish(NativeTopic.Birth, agent.Birth().ToByteArray()));
        Assert.Equal((0UL, 10UL), Only(await agent.HearAsync(NativeTopic.Ack)));
    }

    [Fact]
    public async Task A_Birth_of_which_nothing_is_stored_is_answered_with_the_identity_of_the_store_alone()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();

        await agent.Client.SendAsync(agent.Publish(NativeTopic.Birth, agent.Birth().ToByteArray()));

        var receipt = Receipt.Parser.ParseFrom(await agent.HearAsync(NativeTopic.Ack, evenEmpty: true));
        Assert.Equal(hub.Store.StoreId.ToBytes(), receipt.StoreId.ToByteArray());
        Assert.Equal((agent.Stream, 0), (receipt.StreamId, receipt.Covered.Count));
    }

    [Fact]
    public async Task A_Birth_whose_catalogue_is_not_what_its_hash_says_is_refused()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        var birth = agent.Birth();
        birth.Catalogs[0].Inputs[0].UnitUcum = "1";
        Assert.Equal(0x99, (await agent.Client.ExchangeAsync(agent.Publish(NativeTopic.Birth, birth.ToByteArray()))).Reason);
        Assert.Equal(1, hub.Counters[IntakeCount.RejectedBadBirth]);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task Time_is_answered_with_the_hubs_own_clock_and_the_tie_becomes_a_fact()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        await agent.BeBornAsync();
        hub.Time.Advance(TimeSpan.FromSeconds(3));
        var request = new TimeRequest { BootId = agent.Boot.ToByteString(), T0Us = 42 };
        request.Tie = new Wire.V1.ClockTie { BootA = agent.Boot.ToByteString(), TAUs = 40, BootB = hub.Clock.BootId.ToByteString(), TBUs = 1_000, SigmaUs = 500 };
        byte[] topic = [8, 0, (byte)Topics.TimeReply(agent.Id).Length, .. System.Text.Encoding.UTF8.GetBytes(Topics.TimeReply(agent.Id)), 9, 0, 2, 0xAB, 0xCD];
        await agent.Client.SendAsync(agent.Client.Publish(Topics.Time(agent.Id), request.ToByteArray(), 0, properties: topic));
        var reply = TimeReply.Parser.ParseFrom(await agent.HearAsync(NativeTopic.TimeReply));
        Assert.Equal((42L, hub.Clock.BootId.ToByteString()), (reply.T0Us, reply.HubBootId));
        Assert.True(reply.T1Us >= 3_000_000 && reply.T2Us >= reply.T1Us);
        await agent.Client.ExchangeAsync(RawClient.PingReq);
        Assert.Equal(500, Assert.Single(hub.Get<FactLog>().Current.Of<Facts.ClockTie>()).Body.SigmaUs);
    }

    [Fact]
    public async Task A_tie_about_somebody_elses_clock_is_left_out()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var agent = await hub.AgentAsync();
        var birth = agent.Birth();
        birth.Boots[0].Ties.Add(new Wire.V1.ClockTie { BootA = Id128.New().ToByteString(), TAUs = 1, BootB = hub.Clock.BootId.ToByteString(), TBUs = 1, SigmaUs = 1 });
        await agent.BeBornAsync(birth);
        Assert.Empty(hub.Get<FactLog>().Current.Of<Facts.ClockTie>());
    }

    [Fact]
    public async Task An_agent_is_online_while_it_is_connected()
    {
        await using var hub = await DoorFixture.OpenAsync();
        var agent = await hub.AgentAsync();
        Assert.True(hub.Fleet.PresenceOf(agent.AgentId).Online);
        var gone = agent.Client;
        await gone.SendAsync([[0xE0, 0]]);
        await gone.ReadToEndAsync();
        Assert.False(hub.Fleet.PresenceOf(agent.AgentId).Online);
        agent.Dispose();
    }

    [Theory]
    [MemberData(nameof(RejectReasons))]
    public void Every_wire_rejection_has_its_own_counter(int reason)
    {
        var count = NativeIntake.CountOf((RejectReason)reason);
        Assert.Equal($"Rejected{(RejectReason)reason}", count.ToString());
    }

    public static TheoryData<int> RejectReasons => [.. Enum.GetValues<RejectReason>().Where(reason => reason != RejectReason.None).Select(reason => (int)reason)];

    private static (ulong First, ulong Count) Only(byte[] receipt)
    {
        var range = Assert.Single(Receipt.Parser.ParseFrom(receipt).Covered);
        return (range.FirstSeq, range.Count);
    }
}
