using System.CommandLine;
using System.Text.Json;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.TestKit;

namespace StemLab.Hub.Startup;

public sealed class CommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Adding_an_agent_writes_a_join_file_for_the_owner_only_whose_token_the_hub_takes()
    {
        using var folder = new TempFolder();
        await using var hub = await StartAsync(folder);
        var file = Path.Combine(folder.Path, "pond.join.json");

        var output = await RunAsync(AgentCommand.Build(), "add", "pond", "--data", hub.Options.DataFolder, "--out", file);

        using var join = JsonDocument.Parse(await File.ReadAllTextAsync(file, Stop));
        string Key(string name) => join.RootElement.GetProperty(name).GetString()!;
        var fleet = (FleetBook)hub.Services.GetService(typeof(FleetBook))!;
        Assert.True(fleet.TryAuthenticate(Key("Token"), out var agent));
        Assert.Equal(Key("AgentId"), agent.ToString());
        Assert.Equal($"127.0.0.1:{hub.MqttPort}", Key("HubAddress"));
        Assert.Contains(file, output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Theory]
    [InlineData("Not A Slug", "expected 1 to 32 of a-z, 0-9 and -")]
    [InlineData("taken", "exists already")]
    public async Task Adding_an_agent_the_hub_refuses_says_why_and_writes_nothing(string slug, string why)
    {
        using var folder = new TempFolder();
        await using var hub = await StartAsync(folder);
        await RunAsync(AgentCommand.Build(), "add", "taken", "--data", hub.Options.DataFolder, "--out", Path.Combine(folder.Path, "1.json"));
        var file = Path.Combine(folder.Path, "2.json");

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(AgentCommand.Build(), "add", slug, "--data", hub.Options.DataFolder, "--out", file));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    /// <summary>An identity whose token nobody has would bear the name for ever.</summary>
    [Fact]
    public async Task Adding_an_agent_into_no_folder_makes_no_identity_and_a_refusal_leaves_no_file()
    {
        using var folder = new TempFolder();
        await using var hub = await StartAsync(folder);

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(AgentCommand.Build(), "add", "pond", "--data", hub.Options.DataFolder, "--out", Path.Combine(folder.Path, "none", "1.json")));

        Assert.Contains("--out", refused.Message, StringComparison.Ordinal);
        await RunAsync(AgentCommand.Build(), "add", "pond", "--data", hub.Options.DataFolder, "--out", folder.File("2.json"));
        await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(AgentCommand.Build(), "add", "pond", "--data", hub.Options.DataFolder, "--out", folder.File("3.json")));
        Assert.False(File.Exists(folder.File("3.json")));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_told_before_anything_is_made()
    {
        using var folder = new TempFolder();
        await using var hub = await StartAsync(folder);
        var data = hub.Options.DataFolder;
        await File.WriteAllTextAsync(folder.File("a-file"), "", Stop);

        await RefusedAsync(ExportCommand.Build(), "Nothing was frozen", "bay", "--creator", "x", "--data", data, "--out", Path.Combine(folder.Path, "a-file", "bay"));
        await RefusedAsync(BundleCommand.Build(), "is a folder", "write", folder.Path, "--data", data);
        await RefusedAsync(StoreCommand.Build(), "has no channels yet", "erase", "pond", "--reason", "x", "--data", data);
        await RefusedAsync(AccessCommand.BuildAudit(), "No hub is running", "--data", folder.Path, "--out", folder.File("audit.csv"));
        Assert.False(File.Exists(folder.File("audit.csv")));
    }

    /// <summary>Who hands the list on to another program gets a list or nothing.</summary>
    [Fact]
    public async Task A_list_of_what_happened_begins_only_when_there_is_one()
    {
        using var folder = new TempFolder();
        var output = new StringWriter();

        await Assert.ThrowsAsync<StartRefusedException>(() => AccessCommand.BuildAudit().Parse(["--data", folder.Path]).InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false }, Stop));

        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task A_list_of_what_happened_is_whole_and_has_its_heading_once()
    {
        using var folder = new TempFolder();
        await using var hub = await StartAsync(folder);
        await RunAsync(AgentCommand.Build(), "add", "pond", "--data", hub.Options.DataFolder, "--out", folder.File("1.json"));

        await RunAsync(AccessCommand.BuildAudit(), "--data", hub.Options.DataFolder, "--out", folder.File("audit.csv"));

        foreach (var told in (string[])[await RunAsync(AccessCommand.BuildAudit(), "--data", hub.Options.DataFolder), await File.ReadAllTextAsync(folder.File("audit.csv"), Stop)])
        {
            Assert.StartsWith("id,utc,who,action,subject,from_revision,to_revision", told, StringComparison.Ordinal);
            Assert.Equal(2, told.Split("id,utc,who").Length);
            Assert.Single(told.Split('\n'), line => line.Contains(",agent.enrol,", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("""{"Pid":1,"HttpPort":99999999,"GrpcPort":1,"MqttPort":1}""")]
    [InlineData("""{"Pid":1,"HttpPort":5080}""")]
    [InlineData("""[1]""")]
    public void A_file_of_a_running_hub_that_cannot_be_is_none(string told)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("hub.json"), told);

        Assert.Null(RunningHub.Find(folder.Path));
    }

    [Fact]
    public async Task Adding_an_agent_without_a_running_hub_says_how_to_start_one()
    {
        using var folder = new TempFolder();

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(AgentCommand.Build(), "add", "pond", "--data", folder.Path));

        Assert.Contains("stemlab serve --data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_store_is_told_in_one_sentence()
    {
        using var folder = new TempFolder();

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(StoreCommand.Build(), "verify", "--data", folder.Path));

        Assert.Contains("give the data folder with --data", refused.Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(Command command, string why, params string[] args)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(command, args));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private static Task<HubHost> StartAsync(TempFolder folder) => HubHost.StartAsync(
        new HubOptions { DataFolder = Path.Combine(folder.Path, "hub"), HttpPort = 0, GrpcPort = 0, MqttPort = 0 }, Stop);

    private static async Task<string> RunAsync(Command command, params string[] args)
    {
        var output = new StringWriter();
        var code = await command.Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false }, Stop);
        Assert.Equal(0, code);
        return output.ToString();
    }
}
