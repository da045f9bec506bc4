using System.CommandLine;

namespace StemLab.Hub.Startup;

/// <summary>What was typed wrong is told in people's words: the option, what was given, what is expected.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--http: 'x' cannot be used", "like 5080", "serve", "--http", "x")]
    [InlineData("--mqtt-tls: '99999999999' cannot be used", "like 8883", "serve", "--mqtt-tls", "99999999999")]
    [InlineData("--flag: 'x' cannot be used", "1, 2, 3, 4, 9", "export", "bay", "--flag", "1", "--flag", "x")]
    [InlineData("--config: '' cannot be used", "JSON file", "serve", "--config", "")]
    [InlineData("file: '' cannot be used", "the backup to make", "store", "backup", "")]
    [InlineData("--to: 'nowhere'", "embedded or influx", "store", "move", "--to", "nowhere")]
    public void A_value_that_cannot_be_used_is_told_with_what_is_expected(string begins, string expected, params string[] typed)
    {
        var told = Refusal(typed);

        Assert.StartsWith(begins, told, StringComparison.Ordinal);
        Assert.Contains(expected, told, StringComparison.Ordinal);
    }

    [Fact]
    public void No_option_of_any_command_names_a_type_and_every_number_has_an_example()
    {
        var numbers = 0;
        foreach (var (path, option) in Options(HubCommand.Build(), []))
        {
            if (option.Action is not null || option.ValueType == typeof(string) || option.ValueType == typeof(string[]) || option.ValueType == typeof(bool))
            {
                continue;
            }

            var isFile = option.ValueType == typeof(FileInfo) || option.ValueType == typeof(DirectoryInfo);
            numbers += isFile ? 0 : 1;
            var told = Refusal([.. path, option.Name, isFile ? "" : "x"]);
            Assert.Contains($"{option.Name}: '", told, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", told, StringComparison.Ordinal);
            Assert.True(isFile || option.Description!.Any(char.IsAsciiDigit), $"{option.Name}: {option.Description}");
        }

        Assert.True(numbers >= 8, $"{numbers} options that take numbers");
    }

    private static string Refusal(string[] typed) => CommandLine.Refusal(HubCommand.Build().Parse(typed), "stemlab") ?? "nothing is wrong";

    private static IEnumerable<(string[] Path, Option Option)> Options(Command command, string[] path)
    {
        foreach (var option in command.Options)
        {
            yield return (path, option);
        }

        foreach (var inner in command.Subcommands.SelectMany(child => Options(child, [.. path, child.Name])))
        {
            yield return inner;
        }
    }
}
