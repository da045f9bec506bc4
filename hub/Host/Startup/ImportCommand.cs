using System.CommandLine;
using System.Text;
using System.Text.Json;
using StemLab.Hub.Import;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab import FILE…</c>: shows how a file would be read and writes that down as a mapping; with <c>--yes</c>, or a mapping that was accepted, reads it into the running hub.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string[]> Files = new("file") { Description = "tables: .csv, .tsv, .txt, .gz, .zip; also exports of a StemLab hub", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Data = new("--data") { Description = "data folder of the running hub; default: the one `stemlab serve` uses" };
    private static readonly Option<string?> Mapping = new("--mapping") { Description = "mapping file: how to read all of these files" };
    private static readonly Option<string?> Station = new("--station") { Description = "label of the station; the same label goes on with the same station" };
    private static readonly Option<string?> Zone = new("--zone") { Description = "time zone of times that name none: Asia/Ho_Chi_Minh, UTC, +07:00" };
    private static readonly Option<string?> Start = new("--start") { Description = "when it began, for times that are counted from a start (Vernier, phyphox): \"2026-11-25 10:00:00\"" };
    private static readonly Option<bool> Yes = new("--yes") { Description = "import as proposed" };

    public static Command Build()
    {
        var command = new Command("import", "Bring tables of readings in; without --yes it only shows how they would be read") { Files, Data, Mapping, Station, Zone, Start, Yes };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.InvocationConfiguration.Output;
        Check(arguments);
        using var hub = LocalHub.Client(Path.GetFullPath(arguments.GetValue(Data) ?? new Operations.HubOptions().DataFolder));
        var given = arguments.GetValue(Mapping) is { } path ? await ReadAsync(path, cancellationToken) : null;
        var wrong = 0L;
        foreach (var file in arguments.GetRequiredValue(Files))
        {
            var upload = await FileToHub.SendAsync(hub, file, cancellationToken);
            try
            {
                if ((given ?? await ProposedAsync(hub, upload, file, arguments, cancellationToken)) is { } mapping)
                {
                    wrong += await ImportAsync(hub, upload, file, mapping, output, cancellationToken);
                }
            }
            finally
            {
                await FileToHub.ForgetAsync(hub, upload);
            }
        }

        return wrong == 0 ? 0 : 1;
    }

    /// <summary>What was typed must be a zone and a time whether a file needs it or not, and before anything is sent.</summary>
    private static void Check(ParseResult arguments)
    {
        var option = "--zone";
        try
        {
            if (arguments.GetValue(Zone) is { } zone)
            {
                Import.Zone.Of(zone);
            }

            option = "--start";
            if (arguments.GetValue(Start) is { } start)
            {
                TimeFinder.StartOf(start);
            }
        }
        catch (RefusedException refused)
        {
            throw new StartRefusedException($"{option}: {refused.Message}", refused);
        }
    }

    /// <summary>The mapping to import by; null where a person is to look at it first.</summary>
    private static async Task<string?> ProposedAsync(HttpClient hub, string upload, string file, ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.InvocationConfiguration.Output;
        using var proposal = await PreviewAsync(hub, upload, arguments, cancellationToken);
        var mapping = proposal.RootElement.GetProperty("mapping").GetString()!;
        await ShowAsync(output, file, proposal.RootElement);
        var isOwn = proposal.RootElement.GetProperty("isOwnExport").GetBoolean();
        return isOwn || await IsAcceptedAsync(output, file, mapping, proposal.RootElement, arguments, cancellationToken) ? mapping : null;
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"--mapping: {path} cannot be read: {FileWords.Why(absent)}", absent);
        }
    }

    private static Task<JsonDocument> PreviewAsync(HttpClient hub, string upload, ParseResult arguments, CancellationToken cancellationToken) => LocalHub.SendAsync(
        () => hub.PostAsync($"import/preview?upload={upload}&station={Uri.EscapeDataString(arguments.GetValue(Station) ?? "")}&zone={Uri.EscapeDataString(arguments.GetValue(Zone) ?? "")}&start={Uri.EscapeDataString(arguments.GetValue(Start) ?? "")}", null, cancellationToken), hub, cancellationToken);

    private static async Task ShowAsync(TextWriter output, string file, JsonElement proposal)
    {
        await output.WriteLineAsync($"{Path.GetFileName(file)}:");
        foreach (var field in proposal.GetProperty("fields").EnumerateArray())
        {
            var use = field.GetProperty("use").GetString();
            var meaning = use == "Measured" ? $"{field.GetProperty("property").GetString()} [{field.GetProperty("unit").GetString()}]" : use!.ToLowerInvariant();
            var examples = string.Join(", ", field.GetProperty("examples").EnumerateArray().Select(example => example.GetString()));
            await output.WriteLineAsync($"  {field.GetProperty("name").GetString(),-24} {meaning,-36} {100 * field.GetProperty("confidence").GetDouble(),3:F0} %  {field.GetProperty("why").GetProperty("en").GetString()} ({examples})");
        }

        foreach (var note in proposal.GetProperty("notes").EnumerateArray())
        {
            await output.WriteLineAsync($"  ! {note.GetProperty("en").GetString()}");
        }
    }

    /// <summary>True to go on; else the proposal is written down for a person to look at.</summary>
    private static async Task<bool> IsAcceptedAsync(TextWriter output, string file, string mapping, JsonElement proposal, ParseResult arguments, CancellationToken cancellationToken)
    {
        if (proposal.GetProperty("needsStart").GetBoolean() && arguments.GetValue(Yes))
        {
            throw new StartRefusedException($"{Path.GetFileName(file)} counts its times from a start: say when it began with --start \"2026-11-25 10:00:00\" and --zone. Nothing of it was imported");
        }

        if (proposal.GetProperty("needsZone").GetBoolean() && arguments.GetValue(Yes))
        {
            throw new StartRefusedException($"{Path.GetFileName(file)} does not say in which time zone its times are: say so with --zone Asia/Ho_Chi_Minh (or UTC, or +07:00). Nothing of it was imported");
        }

        if (arguments.GetValue(Yes))
        {
            return true;
        }

        var path = $"{file}.mapping.json";
        await File.WriteAllTextAsync(path, mapping + "\n", cancellationToken);
        await output.WriteLineAsync($"Nothing is imported yet. Look at {path}, change what is wrong, then: stemlab import {file} --mapping {path}   (or as proposed: --yes)");
        return false;
    }

    private static async Task<long> ImportAsync(HttpClient hub, string upload, string file, string mapping, TextWriter output, CancellationToken cancellationToken)
    {
        using var answer = await FileToHub.FollowAsync(
            hub,
            $"import/run?upload={upload}",
            new StringContent(mapping, Encoding.UTF8, "application/json"),
            async line =>
            {
                if (line.TryGetProperty("progress", out var so))
                {
                    await output.WriteLineAsync($"{100 * so.GetProperty("share").GetDouble():F0} %  {so.GetProperty("new").GetInt64():N0} new");
                }
            },
            cancellationToken);
        var report = answer.RootElement.GetProperty("report");
        await output.WriteLineAsync(
            $"{Path.GetFileName(file)}: {report.GetProperty("records").GetInt64():N0} rows; {report.GetProperty("new").GetInt64():N0} new, {report.GetProperty("duplicate").GetInt64():N0} duplicate, {report.GetProperty("conflict").GetInt64():N0} conflicting, {report.GetProperty("missing").GetInt64():N0} missing, {report.GetProperty("wrongCount").GetInt64():N0} wrong; {report.GetProperty("flagStretches").GetInt64():N0} flagged stretches");
        foreach (var line in report.GetProperty("wrong").EnumerateArray())
        {
            await output.WriteLineAsync($"  {line.GetProperty("why").GetProperty("en").GetString()}");
        }

        var more = report.GetProperty("wrongCount").GetInt64() - report.GetProperty("wrong").GetArrayLength();
        if (more > 0)
        {
            await output.WriteLineAsync($"  and {more:N0} more");
        }

        if (report.GetProperty("unknownFlags").GetArrayLength() > 0)
        {
            await output.WriteLineAsync($"  ! flag codes nobody knows said nothing: {string.Join(", ", report.GetProperty("unknownFlags").EnumerateArray().Select(code => code.GetString()))}. Say what they mean in the mapping's \"flags\"");
        }

        foreach (var note in report.GetProperty("notes").EnumerateArray())
        {
            await output.WriteLineAsync($"  ! {note.GetProperty("en").GetString()}");
        }

        return report.GetProperty("wrongCount").GetInt64();
    }
}
