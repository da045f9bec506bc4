using System.Diagnostics;
using StemLab.TestKit;
using StemLab.Wire.V1;

namespace StemLab.Agent.Updating;

/// <summary>The script `start` of the package, run again and again as systemd does, with small programs in place of real ones.</summary>
public sealed class StartScriptTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static bool IsUnix => !OperatingSystem.IsWindows();

    private string Programs => folder.File("state/programs");

    [Fact]
    public async Task Without_an_update_the_installed_program_runs()
    {
        Assert.SkipUnless(IsUnix, "needs a shell");
        Install();
        Assert.Equal("installed", await StartAsync());
    }

    [Fact]
    public async Task A_trial_that_does_not_stay_up_gets_three_starts_then_the_one_before_runs_and_says_why()
    {
        Assert.SkipUnless(IsUnix, "needs a shell");
        Install();
        Put("2.0.0", "echo new; exit 1");
        new ProgramFolder(Programs).Try("2.0.0", 600);
        Assert.Equal(["new", "new", "new", "installed", "installed"], [await StartAsync(), await StartAsync(), await StartAsync(), await StartAsync(), await StartAsync()]);
        var report = new ProgramFolder(Programs).Report("1.0.0")!;
        Assert.Equal((UpdateReport.Types.State.RolledBack, "2.0.0"), (report.State, report.Version));
        Assert.Contains("ba lần", report.Vi, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trial_that_hangs_without_a_receipt_is_ended_at_its_deadline()
    {
        Assert.SkipUnless(IsUnix, "needs a shell");
        Install();
        Put("2.0.0", "echo new; exec sleep 600");
        new ProgramFolder(Programs).Try("2.0.0", 1);
        Assert.Equal("new", await StartAsync());
        Assert.Equal("installed", await StartAsync());
        Assert.Contains("no receipt", new ProgramFolder(Programs).Report("1.0.0")!.En, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trial_that_proved_itself_is_chosen_and_the_one_before_it_is_swept()
    {
        Assert.SkipUnless(IsUnix, "needs a shell");
        Install();
        Put("2.0.0", "echo new");
        Put("1.5.0", "echo old");
        var programs = new ProgramFolder(Programs);
        programs.Try("2.0.0", 600);
        await StartAsync();
        Assert.Equal(UpdateReport.Types.State.Trial, programs.Report("2.0.0")!.State);
        Assert.False(programs.Prove("1.0.0"));
        Assert.True(programs.Prove("2.0.0"));
        Assert.False(programs.Prove("2.0.0"));
        Assert.Equal(UpdateReport.Types.State.Proven, programs.Report("2.0.0")!.State);
        Assert.Equal(["new", "new"], [await StartAsync(), await StartAsync()]);
        Assert.False(Directory.Exists(Path.Combine(Programs, "1.5.0")));
    }

    [Theory]
    [InlineData("trial", "")]
    [InlineData("trial", "../../etc 0 600\n")]
    [InlineData("trial", "2.0.0 many 600\n")]
    [InlineData("trial", "9.9.9 0 600\n")]
    [InlineData("chosen", "9.9.9\n")]
    [InlineData("chosen", "$(touch hacked)\n")]
    public async Task Files_that_were_torn_or_name_nothing_lead_to_the_installed_program(string file, string content)
    {
        Assert.SkipUnless(IsUnix, "needs a shell");
        Install();
        Put("2.0.0", "echo new");
        await File.WriteAllTextAsync(Path.Combine(Programs, file), content, TestContext.Current.CancellationToken);
        Assert.Equal("installed", await StartAsync());
        Assert.Equal("installed", await StartAsync());
        Assert.False(File.Exists(Path.Combine(Programs, "hacked")));
    }

    public void Dispose() => folder.Dispose();

    private void Install()
    {
        Directory.CreateDirectory(Programs);
        Directory.CreateDirectory(folder.File("own"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "start"), folder.File("own/start"));
        Script(folder.File("own/stemlab-agent"), "echo installed");
    }

    private void Put(string version, string does)
    {
        Directory.CreateDirectory(Path.Combine(Programs, version));
        Script(Path.Combine(Programs, version, "stemlab-agent"), does);
    }

    private static void Script(string path, string does)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{does}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>One start, as systemd's; what the program said.</summary>
    private async Task<string> StartAsync()
    {
        var start = new ProcessStartInfo("/bin/sh", [folder.File("own/start")]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["STATE_DIRECTORY"] = folder.File("state");
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said.Trim();
    }
}
