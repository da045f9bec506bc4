using System.Text.Json;
using StemLab.TestKit;

namespace StemLab.Store.Influx;

/// <summary>What dashboards read: written, rewritten when the past changes, and answered to the very questions of samples/influx-grafana.</summary>
public sealed class CurrentPointTests
{
    private static readonly CurrentChannel Channel = new("a1", "ph~ph", "pond", "ph", IsSimulated: false);

    [ServerFact("influxd")]
    public async Task A_span_is_written_again_where_the_past_changed_and_the_sample_dashboards_questions_are_answered()
    {
        await using var server = await InfluxServer.StartAsync();
        await using var bench = await InfluxBench.OpenAsync(server.Url);
        await bench.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        await bench.ForwardedAsync();
        var at = bench.Offsets[TestBlocks.Boot];
        await WriteAsync(bench, at, 7.0, revision: 1);
        Assert.Equal(ReplyKind.Stored, (await bench.Influx.DeleteCurrentAsync(Channel, at, at + 10_000, TestContext.Current.CancellationToken)).Kind);
        await WriteAsync(bench, at + 500, 7.2, revision: 2);
        var answer = await server.AskAsync("SELECT count(value), max(revision), min(value) FROM reading_current", "lab");
        Assert.Contains(",10,2,7.2]", answer, StringComparison.Ordinal);

        foreach (var question in Questions())
        {
            var asked = question.Replace("$property", ".*", StringComparison.Ordinal).Replace("$agent", ".*", StringComparison.Ordinal)
                .Replace("$timeFilter", "time > 0", StringComparison.Ordinal).Replace("$__interval", "1h", StringComparison.Ordinal);
            var told = await server.AskAsync(asked, "lab");
            Assert.DoesNotContain("error", told, StringComparison.Ordinal);
            Assert.Contains("pond", told, StringComparison.Ordinal);
        }
    }

    private static async Task WriteAsync(InfluxBench bench, long utcUs, double value, long revision)
    {
        var points = Enumerable.Range(0, 10).Select(i => new CurrentPoint(TestBlocks.Boot, utcUs + (i * 1000), value, 1, revision, "[pH]"));
        Assert.Equal(ReplyKind.Stored, (await bench.Influx.WriteCurrentAsync(Channel, points, TestContext.Current.CancellationToken)).Kind);
    }

    private static List<string> Questions()
    {
        List<string> questions = [];
        foreach (var language in (string[])["vi", "en"])
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Influx", $"stemlab-{language}.json")));
            questions.AddRange(dashboard.RootElement.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("targets")[0].GetProperty("query").GetString()!));
            questions.AddRange(dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("query").GetString()!).Where(query => query.Contains("\"name\"", StringComparison.Ordinal)));
        }

        Assert.True(questions.Count >= 6);
        return questions;
    }
}
