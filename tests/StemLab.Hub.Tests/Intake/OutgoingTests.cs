using System.Text;
using System.Text.Json;

namespace StemLab.Hub.Intake;

public sealed class OutgoingTests
{
    [Fact]
    public async Task Committed_readings_go_out_as_JSON_to_whoever_listens()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var listener = await hub.ConnectAsync("listener");
        await listener.ExchangeAsync(listener.Subscribe(1, ("stemlab/#", 1)));
        using var client = await hub.ConnectAsync("sender");
        await client.ExchangeAsync(client.Publish("lab/pond/ph", "7,1", id: 1));
        var (topic, flags, json) = await HearAsync(hub, listener);
        Assert.Equal(("stemlab/lab-pond/ph", 0), (topic, flags));
        Assert.Equal((7.1, "[pH]", 1), (json.GetProperty("value").GetDouble(), json.GetProperty("unit").GetString(), json.GetProperty("flag").GetInt32()));
        Assert.Equal("2026-05-28T20:26:40.000000Z", json.GetProperty("utc").GetString());
        Assert.Equal(0.02, json.GetProperty("sigma_s").GetDouble(), 3);
        Assert.InRange(json.GetProperty("age_s").GetDouble(), 0, 60);
        Assert.False(json.TryGetProperty("simulated", out _));
    }

    [Fact]
    public async Task Without_UTC_the_times_are_null_and_the_value_still_comes()
    {
        await using var hub = await DoorFixture.OpenAsync(hubSigmaUs: null);
        using var listener = await hub.ConnectAsync("listener");
        await listener.ExchangeAsync(listener.Subscribe(1, ("stemlab/lab-pond/+", 0)));
        using var client = await hub.ConnectAsync("sender");
        await client.ExchangeAsync(client.Publish("lab/pond/ph", "7.1", id: 1));
        var (_, _, json) = await HearAsync(hub, listener);
        Assert.Equal(7.1, json.GetProperty("value").GetDouble());
        Assert.Equal([JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Null], ((string[])["utc", "sigma_s", "age_s"]).Select(name => json.GetProperty(name).ValueKind));
    }

    [Fact]
    public async Task Simulated_readings_say_so()
    {
        await using var hub = await DoorFixture.OpenAsync();
        using var listener = await hub.ConnectAsync("listener");
        await listener.ExchangeAsync(listener.Subscribe(1, ("stemlab/ag-1/ph", 0)));
        using var agent = await hub.AgentAsync();
        await agent.BeBornAsync();
        await agent.Client.SendAsync(agent.Publish(Wire.NativeTopic.Up, agent.Block(0, 3, 1_000_000)));
        var (_, _, json) = await HearAsync(hub, listener);
        Assert.True(json.GetProperty("simulated").GetBoolean());
        Assert.Equal(7.02, json.GetProperty("value").GetDouble());
        Assert.True(hub.Counters[IntakeCount.OutgoingSkipped] >= 2);
    }

    private static async Task<(string Topic, int Flags, JsonElement Json)> HearAsync(DoorFixture hub, RawClient listener)
    {
        var heard = listener.ReadAsync();
        while (!heard.IsCompleted)
        {
            hub.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(heard, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        var packet = await heard;
        var length = (packet!.Body[0] << 8) | packet.Body[1];
        return (Encoding.UTF8.GetString(packet.Body, 2, length), packet.Flags, JsonDocument.Parse(packet.Body.AsMemory(2 + length)).RootElement);
    }
}
