using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Access;
using StemLab.Hub.Fleet;
using StemLab.Hub.Web;
using StemLab.Store;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>The lines a maker is given are run as they stand, with TLS and without. What cannot be run here is at least well formed.</summary>
public sealed partial class MakerLinesTests
{
    [ServerFact("mosquitto_pub")]
    public Task Mosquittos_line_publishes_with_tls_and_without() => RunAsync("mosquitto", lines => ("bash", ["-c", lines]));

    [Fact]
    public Task Pythons_lines_publish_with_tls_and_without()
    {
        Assert.SkipUnless(Servers.AreRequired || File.Exists("/usr/bin/python3"), "needs Python with paho-mqtt: run tests/install-servers");
        return RunAsync("python", lines => ("/usr/bin/python3", ["-c", lines]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Node_reds_flow_is_json_and_names_broker_topic_and_user(bool isTls)
    {
        using var flow = JsonDocument.Parse(Fill(Snippets.Of("")["snippet_nodered"], "192.168.1.10", 1883, "pond", "slm_x", "lab/pond", isTls));
        var nodes = flow.RootElement.EnumerateArray().ToDictionary(node => node.GetProperty("type").GetString()!);
        Assert.Equal(isTls, nodes["mqtt-broker"].GetProperty("usetls").GetBoolean());
        Assert.Equal("lab/pond/ph", nodes["mqtt out"].GetProperty("topic").GetString());
        Assert.Contains("slm_x", nodes["comment"].GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.All(flow.RootElement.EnumerateArray().Where(node => node.TryGetProperty("z", out _)), node => Assert.Equal(nodes["tab"].GetProperty("id").GetString(), node.GetProperty("z").GetString()));
    }

    private static async Task RunAsync(string kind, Func<string, (string Program, string[] Arguments)> command)
    {
        using var folder = new TempFolder();
        await using var hub = await OpenHub.StartAsync(folder.Path, plain: "mqtt");
        var origin = hub.Services.GetRequiredService<HubOrigin>();
        var authority = folder.File("stemlab-ca.pem");
        await File.WriteAllTextAsync(authority, origin.CaCertificatePem, TestContext.Current.CancellationToken);
        foreach (var isTls in (bool[])[false, true])
        {
            var slug = isTls ? "pond-tls" : "pond";
            var maker = hub.Services.GetRequiredService<FleetBook>().AddMaker(slug, $"lab/{slug}");
            Assert.NotNull(maker.Token);
            var lines = Fill(Snippets.Of("")[$"snippet_{kind}"], OpenHub.Outside.ToString(), isTls ? origin.MqttTlsPort : origin.MqttPlainPort, slug, maker.Token, $"lab/{slug}", isTls)
                .Replace("stemlab-ca.pem", authority, StringComparison.Ordinal);
            var (program, arguments) = command(lines);
            var run = await RealProcess.RunAsync(program, arguments);
            Assert.True(run.Code == 0, $"{lines}\n{run.Output}{run.Errors}");
            await Eventually.True(
                () => Task.FromResult(hub.Services.GetRequiredService<ObservationStore>().Account(maker.Agent!.Id).Stored == 1), $"the reading of {slug} is stored");
        }
    }

    /// <summary>As the page's script does it.</summary>
    private static string Fill(string snippet, string host, int port, string user, string token, string topic, bool isTls)
    {
        snippet = Tls().Replace(snippet, kept => isTls ? kept.Groups[1].Value : "");
        snippet = Plain().Replace(snippet, kept => isTls ? "" : kept.Groups[1].Value);
        return snippet.Replace("%HOST%", host, StringComparison.Ordinal).Replace("%PORT%", $"{port}", StringComparison.Ordinal).Replace("%USER%", user, StringComparison.Ordinal)
            .Replace("%TOKEN%", token, StringComparison.Ordinal).Replace("%TOPIC%", topic, StringComparison.Ordinal).Replace("%NAME%", topic.Split('/')[^1], StringComparison.Ordinal);
    }

    [GeneratedRegex("%TLS:([^%]*)%")]
    private static partial Regex Tls();

    [GeneratedRegex("%PLAIN:([^%]*)%")]
    private static partial Regex Plain();
}
