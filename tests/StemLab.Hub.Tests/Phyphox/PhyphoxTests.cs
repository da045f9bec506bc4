using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using StemLab.Hub.Access;
using StemLab.Hub.Api;
using StemLab.Hub.Derive;
using StemLab.Hub.Intake;

namespace StemLab.Hub.Phyphox;

/// <summary>Phones that measure with phyphox: the file they fetch, the posts they send (as the app writes them), and who may.</summary>
public sealed class PhyphoxTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_phone_fetches_an_experiment_by_its_code_and_its_posts_are_readings_of_an_agent_of_its_own()
    {
        await using var hub = await HubFixture.StartAsync();
        var (_, started) = await School.PostAsync(hub.Http, "v1/phoneExperiments", new { title = "Swing", sensors = new[] { "acceleration", "light" }, rateHz = 20 });
        var code = started.GetProperty("experiment").GetProperty("code").GetString();
        Assert.StartsWith("phyphox://", started.GetProperty("experiment").GetProperty("link").GetString(), StringComparison.Ordinal);

        var first = XDocument.Parse(await hub.Http.GetStringAsync($"phyphox/{code}", Stop));
        var second = XDocument.Parse(await hub.Http.GetStringAsync($"phyphox/{code}", Stop));
        var keys = new[] { KeyOf(first), KeyOf(second) };
        Assert.NotEqual(keys[0], keys[1]);
        Assert.All(keys, key => Assert.Matches("^[0-9]{15}$", key));
        var connection = first.Descendants("connection").Single();
        Assert.Equal(("http/post", "1", "true"), (connection.Attribute("service")!.Value, connection.Attribute("interval")!.Value, connection.Attribute("autoConnect")!.Value));
        var buffers = first.Descendants("container").Select(one => one.Value).ToHashSet();
        Assert.All(connection.Elements("send").Where(send => send.Attribute("type")!.Value == "buffer"), send => Assert.Contains(send.Value, buffers));
        Assert.All(first.Descendants("sensor").Elements("output"), output => Assert.Contains(output.Value, buffers));

        var counters = hub.Get<IntakeCounters>();
        var before = counters[IntakeCount.Stored];
        foreach (var key in keys)
        {
            using var answer = await PostAsync(hub, Body(key, phoneNow: 1_000_000_000));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("{\"stored\":13}", await answer.Content.ReadAsStringAsync(Stop));
        }

        Assert.Equal(26, counters[IntakeCount.Stored] - before);
        var channels = hub.Get<DerivationBook>().Current.Channels.Where(channel => channel.AgentSlug.StartsWith("phone-", StringComparison.Ordinal)).ToArray();
        Assert.Equal(8, channels.Length);
        Assert.Equal(2, channels.Select(channel => channel.Agent).Distinct().Count());
        Assert.Contains(channels, channel => channel is { Port: "acceleration-x", PropertyId: "acceleration" });

        // The phone's clock is twenty years off; the readings lie within the seconds before their post.
        var latest = JsonDocument.Parse(await hub.Http.GetStringAsync("v1/readings:latest?channels=" + Uri.EscapeDataString(channels[0].Name), Stop)).RootElement.GetProperty("readings")[0];
        Assert.InRange(long.Parse(latest.GetProperty("ageUs").ToString(), System.Globalization.CultureInfo.InvariantCulture), 0, 60 * HubFixture.Second);
    }

    [Fact]
    public async Task When_the_experiment_ends_its_keys_open_nothing_and_the_readings_stay()
    {
        await using var hub = await HubFixture.StartAsync();
        var (_, started) = await School.PostAsync(hub.Http, "v1/phoneExperiments", new { title = "Swing", sensors = new[] { "acceleration", "light" } });
        var experiment = started.GetProperty("experiment");
        var key = KeyOf(XDocument.Parse(await hub.Http.GetStringAsync($"phyphox/{experiment.GetProperty("code").GetString()}", Stop)));
        (await PostAsync(hub, Body(key, 1_000_000_000))).Dispose();
        var stored = hub.Store.StoredTotal;
        using var ended = await hub.Http.DeleteAsync($"v1/{experiment.GetProperty("name").GetString()}", Stop);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);

        using var late = await PostAsync(hub, Body(key, 1_000_000_010));
        using var again = await hub.Http.GetAsync($"phyphox/{experiment.GetProperty("code").GetString()}", Stop);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (late.StatusCode, again.StatusCode));
        Assert.Equal(stored, hub.Store.StoredTotal);
    }

    [Fact]
    public async Task Who_guesses_keys_or_codes_has_to_wait()
    {
        await using var hub = await HubFixture.StartAsync();
        HttpStatusCode last = default;
        for (var i = 0; i < 40 && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var answer = await PostAsync(hub, Body($"{100_000_000_000_000 + i}", 1_000_000_000));
            last = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Theory]
    [InlineData("", "not_json")]
    [InlineData("[1]", "not_json")]
    [InlineData("{\"key\":\"1\"}", "no_key")]
    [InlineData("{\"key\":-4}", "no_key")]
    [InlineData("{\"key\":5}", "no_time")]
    [InlineData("{\"key\":5,\"time\":{\"now\":\"x\",\"events\":[]}}", "no_time")]
    [InlineData("{\"key\":5,\"time\":{\"now\":1e999,\"events\":[{\"event\":\"START\",\"experimentTime\":0,\"systemTime\":0}]}}", "no_time")]
    public void A_body_that_is_no_post_has_a_reason(string body, string reason)
    {
        Assert.Null(PhyphoxPost.Read(Encoding.UTF8.GetBytes(body), out var told));
        Assert.Equal(reason, told);
    }

    [Fact]
    public void Times_follow_pauses_and_what_cannot_be_placed_is_counted()
    {
        const string Body = """
            {"key":5,"time":{"now":130,"events":[{"event":"START","experimentTime":0,"systemTime":100},{"event":"PAUSE","experimentTime":10,"systemTime":110},{"event":"START","experimentTime":10,"systemTime":120}]},
             "lightT":[1,9,12,"x",13,500],"lightX":[10,20,30,40,null,60]}
            """;

        var post = PhyphoxPost.Read(Encoding.UTF8.GetBytes(Body), out _)!;

        Assert.Equal([(29.0, 10.0), (21.0, 20.0), (8.0, 30.0)], post.Rows.Select(row => (row.AgoS, row.Value)));
        Assert.Equal(3, post.Unused);
    }

    [Fact]
    public void Any_bytes_give_a_post_or_a_reason()
    {
        var random = new Random(7);
        var whole = Encoding.UTF8.GetBytes(Body("123456789012345", 1_000_000_000));
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = whole.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var post = PhyphoxPost.Read(bytes.AsMemory(0, random.Next(bytes.Length + 1)), out var reason);
            Assert.True(post is not null || reason.Length > 0);
        }
    }

    private static string KeyOf(XDocument file) => file.Descendants("container").Single(one => one.Value == "key").Attribute("init")!.Value;

    private static Task<HttpResponseMessage> PostAsync(HubFixture hub, string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("content-type", "application/json; utf-8");
        return hub.Http.PostAsync("phyphox", content, Stop);
    }

    /// <summary>As the Android app writes it: numbers as doubles, the key in exponents, a null where the sensor gave none.</summary>
    private static string Body(string key, double phoneNow) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $$$"""
        {"key":{{{key[0]}}}.{{{key[1..]}}}E14,"time":{"now":{{{phoneNow}}}.25,"events":[{"event":"START","experimentTime":0,"systemTime":{{{phoneNow - 2}}}.125}]},
         "accelerationX":[0.1,0.2,0.3,0.4],"accelerationY":[1.1,1.2,1.3,1.4],"accelerationZ":[9.81,9.82,9.83,9.84],"accelerationT":[0.5,1.0,1.5,2.0],"lightX":[120,null],"lightT":[0.7,1.7]}
        """);
}
