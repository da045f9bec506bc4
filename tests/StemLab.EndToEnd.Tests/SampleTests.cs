using System.Globalization;
using System.Text.Json;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>The samples, as their READMEs run them, against a hub that holds known readings.</summary>
public sealed class SampleTests : IAsyncLifetime
{
    private const int Rows = 600;
    private readonly TempFolder folder = new();
    private HubProcess hub = null!;
    private NativeClient agent = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await HubProcess.StartAsync(folder.Path);
        agent = new NativeClient(await hub.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "pond" }, cancellationToken: TestContext.Current.CancellationToken), 45);
        await Eventually.True(() => agent.TryConnectAsync(hub.Where.MqttPort), "connected");
        agent.Seal(Rows);
        await agent.TrySendAsync(0);
        await Eventually.True(() => Task.FromResult(agent.Waiting.IsEmpty), "receipted");

        // Invented readings jump: nobody is to judge them, so that all of them count.
        var unjudged = new QcRulesFact { Property = "ph", Off = { "gross_range", "spike", "rate_of_change", "flat_line", "attenuated_signal" } };
        await hub.Api.Facts.StateFactAsync(new StateFactRequest { Fact = new Fact { QcRules = unjudged } }, cancellationToken: TestContext.Current.CancellationToken);
        var anchor = new UtcAnchorFact { BootId = agent.BootId, TUs = 0, UtcUs = (await hub.Api.StateAsync()).UtcUs - 900_000_000, SigmaUs = 1_000_000, Source = "teacher" };
        await hub.Api.Facts.StateFactAsync(new StateFactRequest { Fact = new Fact { UtcAnchor = anchor } }, cancellationToken: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await agent.DisposeAsync();
        await hub.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Lesson_console_lists_asks_and_watches()
    {
        var list = await ConsoleAsync("list");
        Assert.Contains("pond ph", Assert.Single(Lines(list)), StringComparison.Ordinal);

        var query = await ConsoleAsync("query", "--hours", "1", "--buckets", "24", "pond ph");
        Assert.Contains($"{Rows} readings in buckets of", Assert.Single(Lines(query)), StringComparison.Ordinal);
        Assert.Contains("7.00 … 7.99", query, StringComparison.Ordinal);
        Assert.Equal(Rows, Lines(await ConsoleAsync("query", "--hours", "1", "--buckets", "0", "pond ph")).Length);

        await using var watch = RealProcess.Start("dotnet", [.. Console, "watch", "pond ph", "--hub", Grpc]);
        await Eventually.True(
            async () =>
            {
                // It does not tell when it has begun to watch.
                var first = agent.NextSeq;
                agent.Seal(1);
                await agent.TrySendAsync(first);
                return watch.Output.Contains("pond ph", StringComparison.Ordinal) || (watch.HasExited ? throw new InvalidOperationException(watch.Output) : false);
            },
            "a live reading is shown");
        Assert.Equal(0, await watch.StopAsync(RealProcess.Patience));
    }

    [Fact]
    public async Task Lesson_console_says_what_to_do_where_no_hub_answers()
    {
        var (code, output, errors) = await RealProcess.RunAsync("dotnet", [.. Console, "list", "--hub", "http://127.0.0.1:9"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("--hub", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lesson_console_names_the_channels_there_are_where_none_fits()
    {
        var (code, output, errors) = await RealProcess.RunAsync("dotnet", [.. Console, "watch", "lake", "--hub", Grpc]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("pond ph", errors, StringComparison.Ordinal);
    }

    [ServerFact("protoc")]
    public async Task Researchers_Python_gets_the_same_rows_and_buckets()
    {
        var sample = Path.Combine(Clone.Root, "samples", "researcher-python");
        var python = await PythonAsync();
        Assert.Equal(0, (await RealProcess.RunAsync(Path.Combine(sample, "stubs"), [])).Code);

        var rows = await RealProcess.RunAsync(python, [Path.Combine(sample, "query.py"), "--hub", $"127.0.0.1:{hub.Where.GrpcPort}", "--hours", "0", "--buckets", "0", "pond ph"]);
        Assert.Equal((0, ""), (rows.Code, rows.Errors));
        var values = Lines(rows.Output).Skip(1).Select(line => double.Parse(line.Split(',')[2], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal((await hub.Api.RowsAsync(agent.Channel))[agent.Channel].Raw, values);

        var buckets = await RealProcess.RunAsync(python, [Path.Combine(sample, "query.py"), "--hub", $"127.0.0.1:{hub.Where.GrpcPort}", "--hours", "1", "--buckets", "12", "pond ph"]);
        Assert.Equal(Rows, Lines(buckets.Output).Skip(1).Sum(line => int.Parse(line.Split(',')[2], CultureInfo.InvariantCulture)));
        var nothing = await RealProcess.RunAsync(python, [Path.Combine(sample, "query.py"), "--hub", $"127.0.0.1:{hub.Where.GrpcPort}", "no such channel"]);
        Assert.Equal(1, nothing.Code);
        Assert.Contains("pond ph", nothing.Errors, StringComparison.Ordinal);
    }

    [ServerFact("curl")]
    public async Task Curl_gets_the_same_as_JSON()
    {
        var channels = await JsonAsync("/v1/channels");
        var channel = Assert.Single(channels.GetProperty("channels").EnumerateArray().ToArray());
        Assert.Equal("pond ph", channel.GetProperty("displayName").GetString());

        var address = $"/v1/readings:query?channels={Uri.EscapeDataString(agent.Channel)}&startTimeUs={HubClient.Beginning}&withRaw=true";
        var rows = await JsonAsync(address);
        var raw = rows.GetProperty("blocks").EnumerateArray().SelectMany(block => block.GetProperty("raw").EnumerateArray()).Select(value => value.GetDouble());
        Assert.Equal((await hub.Api.RowsAsync(agent.Channel))[agent.Channel].Raw, raw);

        var wrong = await RealProcess.RunAsync(Servers.PathOf("curl"), ["-sS", $"http://127.0.0.1:{hub.Where.HttpPort}/v1/readings:query?channels=nonsense"]);
        var refusal = JsonDocument.Parse(wrong.Output).RootElement;
        refusal = refusal.ValueKind == JsonValueKind.Array ? refusal[0] : refusal;
        Assert.Equal(3, refusal.GetProperty("code").GetInt32());
    }

    private static string[] Console => [Path.Combine(AppContext.BaseDirectory, "lesson-console.dll")];

    private string Grpc => $"http://127.0.0.1:{hub.Where.GrpcPort}";

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<string> ConsoleAsync(params string[] arguments)
    {
        var (code, output, errors) = await RealProcess.RunAsync("dotnet", [.. Console, .. arguments, "--hub", Grpc], new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" });
        Assert.Equal((0, ""), (code, errors));
        return output;
    }

    /// <summary>One JSON object; of a stream the only one.</summary>
    private async Task<JsonElement> JsonAsync(string address)
    {
        var (code, output, errors) = await RealProcess.RunAsync(Servers.PathOf("curl"), ["-sSf", $"http://127.0.0.1:{hub.Where.HttpPort}{address}"]);
        Assert.True(code == 0, errors);
        var answer = JsonDocument.Parse(output).RootElement;
        return answer.ValueKind == JsonValueKind.Array ? Assert.Single(answer.EnumerateArray().ToArray()) : answer;
    }

    private static async Task<string> PythonAsync()
    {
        foreach (var python in (string[])["/usr/bin/python3", "python3"])
        {
            if (Servers.Find(python) is not null && (await RealProcess.RunAsync(python, ["-c", "import grpc, google.protobuf"])).Code == 0)
            {
                return python;
            }
        }

        Assert.False(Servers.AreRequired, "python3-grpcio is not installed; run tests/install-servers");
        Assert.Skip("needs python3-grpcio: run tests/install-servers");
        return "";
    }
}
