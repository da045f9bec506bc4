using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StemLab.TestKit;

/// <summary>
/// Answers like InfluxDB 1.8, 2.x or 3.x where no such server can be had: keeps the points in memory, understands the few questions the hub asks, and gives replies in the
/// shapes recorded from those versions' sources. Safe from any thread.
/// </summary>
public sealed partial class RecordedInflux : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Measurement, string Tags, long Ns), Dictionary<string, string>> _points = [];
    private readonly Queue<(int Status, string Body, string? RetryAfter)> _scripted = [];
    private readonly WebApplication _app;

    private RecordedInflux(string version, WebApplication app)
    {
        Version = version;
        _app = app;
    }

    /// <summary>As its ping says it.</summary>
    public string Version { get; }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>What Authorization must be; null = anything.</summary>
    public string? Authorization { get; set; }

    /// <summary>True for a line that is refused for good; null = every line is good.</summary>
    public Func<string, bool>? IsBad { get; set; }

    /// <summary>Lines of one request above which it answers 413; 0 = no bound.</summary>
    public int MostLines { get; set; }

    /// <summary>True: an answer to a question begins and never ends.</summary>
    public bool Stalls { get; set; }

    /// <summary>True once the bucket was made; only 2.x asks.</summary>
    public bool HasBucket { get; private set; }

    /// <summary>Write requests seen.</summary>
    public int Writes { get; private set; }

    /// <summary>Points of a measurement.</summary>
    public int Count(string measurement)
    {
        lock (_gate)
        {
            return _points.Keys.Count(key => key.Measurement == measurement);
        }
    }

    /// <summary>Has the next write answered so, whatever it holds; nothing of it is kept.</summary>
    public void AnswerNextWrite(int status, string body, string? retryAfter = null)
    {
        lock (_gate)
        {
            _scripted.Enqueue((status, body, retryAfter));
        }
    }

    /// <summary>Starts one of a version: "1.8.10", "2.7.1", "3.2.0".</summary>
    public static async Task<RecordedInflux> StartAsync(string version)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var app = builder.Build();
        var influx = new RecordedInflux(version, app);
        app.Run(influx.AnswerAsync);
        await app.StartAsync();
        influx.Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return influx;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var isOpen = context.Request.Path == "/ping" && Version[0] != '3';
        if (!isOpen && Authorization is not null && context.Request.Headers.Authorization != Authorization)
        {
            await SayAsync(context, 401, Version[0] == '3' ? "" : Version[0] == '2' ? """{"code":"unauthorized","message":"unauthorized access"}""" : """{"error":"authorization failed"}""");
            return;
        }

        switch (context.Request.Path.Value)
        {
            case "/ping":
                context.Response.Headers["X-Influxdb-Version"] = Version[0] == '2' ? "v" + Version : Version;
                await SayAsync(context, Version[0] == '3' ? 200 : 204, Version[0] == '3' ? $$"""{"product_name":"InfluxDB 3 Core","version":"{{Version}}"}""" : "");
                break;
            case "/api/v2/buckets" when HttpMethods.IsGet(context.Request.Method):
                await SayAsync(context, HasBucket ? 200 : 404, HasBucket ? """{"buckets":[{"id":"b","name":"lab"}]}""" : """{"code":"not found","message":"bucket \"lab\" not found"}""");
                break;
            case "/api/v2/buckets":
                HasBucket = true;
                await SayAsync(context, 201, """{"id":"b","name":"lab"}""");
                break;
            case "/api/v2/orgs":
                await SayAsync(context, 200, """{"orgs":[{"id":"0a","name":"school"}]}""");
                break;
            case "/write":
            case "/api/v2/write" when Version[0] == '2':
                await WriteAsync(context);
                break;
            case "/query":
                await QueryAsync(context);
                break;
            default:
                await SayAsync(context, 404, "404 page not found");
                break;
        }
    }

    private async Task WriteAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (int Status, string Body, string? RetryAfter) reply;
        lock (_gate)
        {
            Writes++;
            reply = _scripted.TryDequeue(out var scripted) ? scripted : Reply(lines);
        }

        if (reply.RetryAfter is not null)
        {
            context.Response.Headers.RetryAfter = reply.RetryAfter;
        }

        await SayAsync(context, reply.Status, reply.Body);
    }

    /// <summary>1.x keeps the good lines and names the first fault; 2.x refuses all; 3.x keeps the good ones and names every bad one.</summary>
    private (int Status, string Body, string? RetryAfter) Reply(string[] lines)
    {
        if (MostLines > 0 && lines.Length > MostLines)
        {
            return (413, Version[0] == '3' ? "" : """{"error":"Request Entity Too Large"}""", null);
        }

        if (Version[0] == '2' && !HasBucket)
        {
            return (404, """{"code":"not found","message":"no dbrp mapping found"}""", null);
        }

        var bad = lines.Select((line, i) => (line, i)).Where(one => IsBad?.Invoke(one.line) == true).ToArray();
        if (Version[0] != '2' || bad.Length == 0)
        {
            foreach (var line in lines.Where(line => IsBad?.Invoke(line) != true))
            {
                Keep(line);
            }
        }

        return (bad.Length, Version[0]) switch
        {
            (0, _) => (204, "", null),
            (_, '1') => (400, $$"""{"error":"partial write: field type conflict: input field \"raw\" on measurement \"reading\" is type float, already exists as type string dropped={{bad.Length}}"}""", null),
            (_, '2') => (422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict dropped=1"}""", null),
            _ => (400, $$"""{"error":"partial write of line protocol occurred","data":[{{string.Join(',', bad.Select(one => $$"""{"error_message":"invalid column type","line_number":{{one.i + 1}},"original_line":"x"}"""))}}]}""", null),
        };
    }

    private void Keep(string line)
    {
        var match = Line().Match(line);
        var key = (match.Groups[1].Value, match.Groups[2].Value, long.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture));
        if (!_points.TryGetValue(key, out var fields))
        {
            _points[key] = fields = [];
        }

        foreach (Match field in Field().Matches(match.Groups[3].Value))
        {
            fields[field.Groups[1].Value] = field.Groups[2].Value.TrimEnd('i');
        }
    }

    private async Task QueryAsync(HttpContext context)
    {
        if (Stalls)
        {
            await context.Response.WriteAsync("{\"results\":[{\"series\":[{\"columns\":[\"time\"", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        var question = (await context.Request.ReadFormAsync())["q"].ToString();
        string answer;
        lock (_gate)
        {
            answer = Answer(question);
        }

        await SayAsync(context, 200, answer);
    }

    private string Answer(string question)
    {
        if (question.StartsWith("CREATE DATABASE", StringComparison.Ordinal))
        {
            return """{"results":[{"statement_id":0}]}""";
        }

        if (Version[0] == '3' && question.StartsWith("DELETE", StringComparison.Ordinal))
        {
            return """{"results":[{"statement_id":0,"error":"DELETE is not implemented"}]}""";
        }

        var measurement = From().Match(question).Groups[1].Value;
        var wanted = Tag().Matches(question).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var boot = BootNumber().Match(question) is { Success: true } number ? number.Groups[1].Value : null;
        var times = Time().Match(question);
        var (from, to) = times.Success
            ? (long.Parse(times.Groups[1].Value, CultureInfo.InvariantCulture), long.Parse(times.Groups[2].Value, CultureInfo.InvariantCulture))
            : (long.MinValue, long.MaxValue);
        var points = _points.Where(point => point.Key.Measurement == measurement && point.Key.Ns >= from && point.Key.Ns < to
            && wanted.All(tag => Tags(point.Key.Tags).GetValueOrDefault(tag.Key) == tag.Value)
            && (boot is null || point.Value.GetValueOrDefault("boot") == boot)).OrderBy(point => point.Key.Ns).ToArray();
        if (question.StartsWith("DELETE", StringComparison.Ordinal))
        {
            Array.ForEach(points, point => _points.Remove(point.Key));
            return """{"results":[{"statement_id":0}]}""";
        }

        return points.Length == 0 ? """{"results":[{"statement_id":0}]}""" : Select(question, measurement, points);
    }

    private string Select(string question, string measurement, KeyValuePair<(string Measurement, string Tags, long Ns), Dictionary<string, string>>[] points)
    {
        string Value(Dictionary<string, string> fields, string name) => fields.GetValueOrDefault(name, "null");
        if (question.Contains("count(", StringComparison.Ordinal))
        {
            var raw = points.Where(point => point.Value.ContainsKey("raw")).Select(point => double.Parse(point.Value["raw"], CultureInfo.InvariantCulture)).ToArray();
            return Series(measurement, "", "\"time\",\"count\",\"sum\",\"count_1\"", [FormattableString.Invariant($"[0,{raw.Length},{(raw.Length == 0 ? "null" : raw.Sum().ToString("R", CultureInfo.InvariantCulture))},{points.Length}]")]);
        }

        if (question.Contains("max(", StringComparison.Ordinal))
        {
            return Series(measurement, "", "\"time\",\"max\"", [FormattableString.Invariant($"[0,{points.Max(point => long.Parse(point.Value["sent"], CultureInfo.InvariantCulture))}]")]);
        }

        if (question.Contains("last(", StringComparison.Ordinal))
        {
            var series = points.GroupBy(point => Tags(point.Key.Tags)["boot"]).Select(group =>
                $$"""{"name":"boot","tags":{"boot":"{{group.Key}}"},"columns":["time","last","last_1"],"values":[[0,{{Value(group.Last().Value, "frozen_off")}},{{Value(group.Last().Value, "boot_slot")}}]]}""");
            return $$"""{"results":[{"statement_id":0,"series":[{{string.Join(',', series)}}]}]}""";
        }

        // In pieces, as a chunked answer comes.
        var rows = points.Select(point => FormattableString.Invariant($"[{point.Key.Ns},{Value(point.Value, "raw")},{Value(point.Value, "reason")}]")).ToArray();
        var pieces = rows.Chunk(1000).ToArray();
        return string.Join('\n', pieces.Select((piece, i) => Series(measurement, i < pieces.Length - 1 && !Version.StartsWith("3.2", StringComparison.Ordinal) ? ",\"partial\":true" : "", "\"time\",\"raw\",\"reason\"", piece)));
    }

    private static string Series(string name, string partial, string columns, IEnumerable<string> rows) =>
        $$"""{"results":[{"statement_id":0,"series":[{"name":"{{name}}","columns":[{{columns}}],"values":[{{string.Join(',', rows)}}]{{partial}}}]{{partial}}}]}""";

    private static Dictionary<string, string> Tags(string tags) =>
        tags.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(tag => tag.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static async Task SayAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        if (body.StartsWith('<'))
        {
            context.Response.ContentType = "text/html";
        }

        if (body.Length > 0)
        {
            await context.Response.WriteAsync(body);
        }
    }

    [GeneratedRegex(@"^([a-z_]+)((?:,[^ ]+)?) (.*) (-?\d+)$")]
    private static partial Regex Line();

    [GeneratedRegex("""([a-z_]+)=("(?:[^"\\]|\\.)*"|[^,]+)""")]
    private static partial Regex Field();

    [GeneratedRegex("FROM \"([a-z_]+)\"")]
    private static partial Regex From();

    [GeneratedRegex("\"([a-z]+)\" = '([^']*)'")]
    private static partial Regex Tag();

    [GeneratedRegex("\"boot\" = (\\d+)")]
    private static partial Regex BootNumber();

    [GeneratedRegex(@"time >= (-?\d+) AND time < (-?\d+)")]
    private static partial Regex Time();
}
