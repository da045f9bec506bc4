using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;
using StemLab.VirtualBay;

namespace StemLab.EndToEnd;

/// <summary>How a demo ends when nobody stops it: its hub does.</summary>
public sealed class DemoEndTests
{
    [Theory]
    [InlineData("en")]
    [InlineData("vi")]
    public async Task A_demo_whose_hub_ends_by_itself_ends_with_it(string language)
    {
        using var folder = new TempFolder();
        var options = new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, Demo = true, Language = language };
        await using var hub = await HubHost.StartAsync(options, TestContext.Current.CancellationToken);
        await using var crew = Crew.Enrol(hub, Stations.OfTheBay(1));
        var errors = new StringWriter();
        var living = BayCommand.LiveAsync(hub.WaitForShutdownAsync, crew, hub.Options, errors, CancellationToken.None);

        hub.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(0, await Soon.IsDoneAsync(living, "the simulated agents go on without their hub"));
        Assert.Equal("", errors.ToString());
    }

    [Fact]
    public async Task A_demo_whose_hub_cannot_go_on_says_so_and_has_its_exit_code()
    {
        using var folder = new TempFolder();
        var options = new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, Demo = true };
        await using var hub = await HubHost.StartAsync(options, TestContext.Current.CancellationToken);
        await using var crew = Crew.Enrol(hub, Stations.OfTheBay(1));
        var errors = new StringWriter();
        var cannotGoOn = new TaskCompletionSource<bool>();
        var living = BayCommand.LiveAsync(_ => cannotGoOn.Task, crew, hub.Options, errors, CancellationToken.None);

        cannotGoOn.SetResult(false);

        Assert.Equal(1, await Soon.IsDoneAsync(living, "the simulated agents go on without their hub"));
        var line = Assert.Single(errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("cannot go on", line, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder.Path, "logs"), line, StringComparison.Ordinal);
    }
}
