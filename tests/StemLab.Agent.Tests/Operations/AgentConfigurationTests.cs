using System.Text.Json;
using StemLab.TestKit;
using StemLab.Wire;

namespace StemLab.Agent.Operations;

/// <summary>A configuration that cannot be meant is refused with everything that is wrong in it.</summary>
public sealed class AgentConfigurationTests
{
    private const string Identity = "\"AgentId\": \"0123456789abcdef0123456789abcdef\", \"Token\": \"secret\"";

    [Fact]
    public void Identity_and_token_are_enough()
    {
        var options = AgentConfiguration.Read($$"""
            { // a comment
              {{Identity}}, }
            """, null, out var problems);
        Assert.Empty(problems);
        Assert.Equal("0123456789abcdef0123456789abcdef", options.AgentId.ToString());
        Assert.Equal((64L << 20, "127.0.0.1:1883"), (options.OutboxCapBytes, options.HubAddress));
    }

    [Fact]
    public void Every_unknown_key_is_named_with_the_nearest_known_one()
    {
        _ = AgentConfiguration.Read($$"""{ {{Identity}}, "HubAdress": "a:1", "Sources": [ { "Kind": "replay", "Intervall": 2 } ] }""", null, out var problems);
        Assert.Equal(["HubAdress: no such option; nearest is HubAddress", "Sources[0].Intervall: no such option; nearest is IntervalSeconds"], problems);
    }

    [Fact]
    public void All_wrong_values_are_listed_at_once()
    {
        _ = AgentConfiguration.Read("""{ "HubAddress": "hub", "Slug": "Ao Sen", "OutboxCapBytes": 5, "DataFolder": "", "Sources": [ { "Address": 300, "IntervalSeconds": 0, "Speed": -1 } ] }""", null, out var problems);
        foreach (var path in new[] { "HubAddress", "AgentId", "Token", "Slug", "OutboxCapBytes", "DataFolder", "Sources[0].Kind", "Sources[0].Address", "Sources[0].IntervalSeconds", "Sources[0].Speed" })
        {
            Assert.Single(problems, problem => problem.StartsWith(path + ":", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("[]", "object")]
    [InlineData("{", "line 1")]
    [InlineData("""{ "AgentId": "ABC" }""", "AgentId: expected 32 lowercase hex digits")]
    [InlineData("""{ "Simulated": "perhaps" }""", "Simulated")]
    public void A_wrong_file_says_where_and_what(string json, string words)
    {
        _ = AgentConfiguration.Read(json, null, out var problems);
        Assert.Contains(words, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_join_file_gives_hub_and_identity_and_leaves_the_rest()
    {
        var options = AgentConfiguration.Read("""{ "HubAddress": "old:1", "Description": "pier" }""", $$"""{ "HubAddress": "new:2", "Slug": "pier-1", {{Identity}} }""", out var problems);
        Assert.Empty(problems);
        Assert.Equal(("new:2", "pier-1", "pier", "secret"), (options.HubAddress, options.Slug, options.Description, options.Token));
    }

    [Fact]
    public void Options_survive_a_round_trip_through_json()
    {
        var options = new AgentOptions { AgentId = Id128.New(), Token = "x", Sources = [new SourceOptions { Kind = "replay", Path = "a.csv" }] };
        var read = AgentConfiguration.Read(JsonSerializer.Serialize(options, AgentJson.Default.AgentOptions), null, out _);
        Assert.Equal(options with { Sources = [] }, read with { Sources = [] });
        Assert.Equal(options.Sources, read.Sources);
    }

    [Theory]
    [InlineData("hub:1883", "hub", 1883)]
    [InlineData("[::1]:1", "::1", 1)]
    [InlineData("192.168.1.2:65535", "192.168.1.2", 65535)]
    public void An_address_is_host_and_port(string text, string host, int port)
    {
        Assert.True(HubEndpoint.TryParse(text, out var endpoint));
        Assert.Equal((host, port, text), (endpoint.Host, endpoint.Port, endpoint.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hub")]
    [InlineData(":1883")]
    [InlineData("hub:0")]
    [InlineData("hub:65536")]
    [InlineData("hub:+5")]
    [InlineData("::1:1883")]
    [InlineData("my hub:1883")]
    public void Anything_else_is_no_address(string text) => Assert.False(HubEndpoint.TryParse(text, out _));

    [Fact]
    public async Task A_wrong_configuration_ends_with_exit_code_2_and_every_problem()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("agent.json"), """{ "Tokn": "x" }""", TestContext.Current.CancellationToken);
        var errors = new StringWriter();
        Assert.Equal(2, await RunCommand.RunAsync(new FileInfo(folder.File("agent.json")), null, errors, ProbeShelf.OfThisMachine, TestContext.Current.CancellationToken));
        Assert.Contains("nearest is Token", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("cài đặt này không đọc được", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await RunCommand.RunAsync(new FileInfo(folder.File("absent.json")), null, errors, ProbeShelf.OfThisMachine, TestContext.Current.CancellationToken));
        await File.WriteAllTextAsync(folder.File("agent.json"), """{ "Token": "x" }""", TestContext.Current.CancellationToken);
        Assert.Equal(2, await RunCommand.RunAsync(new FileInfo(folder.File("agent.json")), null, errors, ProbeShelf.OfThisMachine, TestContext.Current.CancellationToken));
        Assert.Contains("AgentId: missing", errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent.json", "there is no such file", "không có tệp này")]
    [InlineData("none/absent.json", "there is no such folder", "không có thư mục này")]
    [InlineData("a-folder", "it is a folder", "đây là thư mục")]
    public async Task A_configuration_that_cannot_be_read_is_told_in_a_persons_words_in_both_languages(string name, string english, string vietnamese)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("a-folder"));
        var errors = new StringWriter();
        Assert.Equal(2, await RunCommand.RunAsync(new FileInfo(folder.File(name)), null, errors, ProbeShelf.OfThisMachine, TestContext.Current.CancellationToken));
        var line = Assert.Single(errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All([folder.File(name), english, vietnamese], word => Assert.Contains(word, line, StringComparison.Ordinal));
        Assert.DoesNotContain("Could not find", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Access to the path", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_ends_with_exit_code_2_and_one_sentence()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("blocked"), "a file, not a folder", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("agent.json"), $$"""{ {{Identity}}, "DataFolder": "{{folder.File("blocked")}}" }""", TestContext.Current.CancellationToken);
        var errors = new StringWriter();
        Assert.Equal(2, await RunCommand.RunAsync(new FileInfo(folder.File("agent.json")), null, errors, ProbeShelf.OfThisMachine, TestContext.Current.CancellationToken));
        var line = Assert.Single(errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(["blocked", "a file of that name is there already", "đã có một tệp cùng tên ở đó"], word => Assert.Contains(word, line, StringComparison.Ordinal));
    }
}
