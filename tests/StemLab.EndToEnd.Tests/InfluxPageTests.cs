using System.Net;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>What the page's footer says of the InfluxDB in each of its states, in both languages, and what an app is told.</summary>
public sealed class InfluxPageTests
{
    [Theory]
    [InlineData("1.8.10", 0, "", true, "InfluxDB 1.8.10", "0 waiting", "0 số đo đang chờ gửi")]
    [InlineData("1.8.10", 503, "Service unavailable", false, "InfluxDB 1.8.10", "InfluxDB is busy; readings wait here and are sent soon · 1 waiting", "InfluxDB đang bận")]
    [InlineData("2.7.1", 404, "{\"code\":\"not found\",\"message\":\"bucket \\\"stemlab\\\" not found\"}", false, "InfluxDB 2.7.1", "the database is not there and could not be made; make it, readings wait here · 1 waiting", "chưa có cơ sở dữ liệu")]
    [InlineData("1.8.10", 200, "<html><body>Please log in</body></html>", false, "InfluxDB 1.8.10", "something answers at InfluxDB's address that is no InfluxDB; check InfluxUrl, readings wait here · 1 waiting", "là một thứ khác")]
    [InlineData("1.8.10", 500, "{\"error\":\"retention policy not found: week\"}", false, "InfluxDB 1.8.10", "InfluxDB's settings stand against it: retention policy not found: week; readings wait here · 1 waiting", "cài đặt của InfluxDB không cho phép")]
    public async Task The_footer_says_how_it_stands(string version, int status, string body, bool isGood, string name, string english, string vietnamese)
    {
        await using var server = await RecordedInflux.StartAsync(version);
        if (status > 0)
        {
            server.AnswerNextWrite(status, body, retryAfter: "300");
        }

        await SaysAsync(new HubOptions { InfluxUrl = server.Url.ToString() }, isGood, name, english, vietnamese);
    }

    [Fact]
    public async Task A_token_that_is_wrong_is_said()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("token"), "wrong", TestContext.Current.CancellationToken);
        await using var server = await RecordedInflux.StartAsync("3.2.0");
        server.Authorization = "Token right";
        await SaysAsync(
            new HubOptions { InfluxUrl = server.Url.ToString(), InfluxTokenFile = folder.File("token") },
            isGood: false, "InfluxDB", "InfluxDB does not accept the token or password; readings wait here until it is corrected · 1 waiting", "InfluxDB không chấp nhận mã hoặc mật khẩu");
    }

    [Fact]
    public async Task A_server_that_is_away_is_said() => await SaysAsync(
        new HubOptions { InfluxUrl = $"http://127.0.0.1:{FixedPort.Choose()}" }, isGood: false, "InfluxDB", "InfluxDB does not answer; nothing is lost, readings wait here · 1 waiting", "InfluxDB không trả lời");

    private static async Task SaysAsync(HubOptions options, bool isGood, string name, string english, string vietnamese)
    {
        using var folder = new TempFolder();
        await using var hub = await HubHost.StartAsync(
            options with { Store = "influx", DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "machine" }, TestContext.Current.CancellationToken);
        await using var maker = new ForeignClient(hub.MqttPort);
        Assert.True(await maker.TryNextAsync());
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.Options.HttpPort}/") };
        foreach (var (language, sentence) in ((string, string)[])[("en", english), ("vi", vietnamese)])
        {
            var page = await Eventually.Get(() => PageAsync(http, language), page => page.Contains(sentence, StringComparison.Ordinal), sentence);
            Assert.Contains($"({name})", page, StringComparison.Ordinal);
            Assert.Contains($"id=\"store\" class=\"{(isGood ? "ok" : "trouble")}\"", page, StringComparison.Ordinal);
        }

        using var api = new HubClient(hub.GrpcPort);
        var state = await api.StateAsync();
        Assert.Equal(isGood, state.StoreState == "ok");
        Assert.Equal(1, state.Rows);
    }

    private static async Task<string?> PageAsync(HttpClient http, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "");
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
