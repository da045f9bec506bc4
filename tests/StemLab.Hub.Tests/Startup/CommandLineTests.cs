using System.CommandLine;
using StemLab.Hub.Operations;
using StemLab.TestKit;

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

    [Fact]
    public async Task A_hub_without_an_admin_that_may_take_any_port_names_no_port_zero()
    {
        using var folder = new TempFolder();
        var options = new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, Listen = "127.0.0.1" };

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => HubHost.StartAsync(options, TestContext.Current.CancellationToken));

        Assert.DoesNotContain(":0/", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/setup", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<StartRefusedException>(() => HubHost.StartAsync(options with { HttpPort = 45080 }, TestContext.Current.CancellationToken));
        Assert.Contains("http://127.0.0.1:45080/setup", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_not_of_this_machine_and_a_busy_port_of_the_network_are_one_sentence()
    {
        using var folder = new TempFolder();
        using var busy = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        busy.Start();
        var port = ((System.Net.IPEndPoint)busy.LocalEndpoint).Port;
        var options = new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, TlsPort = 0, MqttTlsPort = 0, SetUpFromNetwork = true };

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => HubHost.StartAsync(options with { Listen = "192.0.2.1" }, TestContext.Current.CancellationToken));
        Assert.Contains("192.0.2.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--listen", refused.Message, StringComparison.Ordinal);

        refused = await Assert.ThrowsAsync<StartRefusedException>(() => HubHost.StartAsync(options with { Listen = "127.0.0.1", TlsPort = port }, TestContext.Current.CancellationToken));
        Assert.Contains($"Port {port} (TlsPort) is in use", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--tls", refused.Message, StringComparison.Ordinal);
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
