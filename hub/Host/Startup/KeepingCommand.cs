using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Store;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab store erase | retain | audit | replay</c>: what is kept, how long, and what was taken out. Changes are facts, so the running hub makes them.</summary>
internal static class KeepingCommand
{
    public static Command Erase()
    {
        var channels = new Argument<string[]>("channel") { Description = "name or display name of a channel (\"pond ph\"); agents/-/channels/- means all", Arity = ArgumentArity.OneOrMore };
        var from = new Option<string?>("--from") { Description = "first time erased, like 2026-11-25T10:00Z (without zone: this machine's); default: since ever" };
        var to = new Option<string?>("--to") { Description = "first time kept; default: now" };
        var reason = new Option<string>("--reason") { Description = "why, for whoever finds the gap", Required = true };
        var yes = new Option<bool>("--yes") { Description = "do it; without it only what would be erased is said" };
        var command = new Command("erase", "Take readings out for ever, with a reason that stays") { channels, from, to, reason, yes };
        command.SetAction((arguments, cancellationToken) => LocalHub.AskAsync(arguments, async (hub, output) =>
        {
            var ask = new JsonObject
            {
                ["channels"] = LocalHub.List(await LocalHub.NamesAsync(hub, arguments.GetRequiredValue(channels), cancellationToken)),
                ["startTimeUs"] = LocalHub.TimeOf("--from", arguments.GetValue(from)) ?? 0,
                ["endTimeUs"] = LocalHub.TimeOf("--to", arguments.GetValue(to)) ?? 0,
                ["reason"] = ReasonOf(arguments.GetRequiredValue(reason)),
                ["validateOnly"] = !arguments.GetValue(yes),
            };
            using var answer = await LocalHub.PostAsync(hub, "v1/readings:erase", ask, cancellationToken);
            var count = LocalHub.Number(answer, "count");
            await output.WriteLineAsync(arguments.GetValue(yes)
                ? $"Erased {count} readings{(answer.RootElement.TryGetProperty("fact", out var fact) ? $" by fact {fact.GetProperty("factId").GetString()}" : "")}. Older backups and, for up to 72 hours, the log still hold their bytes"
                : $"Would erase {count} readings, for ever. Give --yes to do it");
            foreach (var unplaced in answer.RootElement.TryGetProperty("unplacedChannels", out var list) ? list.EnumerateArray() : [])
            {
                await output.WriteLineAsync($"  {unplaced.GetString()}: time not known, left as it is; anchor its time first, or erase without --from and --to");
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    public static Command Retain()
    {
        var channels = new Argument<string[]>("channel") { Description = "name or display name; none = every channel no other rule names", Arity = ArgumentArity.ZeroOrMore };
        var keep = new Option<string>("--keep") { Description = "how long, like 365d; or `forever`", Required = true };
        var reason = new Option<string>("--reason") { Description = "why", Required = true };
        var yes = new Option<bool>("--yes") { Description = "do it; without it only what would be dropped now is said" };
        var command = new Command("retain", "Say how long readings are kept; older ones are dropped again and again") { channels, keep, reason, yes };
        command.SetAction((arguments, cancellationToken) => LocalHub.AskAsync(arguments, async (hub, output) =>
        {
            var text = arguments.GetRequiredValue(keep);
            var ask = new JsonObject
            {
                ["channels"] = LocalHub.List(await LocalHub.NamesAsync(hub, arguments.GetValue(channels) ?? [], cancellationToken)),
                ["keepUs"] = text == "forever" ? 0 : (long)(DurationOf("--keep", text) ?? throw new StartRefusedException($"--keep: '{text}' is no length of time; give one like 365d or 90d, or forever")).TotalMicroseconds,
                ["reason"] = ReasonOf(arguments.GetRequiredValue(reason)),
                ["validateOnly"] = !arguments.GetValue(yes),
            };
            using var answer = await LocalHub.PostAsync(hub, "v1/retention", ask, cancellationToken);
            await output.WriteLineAsync(arguments.GetValue(yes)
                ? $"Rule stated; {LocalHub.Number(answer, "count")} readings dropped now"
                : $"Would drop {LocalHub.Number(answer, "count")} readings now. Give --yes to state the rule");
            return 0;
        }, cancellationToken));
        return command;
    }

    public static Command Audit()
    {
        var command = new Command("audit", "List every erasure, retention rule and drop, oldest first, beside a running hub or without one");
        command.SetAction(arguments =>
        {
            var path = Path.Combine(StoreCommand.FolderOf(arguments), "hub.db");
            if (!File.Exists(path))
            {
                throw new StartRefusedException($"There is no {path}; give the data folder with --data");
            }

            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 10 }.ToString());
            connection.Open();
            using var command = connection.Sql(null, "SELECT revision, fact_id, by_role, kind, body FROM fact WHERE kind IN ('erasure', 'retention_rule', 'retention') ORDER BY revision, fact_id");
            using var reader = command.ExecuteReader();
            var count = 0;
            for (; reader.Read(); count++)
            {
                arguments.InvocationConfiguration.Output.WriteLine($"revision {reader.GetInt64(0)}  fact {reader.Id(1)}  by {reader.GetString(2)}  {Told(FactJson.Read(reader.GetString(3), reader.GetString(4)))}");
            }

            arguments.InvocationConfiguration.Output.WriteLine($"{count} removals and rules");
            return 0;
        });
        return command;
    }

    public static Command Replay()
    {
        var since = new Option<string>("--since") { Description = "how far back: 6h, 2d, or a time like 2026-11-25T10:00Z", Required = true };
        var command = new Command("replay", "Have whatever consumes the commit log (a forwarder to InfluxDB) offered everything again since then; nothing doubles") { since };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var back = Back(arguments.GetRequiredValue(since));
            var folder = StoreCommand.FolderOf(arguments);
            var output = arguments.InvocationConfiguration.Output;
            ReplayedCommits? replayed;
            if (RunningHub.Find(folder) is null)
            {
                replayed = ReplayStopped(folder, back);
            }
            else
            {
                using var hub = LocalHub.Client(folder);
                using var answer = await LocalHub.PostAsync(hub, "v1/store:replay", new JsonObject { ["backUs"] = (long)back.TotalMicroseconds }, cancellationToken);
                replayed = LocalHub.Number(answer, "lastCommit") == 0 ? null : new ReplayedCommits(LocalHub.Number(answer, "firstCommit"), LocalHub.Number(answer, "lastCommit"));
            }

            await output.WriteLineAsync(replayed switch
            {
                null => "Nothing consumes the log of this hub, so there is nothing to offer again",
                { } commits when commits.Last < commits.First => "Nothing that was forwarded is that young; nothing to offer again",
                { } commits => $"Commits {commits.First} to {commits.Last} are offered again; what is there already stays as it is",
            });
            return replayed is null ? 1 : 0;
        });
        return command;
    }

    private static ReplayedCommits? ReplayStopped(string folder, TimeSpan back)
    {
        try
        {
            return SeriesFile.Replay(folder, back);
        }
        catch (StoreUnavailableException refused)
        {
            throw new StartRefusedException($"{refused.Message}; give the data folder with --data", refused);
        }
    }

    private static string Told(FactBody body) => body switch
    {
        Erasure erasure => $"erased {erasure.Spans.Sum(span => span.Rows)} readings of {Channels(erasure.Channels)} {Utc(erasure.FromUtcUs, "since ever")} to {Utc(erasure.ToUtcUs, "then")}: {erasure.Reason}",
        RetentionRule rule => $"keep {Channels(rule.Channels)} for {TimeSpan.FromMicroseconds(rule.KeepUs).TotalDays:0.##} days: {rule.Reason}",
        RetentionDrop drop => $"dropped {drop.Spans.Sum(span => span.Rows)} readings before {Utc(drop.BeforeUtcUs, "")}, rule {drop.Rule}",
        _ => body.Kind,
    };

    private static string Channels(IReadOnlyCollection<string> channels) => channels.Count == 0 ? "all channels" : string.Join(", ", channels);

    private static string Utc(long us, string none) => us == 0 ? none : DateTimeOffset.UnixEpoch.AddMicroseconds(us).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Asked for before a dry run too: what the real run refuses must not look well there.</summary>
    private static string ReasonOf(string text) => text.Length <= RemovalFactCheck.LongestReason && !string.IsNullOrWhiteSpace(text)
        ? text
        : throw new StartRefusedException($"--reason: {(text.Length > RemovalFactCheck.LongestReason ? $"{text.Length} characters are too many" : "it is empty")}; say in 1 to {RemovalFactCheck.LongestReason} characters why, for whoever finds the gap");

    private static TimeSpan Back(string text)
    {
        if (DurationOf("--since", text) is { } back)
        {
            return back;
        }

        var ago = TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch.AddMicroseconds(LocalHub.TimeOf("--since", text)!.Value);
        return ago > TimeSpan.Zero ? ago : throw new StartRefusedException($"--since: {text} is not in the past");
    }

    private static TimeSpan? DurationOf(string option, string text)
    {
        var per = text.Length < 2 ? (TimeSpan?)null : text[^1] switch { 's' => TimeSpan.FromSeconds(1), 'm' => TimeSpan.FromMinutes(1), 'h' => TimeSpan.FromHours(1), 'd' => TimeSpan.FromDays(1), _ => null };
        if (per is null || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return number is > 0 and < 36_500 ? per * number : throw new StartRefusedException($"{option}: '{text}' is not a length of time between nothing and 100 years");
    }
}
