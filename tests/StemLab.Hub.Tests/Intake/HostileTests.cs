using System.Text;
using StemLab.Hub.Intake.Door;

namespace StemLab.Hub.Intake;

/// <summary>What a careless or hostile sender can do: every case is counted, nothing grows, the next honest client is served.</summary>
public sealed class HostileTests
{
    [Fact]
    public async Task Ten_thousand_bad_payloads_are_answered_and_each_is_counted_by_its_reason()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        var random = new Random(1);
        const int Count = 10_000;
        const int AtOnce = 500;
        var received = 0L;
        for (var sent = 0; sent < Count; sent += AtOnce)
        {
            await client.SendAsync(Enumerable.Range(1, AtOnce).Select(i => client.Publish("lab/pond/ph", Bad(random), id: (ushort)i)));
            for (var i = 1; i <= AtOnce; i++)
            {
                Assert.Equal(i, (await client.ReadAsync(RawPacket.PubAck)).Id);
            }
        }

        received = hub.Counters[IntakeCount.Received];
        Assert.Equal(Count, received);
        hub.AssertEveryReadingIsCounted();
        Assert.Equal(hub.Get<IntakeOptions>().AsidePerMinute, Count - hub.Counters[IntakeCount.AsideSkipped]);
        Assert.Empty(hub.Fleet.Current.Agents);
        await AssertServedAsync(hub);
    }

    [Fact]
    public async Task Random_bytes_on_the_port_end_their_connections_and_nothing_else()
    {
        await using var hub = await DoorFixture.OpenAsync();
        var random = new Random(2);
        for (var i = 0; i < 300; i++)
        {
            using var client = await RawClient.OpenAsync(hub.MqttPort);
            var bytes = new byte[random.Next(1, 600)];
            random.NextBytes(bytes);
            client.TrySend(bytes);
        }

        await AssertServedAsync(hub);
        await GoneAsync(hub);
    }

    [Fact]
    public async Task Mutated_packets_after_CONNECT_end_at_most_their_connections()
    {
        await using var hub = await DoorFixture.OpenAsync();
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            using var client = await hub.ConnectAsync($"fuzz-{i}", v5: i % 2 == 0);
            byte[] packets = [.. client.Publish("lab/pond/ph", "7.1", id: 1), .. client.Subscribe(2, ("a/#", 1)), .. RawClient.PubRel(3), .. RawClient.PingReq];
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                packets[random.Next(packets.Length)] = (byte)random.Next(256);
            }

            client.TrySend(packets);
        }

        await AssertServedAsync(hub);
        await GoneAsync(hub);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task A_CONNECT_longer_than_4_kB_is_refused_by_its_header_alone()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await RawClient.OpenAsync(hub.MqttPort);
        await client.SendAsync([[0x10, 0xFF, 0xFF, 0xFF, 0x7F]]);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedOversized]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_packet_longer_than_256_kB_ends_its_connection_by_its_header_alone(bool v5)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync(v5: v5);
        await client.SendAsync([[0x32, 0x81, 0x80, 0x10]]);
        var said = await client.ReadToEndAsync();
        Assert.Equal(v5 ? [0x95] : [], said.Select(packet => packet.Body[0]));
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedOversized]);
    }

    [Fact]
    public async Task The_longest_packet_allowed_is_taken()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        var payload = Encoding.UTF8.GetBytes("7.1" + new string(' ', (256 * 1024) - 100));
        Assert.Equal(4, (await client.ExchangeAsync(client.Publish("lab/pond/ph", payload, id: 4))).Id);
        Assert.Single(hub.Rows("ph"));
    }

    [Theory]
    [InlineData("bad/#/topic")]
    [InlineData("bad/+")]
    [InlineData("bad/\0")]
    [InlineData("")]
    public async Task A_topic_no_publish_may_have_ends_its_connection(string topic)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync(v5: true);
        await client.SendAsync(client.Publish(topic, "7.1", id: 1));
        Assert.Equal(0x90, Assert.Single(await client.ReadToEndAsync()).Body[0]);
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedBadTopic]);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_no_topic()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        await client.SendAsync(client.Publish([0xC3, 0x28], "7.1"u8, qos: 1, id: 1));
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedBadTopic]);
    }

    [Fact]
    public async Task Two_thousand_hostile_topics_make_no_more_devices_than_the_fleet_takes()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        for (var i = 0; i < 2000; i += 500)
        {
            await client.SendAsync(Enumerable.Range(i, 500).Select(n => client.Publish($"evil{n}/x/y", "1", id: (ushort)(n + 1))));
            for (var n = 0; n < 500; n++)
            {
                await client.ReadAsync(RawPacket.PubAck);
            }
        }

        Assert.Equal(Fleet.FleetBook.MostUnclaimed, hub.Fleet.Current.Agents.Length);
        Assert.Equal(1000, hub.Counters[IntakeCount.RejectedTooManyDevices]);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task A_client_may_hold_256_subscriptions_and_is_told_about_the_next()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        var answer = await client.ExchangeAsync(client.Subscribe(1, [.. Enumerable.Range(0, 300).Select(i => ($"a/{i}", 0))]));
        Assert.Equal(44, answer.Body[2..].Count(code => code == 0x80));
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed_and_counted()
    {
        await using var hub = await DoorFixture.OpenAsync(new IntakeOptions { MaxConnections = 2 });
        using var first = await hub.ConnectAsync("1");
        using var second = await hub.ConnectAsync("2");
        using var third = await RawClient.OpenAsync(hub.MqttPort);
        Assert.Empty(await third.ReadToEndAsync());
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedTooMany]);
    }

    private static byte[] Bad(Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                return [];
            case 1:
                return Encoding.UTF8.GetBytes("{\"ph\":" + new string('[', random.Next(1, 50)));
            case 2:
                return Encoding.UTF8.GetBytes("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":7}}}}}");
            case 3:
                return [(byte)(0x80 + random.Next(0x1F)), .. Noise(random, 40)];
            case 4:
                return Encoding.UTF8.GetBytes("7.1 " + new string('x', random.Next(1, 100)));
            default:
                return [(byte)'!', .. Noise(random, 200)];
        }
    }

    private static byte[] Noise(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task AssertServedAsync(DoorFixture hub)
    {
        using var honest = await hub.ConnectAsync("honest");
        Assert.Equal(9, (await honest.ExchangeAsync(honest.Publish("lab/tank/ph", "7.7", id: 9))).Id);
        Assert.Contains(hub.Rows("ph"), row => row.Raw == 7.7);
    }

    /// <summary>Every connection is over once its client has gone; those that never said CONNECT after ten seconds.</summary>
    private static async Task GoneAsync(DoorFixture hub)
    {
        var door = hub.Get<FrontDoor>();
        for (var tries = 0; tries < 1000 && door.Connections.Count > 0; tries++)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Empty(door.Connections);
    }
}
