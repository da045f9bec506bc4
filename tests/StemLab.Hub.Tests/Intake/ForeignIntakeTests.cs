using StemLab.Hub.Derive;
using StemLab.Store;

namespace StemLab.Hub.Intake;

public sealed class ForeignIntakeTests
{
    [Fact]
    public async Task A_number_on_a_topic_appears_as_an_unclaimed_device_with_property_and_unit()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        await PublishAsync(client, "lab/pond/ph", "7,1");
        await PublishAsync(client, "lab/pond/temp", "27.4 °C");
        var device = Assert.Single(hub.Fleet.Current.Agents);
        Assert.Equal(("lab-pond", true), (device.Slug, device.Unclaimed));
        Assert.Equal(
            [("ph", "ph", "[pH]"), ("temp", "water_temperature", "Cel")],
            hub.Store.Dictionary.Series.ToArray().Select(series => (series.Input.Port, series.Input.Quantity, series.Input.UnitUcum)));
        Assert.Equal([7.1], hub.Rows("ph").Select(row => row.Raw));
    }

    [Fact]
    public async Task A_number_without_time_is_stamped_on_arrival_with_the_hubs_clock()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        hub.Time.Advance(TimeSpan.FromSeconds(9));
        var before = hub.Clock.NowUs();
        await PublishAsync(client, "lab/pond/ph", "7.1");
        Assert.Equal(before, Assert.Single(hub.Rows("ph")).TUs);
        Assert.True(hub.Store.Dictionary.TryFind(hub.Store.Dictionary[new SeriesId(1)].Boot, out var boot));
        Assert.Equal(BootKind.Hub, boot.Kind);
    }

    [Fact]
    public async Task A_sent_time_is_believed_while_the_hub_knows_its_own_within_a_minute()
    {
        await using var hub = await DoorFixture.OpenAsync(hubSigmaUs: 50_000_000);
        using var client = await hub.ConnectAsync();
        var sentUs = DoorFixture.UtcNowUs - 3_600_000_000;
        await PublishAsync(client, "lab/pond", $$"""{"ts":{{sentUs / 1_000_000}},"ph":7.1}""");
        Assert.Equal(sentUs, Assert.Single(hub.Rows("ph")).TUs);
        var derived = hub.Get<DerivationBook>().Current.Series(new SeriesId(1));
        Assert.Equal((sentUs, 60_000_000), (derived.Map.ToUtc(sentUs), derived.Map.SigmaUs(sentUs)));
    }

    [Theory]
    [InlineData(61_000_000L, -3600)]
    [InlineData(null, -3600)]
    [InlineData(20_000L, 3600)]
    [InlineData(20_000L, -400 * 24 * 3600)]
    public async Task A_sent_time_that_cannot_be_judged_is_kept_as_evidence_beside_the_arrival(long? hubSigmaUs, int sentAgoS)
    {
        await using var hub = await DoorFixture.OpenAsync(hubSigmaUs: hubSigmaUs);
        using var client = await hub.ConnectAsync();
        var sentS = (DoorFixture.UtcNowUs / 1_000_000) + sentAgoS;
        var nowUs = hub.Clock.NowUs();
        await PublishAsync(client, "lab/pond", $$"""{"ts":{{sentS}},"ph":7.1}""");
        Assert.Equal((nowUs, 7.1), Assert.Single(hub.Rows("ph")));
        Assert.Equal((nowUs, sentS * 1e6), Assert.Single(hub.Rows("sent")));
        Assert.Equal(1, hub.Counters[IntakeCount.IgnoredSentTime]);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task The_same_row_again_is_a_duplicate_and_other_bits_at_the_same_time_a_conflict()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        var ts = DoorFixture.UtcNowUs / 1_000_000;
        foreach (var ph in (string[])["7.1", "7.1", "7.2"])
        {
            await PublishAsync(client, "lab/pond", $$"""{"ts":{{ts}},"ph":{{ph}}}""");
        }

        Assert.Equal((1, 1, 1), (hub.Counters[IntakeCount.Stored], hub.Counters[IntakeCount.Duplicate], hub.Counters[IntakeCount.Conflict]));
        hub.AssertEveryReadingIsCounted();
    }

    [Theory]
    [InlineData("tele/pond/SENSOR", """{"Time":"2026-06-01T10:00:00","DS18B20":{"Id":"01","Temperature":20.6},"TempUnit":"C"}""", "tele-pond", "ds18b20.temperature", "water_temperature", 20.6)]
    [InlineData("pondnode/sensor/pH/state", "7.05", "pondnode", "ph", "ph", 7.05)]
    [InlineData("zigbee2mqtt/box", """{"linkquality":80,"humidity":55.5,"temperature":24.5}""", "zigbee2mqtt-box", "temperature", "air_temperature", 24.5)]
    [InlineData("lab/senml", """[{"bn":"urn:dev:ow:10e2073a01080063:","bu":"Cel","n":"temp","v":23.1}]""", "lab-senml", "temp", "water_temperature", 23.1)]
    public async Task What_makers_already_have_is_understood(string topic, string payload, string slug, string port, string quantity, double value)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        await PublishAsync(client, topic, payload);
        Assert.Equal(slug, Assert.Single(hub.Fleet.Current.Agents).Slug);
        Assert.Equal([value], hub.Rows(port).Select(row => row.Raw));
        Assert.Equal(quantity, hub.Store.Dictionary.Series.ToArray().Single(series => series.Input.Port == port).Input.Quantity);
    }

    [Theory]
    [InlineData("tele/pond/LWT", "Online", "ignored.status")]
    [InlineData("tele/pond/STATE", """{"Vcc":3.1}""", "ignored.status")]
    [InlineData("cmnd/pond/POWER", "1", "ignored.command")]
    [InlineData("zigbee2mqtt/box/set", """{"state":1}""", "ignored.command")]
    [InlineData("zigbee2mqtt/bridge/info", """{"port":1}""", "ignored.status")]
    [InlineData("homeassistant/sensor/x/config", """{"qos":1}""", "ignored.status")]
    [InlineData("homie/pond/$state", "1", "ignored.status")]
    [InlineData("pondnode/status", "online", "ignored.status")]
    public async Task What_is_no_reading_by_its_topic_is_passed_on_and_not_stored(string topic, string payload, string counter)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var listener = await hub.ConnectAsync("listener");
        await listener.ExchangeAsync(listener.Subscribe(1, (topic.Split('/')[0] + "/#", 0)));
        using var client = await hub.ConnectAsync();
        await PublishAsync(client, topic, payload);
        Assert.Equal(RawPacket.Publish, (await listener.ReadAsync())!.Type);
        Assert.Equal(1, hub.Counters.Snapshot()[counter]);
        Assert.Equal(0, hub.Counters[IntakeCount.Received]);
        Assert.Empty(hub.Fleet.Current.Agents);
    }

    [Theory]
    [InlineData("", "rejected.empty")]
    [InlineData("abc", "rejected.not_a_number")]
    [InlineData("1.234,5", "rejected.not_a_number")]
    [InlineData("12:30", "rejected.not_a_number")]
    [InlineData("nan", "rejected.not_finite")]
    [InlineData("1e999", "rejected.not_finite")]
    [InlineData("7.1 bananas", "rejected.unknown_unit")]
    [InlineData("{\"ph\":", "rejected.bad_json")]
    [InlineData("{\"ph\":\"high\"}", "rejected.no_numbers")]
    [InlineData("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":1}}}}}", "rejected.too_deep")]
    [InlineData("{\"ph\":1e999}", "rejected.not_finite")]
    [InlineData("[1,2]", "rejected.bad_senml")]
    public async Task Junk_is_answered_counted_by_its_reason_and_never_a_zero(string payload, string counter)
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var client = await hub.ConnectAsync();
        await PublishAsync(client, "lab/pond/ph", payload);
        Assert.Equal(1, hub.Counters.Snapshot()[counter]);
        Assert.Equal(0, hub.Store.Dictionary.SeriesCount);
        Assert.Empty(hub.Fleet.Current.Agents);
        hub.AssertEveryReadingIsCounted();
    }

    [Fact]
    public async Task A_device_opens_no_more_channels_than_it_may()
    {
        await using var hub = await DoorFixture.OpenAsync(new IntakeOptions { MaxForeignChannels = 8 });
        using var client = await hub.ConnectAsync();
        for (ushort i = 1; i <= 20; i++)
        {
            await client.ExchangeAsync(client.Publish($"lab/pond/q{i}", "1", id: i));
        }

        Assert.Equal(8, hub.Store.Dictionary.SeriesCount);
        Assert.Equal(12, hub.Counters[IntakeCount.RejectedTooManyChannels]);
        hub.AssertEveryReadingIsCounted();
    }

    private static async Task PublishAsync(RawClient client, string topic, string payload) =>
        Assert.Equal(RawPacket.PubAck, (await client.ExchangeAsync(client.Publish(topic, payload, id: 1))).Type);
}
