using System.Text;

namespace StemLab.Hub.Intake;

public sealed class FrontDoorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_publish_is_answered_only_after_its_commit_and_then_its_reading_is_there()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        await client.ExchangeAsync(client.Publish("lab/pond/ph", "7.0", id: 1));
        hub.Commits.Close();

        // The writer stands still after the commit of 2, before anybody hears of it; 3 waits behind it.
        Assert.Equal(RawPacket.PingResp, (await client.ExchangeAsync(client.Publish("lab/pond/ph", "7.1", id: 2), RawClient.PingReq)).Type);
        Assert.Equal(RawPacket.PingResp, (await client.ExchangeAsync(client.Publish("lab/pond/ph", "7.2", id: 3), RawClient.PingReq)).Type);
        hub.Commits.Open();
        Assert.Equal(2, (await client.ReadAsync(RawPacket.PubAck)).Id);
        Assert.Equal(3, (await client.ReadAsync(RawPacket.PubAck)).Id);
        Assert.Equal([7.0, 7.1, 7.2], hub.Rows("ph").Select(row => row.Raw));
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task Who_still_writes_to_a_connection_that_has_gone_is_told_so_and_nothing_else_happens()
    {
        // A revoked token and a lost Wi-Fi may end a connection in the same moment: a fault there would stop the loop that ends connections, and with it the hub.
        await using var hub = await DoorFixture.OpenAsync();
        var client = await hub.ConnectAsync(v5: true);
        var connection = Assert.Single(hub.Get<Door.FrontDoor>().Connections);
        client.Dispose();
        while (hub.Get<Door.FrontDoor>().Connections.Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        connection.Dispose();
        Assert.False(await connection.WriteAsync(new byte[] { 0xE0, 0 }));
        connection.End(IntakeCount.ClosedTokenEnded, Door.ReasonCode.NotAuthorized);
    }

    [Fact]
    public async Task A_thousand_publishes_in_one_write_are_answered_once_each_in_order()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        await client.SendAsync(Enumerable.Range(1, 1000).Select(i => client.Publish("lab/pond/ph", $"{i}", id: (ushort)i)));
        for (var i = 1; i <= 1000; i++)
        {
            Assert.Equal(i, (await client.ReadAsync(RawPacket.PubAck)).Id);
        }

        Assert.Equal(RawPacket.PingResp, (await client.ExchangeAsync(RawClient.PingReq)).Type);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (double)i), hub.Rows("ph").Select(row => row.Raw));
        Assert.Equal(1000, hub.Counters[IntakeCount.Stored]);
    }

    [Fact]
    public async Task Arrival_stamps_of_one_channel_grow_strictly_although_the_clock_stands_still()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        await client.SendAsync(Enumerable.Range(1, 50).Select(i => client.Publish("lab/pond/ph", "7", id: (ushort)i)));
        for (var i = 1; i <= 50; i++)
        {
            await client.ReadAsync(RawPacket.PubAck);
        }

        var times = hub.Rows("ph").Select(row => row.TUs).ToArray();
        Assert.Equal(50, times.Length);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => times[0] + i), times);
    }

    [Fact]
    public async Task A_full_window_stops_reading_and_holds_the_sender_back()
    {
        await using var hub = await DoorFixture.OpenAsync(new IntakeOptions { WindowPublishes = 16 });
        using var client = await hub.ConnectAsync();
        hub.Commits.Close();
        await client.SendAsync(client.Publish("lab/pond/ph", "7.1", id: 3));

        // Junk on a status topic costs the store nothing: only the window can hold it back. 64 MB would not fit anywhere else.
        var chunk = client.Publish("lab/pond/status", new byte[1000], id: 2);
        var block = Enumerable.Repeat(chunk, 64).SelectMany(one => one).ToArray();
        var sent = 0L;
        var refusedInARow = 0;
        while (sent < 64 << 20 && refusedInARow < 2000)
        {
            var more = client.TrySend(block);
            sent += more;
            refusedInARow = more == 0 ? refusedInARow + 1 : 0;
            await Task.Yield();
        }

        Assert.True(sent < 32 << 20, $"{sent} bytes were taken while nothing could be answered");
        hub.Commits.Open();
        Assert.Equal(3, (await client.ReadAsync(RawPacket.PubAck)).Id);
    }

    [Fact]
    public async Task A_commit_that_takes_too_long_closes_the_connection_and_never_answers()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        hub.Commits.Close();
        await client.SendAsync(client.Publish("lab/pond/ph", "7.1", id: 2));
        var end = client.ReadToEndAsync();
        while (!end.IsCompleted)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        Assert.Empty(await end);
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedCommitTimeout]);
    }

    [Fact]
    public async Task A_disk_that_refuses_closes_the_connection_and_never_answers()
    {
        await using var hub = await DoorFixture.OpenAsync(store: options => options with { MinFreeBytes = long.MaxValue });
        using var client = await hub.ConnectAsync();
        await client.SendAsync(client.Publish("lab/pond/ph", "7.0", id: 1));
        Assert.Empty(await client.ReadToEndAsync().WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedStoreUnavailable]);
        Assert.Equal(1, hub.Counters[IntakeCount.DeferredStoreUnavailable]);
        Assert.Equal(0, hub.Counters[IntakeCount.Received]);
    }

    [Fact]
    public async Task A_client_that_only_publishes_stays_and_a_silent_one_goes()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var talking = await hub.ConnectAsync("talking", keepAlive: 10);
        using var silent = await hub.ConnectAsync("silent", v5: true, keepAlive: 10);
        var silentEnd = silent.ReadToEndAsync();
        for (ushort i = 1; i <= 8; i++)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(i, (await talking.ExchangeAsync(talking.Publish("lab/pond/ph", "7.0", id: i))).Id);
        }

        while (!silentEnd.IsCompleted)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(silentEnd, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken));
            await talking.ExchangeAsync(RawClient.PingReq);
        }

        var bye = Assert.Single(await silentEnd);
        Assert.Equal((RawPacket.Disconnect, (byte)0x8D), (bye.Type, bye.Body[0]));
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedKeepAlive]);
    }

    [Fact]
    public async Task A_connection_without_CONNECT_is_closed_after_ten_seconds()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await RawClient.OpenAsync(hub.MqttPort);
        var end = client.ReadToEndAsync();
        while (!end.IsCompleted)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        Assert.Empty(await end);
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedConnectTimeout]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_empty_client_id_is_given_one(bool v5)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync("", v5);
        Assert.Equal((RawPacket.ConnAck, 0), (client.ConnAck.Type, client.ConnAck.Body[1]));
        Assert.Equal(v5, Encoding.UTF8.GetString(client.ConnAck.Body).Contains("auto-", StringComparison.Ordinal));
        Assert.Equal(1, (await client.ExchangeAsync(client.Publish("x", "1", id: 1))).Id);
    }

    [Fact]
    public async Task A_3_1_1_client_without_id_that_wants_a_session_is_refused()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await RawClient.ConnectAsync(hub.MqttPort, new RawConnect { ClientId = "", IsClean = false });
        Assert.Equal(2, client.ConnAck.Body[1]);
    }

    [Fact]
    public async Task A_v5_client_is_told_that_there_are_no_topic_aliases_and_using_one_ends_it()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync(v5: true);
        await client.SendAsync(client.Publish("lab/pond/ph", "7.1"u8, properties: [0x23, 0, 1]));
        var bye = Assert.Single(await client.ReadToEndAsync());
        Assert.Equal((RawPacket.Disconnect, (byte)0x94), (bye.Type, bye.Body[0]));
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedTopicAlias]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Subscription_answers_come_in_the_order_of_the_request(bool v5)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync(v5: v5);
        var answer = await client.ExchangeAsync(client.Subscribe(7, ("a", 0), ("b", 2), ("#", 1), ("c", 1), ("bad/#/x", 0)));
        Assert.Equal((RawPacket.SubAck, 7), (answer.Type, answer.Id));
        var codes = answer.Body[(v5 ? 3 : 2)..];
        Assert.Equal(v5 ? [0, 2, 0x87, 1, 0x8F] : [0, 2, 0x80, 1, 0x80], codes);
    }

    [Fact]
    public async Task QoS_2_of_a_3_1_1_client_is_stored_once_and_answered_after_the_commit()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        await client.ExchangeAsync(client.Publish("lab/pond/ph", "6.9", id: 1));
        hub.Commits.Close();
        await client.SendAsync(client.Publish("lab/pond/ph", "7.0", qos: 1, id: 2));
        var publish = client.Publish("lab/pond/ph", "7.1", qos: 2, id: 5);
        var again = client.Publish("lab/pond/ph", "7.1", qos: 2, id: 5, dup: true);
        await client.SendAsync(publish, again, RawClient.PingReq);
        await client.ReadAsync(RawPacket.PingResp);

        hub.Commits.Open();
        Assert.Equal(2, (await client.ReadAsync(RawPacket.PubAck)).Id);
        Assert.Equal(5, (await client.ReadAsync(RawPacket.PubRec)).Id);
        Assert.Equal(5, (await client.ReadAsync(RawPacket.PubRec)).Id);
        Assert.Equal((RawPacket.PubComp, 5), await TypeAndIdAsync(client, RawClient.PubRel(5)));
        Assert.Equal([6.9, 7.0, 7.1], hub.Rows("ph").Select(row => row.Raw));

        // The id is free again: the same number is a new publish.
        Assert.Equal((RawPacket.PubRec, 5), await TypeAndIdAsync(client, client.Publish("lab/pond/ph", "7.1", qos: 2, id: 5)));
        Assert.Equal(4, hub.Rows("ph").Count);
    }

    [Fact]
    public async Task A_redelivery_is_stored_once_and_answered_again_only_with_DUP_and_the_same_bytes()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using (var client = await hub.ConnectAsync("esp"))
        {
            await client.ExchangeAsync(client.Publish("lab/pond/ph", "7.1", id: 5));
        }

        using var back = await hub.ConnectAsync("esp");
        Assert.Equal(5, (await back.ExchangeAsync(back.Publish("lab/pond/ph", "7.1", id: 5, dup: true))).Id);
        Assert.Single(hub.Rows("ph"));
        Assert.Equal(1, hub.Counters[IntakeCount.Duplicate]);

        await back.ExchangeAsync(back.Publish("lab/pond/ph", "7.1", id: 5));
        Assert.Equal(2, hub.Rows("ph").Count);
        await back.ExchangeAsync(back.Publish("lab/pond/ph", "7.2", id: 5, dup: true));
        Assert.Equal(3, hub.Rows("ph").Count);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task Live_subscribers_hear_a_publish_once_after_its_commit_and_the_sender_gets_one_answer()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var listener = await hub.ConnectAsync("listener");
        await listener.ExchangeAsync(listener.Subscribe(1, ("lab/#", 1)));
        using var client = await hub.ConnectAsync("sender");
        Assert.Equal((RawPacket.PubAck, 3), await TypeAndIdAsync(client, client.Publish("lab/pond/ph", "7.1", id: 3)));
        var heard = await listener.ReadAsync(RawPacket.Publish);
        Assert.EndsWith("7.1", Encoding.UTF8.GetString(heard.Body), StringComparison.Ordinal);
        Assert.Equal(RawPacket.PingResp, (await client.ExchangeAsync(RawClient.PingReq)).Type);
        Assert.Single(hub.Rows("ph"));
    }

    [Fact]
    public async Task A_will_is_given_away_when_its_client_vanishes_and_is_no_reading()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var listener = await hub.ConnectAsync("listener");
        await listener.ExchangeAsync(listener.Subscribe(1, ("lab/#", 0)));
        var dying = await RawClient.ConnectAsync(hub.MqttPort, new RawConnect { ClientId = "dying", Will = ("lab/pond/lwt", "7.1") });
        dying.Dispose();
        var heard = await listener.ReadAsync(RawPacket.Publish);
        Assert.EndsWith("7.1", Encoding.UTF8.GetString(heard.Body), StringComparison.Ordinal);
        Assert.Equal(0, hub.Counters[IntakeCount.Received]);
    }

    [Fact]
    public async Task A_retained_reading_is_refused_counted_and_given_to_nobody()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync("sender", v5: true);
        Assert.Equal(0x87, (await client.ExchangeAsync(client.Publish("lab/pond/ph", "7.1", id: 1, retain: true))).Reason);
        await client.ExchangeAsync(client.Publish("lab/pond/lwt", "online", id: 2, retain: true));
        using var late = await hub.ConnectAsync("late");
        await late.ExchangeAsync(late.Subscribe(1, ("lab/#", 0)));
        Assert.Equal(RawPacket.PingResp, (await late.ExchangeAsync(RawClient.PingReq)).Type);
        Assert.Empty(hub.Rows("ph"));
        Assert.Equal(1, hub.Counters[IntakeCount.RejectedRetained]);
        hub.AssertEveryReadingIsCounted();
    }

    [Theory]
    [InlineData("sl/1/0123456789abcdef0123456789abcdef/up", "rejected.not_own_topic")]
    [InlineData("sl/2/x", "rejected.reserved_topic")]
    [InlineData("stemlab/pond/ph", "rejected.reserved_topic")]
    [InlineData("$SYS/broker", "rejected.reserved_topic")]
    public async Task Reserved_topics_are_refused_with_a_reason_and_the_connection_stays(string topic, string reason)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var v5 = await hub.ConnectAsync("five", v5: true);
        using var v3 = await hub.ConnectAsync("three");
        Assert.Equal(0x87, (await v5.ExchangeAsync(v5.Publish(topic, "7.1", id: 1))).Reason);
        Assert.Equal(1, (await v3.ExchangeAsync(v3.Publish(topic, "7.1", id: 1))).Id);
        Assert.Equal(2, hub.Counters.Snapshot()[reason]);
        Assert.Equal(RawPacket.PingResp, (await v3.ExchangeAsync(RawClient.PingReq)).Type);
    }

    [Fact]
    public async Task A_takeover_ends_the_old_connection_and_serves_the_new_one()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var old = await hub.ConnectAsync("same");
        using var young = await hub.ConnectAsync("same");
        await old.ReadToEndAsync();
        Assert.Equal(1, (await young.ExchangeAsync(young.Publish("lab/pond/ph", "7", id: 1))).Id);
    }

    [Fact]
    public async Task A_client_that_was_lost_and_is_back_at_once_is_served_however_the_two_connections_meet()
    {
        // A tablet that changes its Wi-Fi: the end of the old connection and the beginning of the new one are one moment.
        await using var hub = await DoorFixture.OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            using var client = await hub.ConnectAsync("same");
            Assert.Equal(RawPacket.SubAck, (await client.ExchangeAsync(client.Subscribe(1, ("lab/#", 0)))).Type);
        }
    }

    private static async Task<(int Type, int Id)> TypeAndIdAsync(RawClient client, byte[] packet)
    {
        var answer = await client.ExchangeAsync(packet);
        return (answer.Type, answer.Id);
    }
}
