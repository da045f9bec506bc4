using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace StemLab.Store.Influx;

/// <summary>What an answer of the server means for what was sent.</summary>
public enum ReplyKind
{
    /// <summary>Every line is kept.</summary>
    Stored,

    /// <summary>Some lines are bad and will never be taken; which, is in the reply or must be found out.</summary>
    Rejected,

    /// <summary>The request was too big: send halves.</summary>
    Split,

    /// <summary>The database is not there.</summary>
    MissingDatabase,

    /// <summary>Token or password is wrong, or may not do this.</summary>
    WrongCredentials,

    /// <summary>A setting of the server stands against it; somebody must change it there.</summary>
    Misconfigured,

    /// <summary>The server has no time or room just now.</summary>
    Busy,

    /// <summary>Nobody answers, or not to the end.</summary>
    Unreachable,

    /// <summary>Something answers that is no InfluxDB.</summary>
    NotInflux,

    /// <summary>The server had closed the connection; nothing was sent. It may have been started again on an older folder: prepare first, then send.</summary>
    NewConnection,
}

/// <summary>One line the server named.</summary>
/// <param name="Index">Number of the line in the request, from 0.</param>
/// <param name="Reason">In the server's words.</param>
public readonly record struct RejectedLine(int Index, string Reason);

/// <summary>An answer, understood.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Text">The server's words, at most 300 characters; empty when all is well.</param>
/// <param name="RetryAfter">How long the server asks to wait; null = it does not say.</param>
/// <param name="Lines">Lines it named; empty when it names none.</param>
public sealed record InfluxReply(ReplyKind Kind, string Text, TimeSpan? RetryAfter, ImmutableArray<RejectedLine> Lines)
{
    private const int MostText = 300;

    private static readonly (string Part, ReplyKind Kind)[] BodyRules =
    [
        ("pending deletion", ReplyKind.Busy),
        ("max-series-per-database", ReplyKind.Misconfigured),
        ("max-values-per-tag", ReplyKind.Misconfigured),
        ("exceed number of", ReplyKind.Misconfigured),
        ("exceed limit of", ReplyKind.Misconfigured),
        ("retention policy not found", ReplyKind.Misconfigured),
        ("retention policy conflicts", ReplyKind.Misconfigured),
        ("organization", ReplyKind.Misconfigured),
        ("partial write", ReplyKind.Rejected),
        ("field type conflict", ReplyKind.Rejected),
        ("unable to parse", ReplyKind.Rejected),
        ("beyond retention policy", ReplyKind.Rejected),
        ("database not found", ReplyKind.MissingDatabase),
        ("no dbrp mapping", ReplyKind.MissingDatabase),
        ("authorization failed", ReplyKind.WrongCredentials),
    ];

    /// <summary>All is well.</summary>
    public static InfluxReply Ok { get; } = new(ReplyKind.Stored, "", null, []);

    /// <summary>An answer of a kind with words of our own.</summary>
    public static InfluxReply Of(ReplyKind kind, string text) => new(kind, Short(text), null, []);

    /// <summary>Understands an answer by its body first, then by its status: the same fault has other numbers in other versions.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">As it came.</param>
    /// <param name="retryAfter">The header's seconds or date, resolved; null = none.</param>
    public static InfluxReply Classify(int status, string body, TimeSpan? retryAfter)
    {
        if (body.AsSpan().TrimStart().StartsWith("<"))
        {
            return new InfluxReply(status is 408 or 429 or (>= 502 and <= 504) ? ReplyKind.Busy : ReplyKind.NotInflux, $"a web page with status {status} came instead of an answer", retryAfter, []);
        }

        if (status is >= 200 and < 300)
        {
            return Ok;
        }

        var (text, lines) = Read(body);
        text = text.Length > 0 ? text : $"status {status}";
        return new InfluxReply(KindOf(status, text, lines), Short(text), retryAfter, lines);
    }

    private static ReplyKind KindOf(int status, string text, ImmutableArray<RejectedLine> lines)
    {
        if (lines.Length > 0)
        {
            return ReplyKind.Rejected;
        }

        if (text.Contains("bucket", StringComparison.OrdinalIgnoreCase) && text.Contains("not found", StringComparison.OrdinalIgnoreCase))
        {
            return ReplyKind.MissingDatabase;
        }

        foreach (var (part, kind) in BodyRules)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase) && (part != "organization" || status == 404))
            {
                return kind;
            }
        }

        return status switch
        {
            401 or 403 => ReplyKind.WrongCredentials,
            413 => ReplyKind.Split,
            400 or 422 => ReplyKind.Rejected,
            408 or 429 or >= 500 => ReplyKind.Busy,
            404 or (>= 300 and < 400) => ReplyKind.NotInflux,
            _ => ReplyKind.Misconfigured,
        };
    }

    /// <summary>The words in any of the shapes: {"error"}, {"code","message"}, {"error","data":[{line_number}]}, plain text.</summary>
    private static (string Text, ImmutableArray<RejectedLine> Lines) Read(string body)
    {
        if (!body.AsSpan().TrimStart().StartsWith("{"))
        {
            return (body.Trim(), []);
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var text = Word(root, "error") ?? Word(root, "message") ?? body;
            var lines = root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
                ? data.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.Object && line.TryGetProperty("line_number", out var number) && number.ValueKind == JsonValueKind.Number)
                    .Select(line => new RejectedLine(line.GetProperty("line_number").GetInt32() - 1, Short(Word(line, "error_message") ?? text))).ToImmutableArray()
                : [];
            return (text, lines);
        }
        catch (JsonException)
        {
            return (body.Trim(), []);
        }
    }

    private static string? Word(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Short(string text) => text.Length <= MostText ? text : string.Concat(text.AsSpan(0, MostText), "…");

    /// <summary>Reads a Retry-After header, seconds or date, capped at five minutes.</summary>
    /// <param name="header">As it came; null = none.</param>
    /// <param name="now">The clock the date is compared with.</param>
    public static TimeSpan? ReadRetryAfter(string? header, DateTimeOffset now)
    {
        TimeSpan? wait = header is null ? null
            : int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at - now
            : null;
        return wait is { } some ? TimeSpan.FromTicks(Math.Clamp(some.Ticks, 0, TimeSpan.FromMinutes(5).Ticks)) : null;
    }
}
