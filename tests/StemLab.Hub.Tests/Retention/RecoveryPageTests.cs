using System.CommandLine;
using System.Text.RegularExpressions;
using StemLab.Hub.Startup;
using StemLab.TestKit;

namespace StemLab.Hub.Retention;

/// <summary>hub/Store/RECOVERY.md is followed by somebody with no one to ask, so every command on it is run here, in order.</summary>
public sealed partial class RecoveryPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_command_of_the_recovery_page_works_as_written()
    {
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        await hub.SendAsync("pond", DateTimeOffset.Parse("2026-11-25T10:05:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds() * 1_000_000, 100);
        await hub.Store.FlushAsync(Stop);
        var commands = Commands().ToArray();
        Assert.True(commands.Length >= 8, $"{commands.Length} commands");

        foreach (var command in commands)
        {
            if (command[0] == "sqlite3")
            {
                Assert.Equal(["sqlite3", "school/series.db", ".recover", "|", "sqlite3", "series-recovered.db"], command);
                continue;
            }

            Assert.Equal(["stemlab", "store"], command[..2]);
            if (command[2] == "compact")
            {
                await hub.Hub.DisposeAsync();
            }

            string[] args = [.. command[2..].Select(word => word switch
            {
                "./school" => hub.Data,
                "./school-new" => folder.File("school-new"),
                "school.zip" => folder.File("school.zip"),
                "pond" => hub.Channel("pond"),
                _ => word,
            })];
            var output = new StringWriter();
            var code = await StoreCommand.Build().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false }, Stop);
            Assert.True(code == 0, $"{string.Join(' ', command)}: {output}");
            Assert.NotEmpty(output.ToString());
        }

        await hub.OpenAsync();
        Assert.Equal(100, (await hub.QueryAsync("pond")).Values.Count);
    }

    [Fact]
    public void Every_sentence_of_the_recovery_table_is_one_the_program_says()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Clone.Root, "hub"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText).ToArray();
        var fromSqlite = (string[])["not a database", "malformed"];
        foreach (Match said in Said().Matches(Page().Split("## 2.")[1].Split("## 3.")[0]))
        {
            foreach (var part in said.Groups[1].Value.Split('…', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length > 3 && !fromSqlite.Contains(part)))
            {
                Assert.True(Array.Exists(sources, source => source.Contains(part, StringComparison.Ordinal)), $"nobody says '{part}'");
            }
        }
    }

    private static string Page() => File.ReadAllText(Path.Combine(Clone.Root, "hub", "Store", "RECOVERY.md"));

    /// <summary>The words of every line in a code block; quoted words are one.</summary>
    private static IEnumerable<string[]> Commands() => Block().Matches(Page()).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Select(line => Word().Matches(line).Select(word => word.Value.Trim('"')).ToArray());

    [GeneratedRegex("^```\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();

    [GeneratedRegex("^\\| (?:`([^`]*)`)", RegexOptions.Multiline)]
    private static partial Regex Said();
}
