using System.Text.Json;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>Plain Debian mosquitto-clients in and out.</summary>
public sealed class MakerTests
{
    [ServerFact("mosquitto_pub")]
    public async Task A_number_published_by_mosquitto_pub_appears_at_once_unclaimed_with_its_age()
    {
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        await PublishAsync(hub, "lab/pond/ph", "7,1");
        var ph = await LatestAsync(hub, "ph", 7.1);
        Assert.True(ph.Unclaimed);
        Assert.Equal("ph", ph.ObservedProperty);
        Assert.InRange(ph.Latest.AgeUs, 0, 60_000_000);
        Assert.Equal(V1.Agent.Types.State.Unclaimed, Assert.Single(await hub.Api.AgentsAsync()).State);

        await PublishAsync(hub, "lab/pond/ph", "7.2");
        await LatestAsync(hub, "ph", 7.2);
        await PublishAsync(hub, "lab/pond", """{"ph":7.3,"temp":28.4}""");
        await LatestAsync(hub, "ph", 7.3);
        await LatestAsync(hub, "temp", 28.4);

        using var page = await hub.Http.GetAsync("/", TestContext.Current.CancellationToken);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("unclaimed", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("28.4", html, StringComparison.Ordinal);
    }

    [ServerFact(["mosquitto_pub", "mosquitto_sub"])]
    public async Task What_is_committed_goes_out_to_mosquitto_sub_as_JSON_and_is_not_retained()
    {
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        await using var listening = RealProcess.Start(Servers.PathOf("mosquitto_sub"), ["-h", "127.0.0.1", "-p", $"{hub.Where.MqttPort}", "-t", "stemlab/#", "-v", "-C", "1"]);
        while (!listening.HasExited)
        {
            // It does not tell when it has subscribed.
            await PublishAsync(hub, "lab/pond/ph", "7,1");
        }

        Assert.Equal(0, await listening.ExitAsync(RealProcess.Patience));

        var line = Assert.Single(listening.Output.Split('\n'), text => text.StartsWith("stemlab/", StringComparison.Ordinal));
        Assert.Equal("stemlab/lab-pond/ph", line[..line.IndexOf(' ', StringComparison.Ordinal)]);
        var reading = JsonDocument.Parse(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]).RootElement;
        Assert.Equal((7.1, "[pH]", 1), (reading.GetProperty("value").GetDouble(), reading.GetProperty("unit").GetString(), reading.GetProperty("flag").GetInt32()));
        var state = await hub.Api.StateAsync();
        Assert.InRange(reading.GetProperty("utc").GetDateTimeOffset().ToUnixTimeMilliseconds() * 1000L, state.UtcUs - 120_000_000, state.UtcUs);
        Assert.True(reading.GetProperty("sigma_s").GetDouble() > 0);
        Assert.InRange(reading.GetProperty("age_s").GetDouble(), 0, 60);

        var (code, output, _) = await RealProcess.RunAsync(
            Servers.PathOf("mosquitto_sub"), ["-h", "127.0.0.1", "-p", $"{hub.Where.MqttPort}", "-t", "stemlab/#", "-t", "lab/#", "--retained-only", "-W", "1"]);
        Assert.Equal((27, ""), (code, output));
    }

    private static async Task PublishAsync(HubProcess hub, string topic, string payload)
    {
        var (code, output, errors) = await RealProcess.RunAsync(Servers.PathOf("mosquitto_pub"), ["-h", "127.0.0.1", "-p", $"{hub.Where.MqttPort}", "-t", topic, "-m", payload]);
        Assert.Equal((0, "", ""), (code, output, errors));
    }

    private static Task<Channel> LatestAsync(HubProcess hub, string port, double value) => Eventually.Get(
        async () => (await hub.Api.ChannelsAsync()).SingleOrDefault(channel => channel.Port == port),
        channel => channel.Latest is { HasValue: true, HasAgeUs: true } latest && latest.Value == value,
        $"{port} = {value}");
}
