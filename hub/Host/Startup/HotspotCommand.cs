using System.CommandLine;
using System.Diagnostics;
using System.Net;
using StemLab.Hub.Access;
using StemLab.Hub.Hotspot;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab hotspot</c>: makes the Wi-Fi of a Linux hub by NetworkManager, shows what would be written, or takes it back.</summary>
internal static class HotspotCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Option<string> Interface = new("--interface") { Description = "Wi-Fi device (default: wlan0)", DefaultValueFactory = static _ => "wlan0" };
    private static readonly Option<string> Ssid = new("--name") { Description = "name of the Wi-Fi (default: StemLab)", DefaultValueFactory = static _ => "StemLab" };
    private static readonly Option<string> Passphrase = new("--passphrase") { Description = "8 to 63 characters (default: one is made and shown)", DefaultValueFactory = static _ => Secrets.NewCode(10) };
    private static readonly Option<bool> IsOpen = new("--open") { Description = "no passphrase: anybody near may read along" };
    private static readonly Option<int> Http = new("--http") { Description = "port of the hub's page, like 5080 (the default)", DefaultValueFactory = static _ => 5080 };
    private static readonly Option<DirectoryInfo> Etc = new("--etc") { Description = "folder in place of /etc", DefaultValueFactory = static _ => new DirectoryInfo("/etc") };

    public static Command Build() => new("hotspot", "Make a Wi-Fi for phones and agents on a Linux hub, without internet") { On(), Show(), Off() };

    private static Command On()
    {
        var command = new Command("on", "Write the configuration and switch the Wi-Fi on") { Interface, Ssid, Passphrase, IsOpen, Http, Etc };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var plan = Plan(arguments);
            var etc = arguments.GetRequiredValue(Etc).FullName;
            Write(plan, etc);
            try
            {
                await RunAsync("nmcli", ["connection", "reload"], cancellationToken);
                await RunAsync("nft", ["-f", Path.Combine(etc, HotspotPlan.FilterPath)], cancellationToken);
                await RunAsync("nmcli", ["connection", "up", HotspotPlan.Name], cancellationToken);
            }
            catch (StartRefusedException)
            {
                // A Wi-Fi that could not be switched on must not come up by itself after the next restart.
                await TakeBackAsync(etc, cancellationToken);
                await TryAsync("nmcli", ["connection", "reload"], cancellationToken);
                throw;
            }

            var output = arguments.InvocationConfiguration.Output;
            await output.WriteLineAsync($"Wi-Fi {plan.Ssid} is on{(plan.Passphrase.Length > 0 ? $", passphrase {plan.Passphrase}" : ", open to anybody")}. Phones open http://{plan.Address}/");

            // Not --listen with that address: a hub that starts before the Wi-Fi, as after a power cut, would not have it and be refused.
            await output.WriteLineAsync("The hub must listen there: stemlab serve --listen 0.0.0.0 --plain pages,mqtt");
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "Print what `on` would write, and change nothing") { Interface, Ssid, Passphrase, IsOpen, Http };
        command.SetAction(async (arguments, _) =>
        {
            foreach (var (path, text) in Plan(arguments).Files)
            {
                await arguments.InvocationConfiguration.Output.WriteLineAsync($"# /etc/{path}\n{text}");
            }

            return 0;
        });
        return command;
    }

    private static Command Off()
    {
        var command = new Command("off", "Switch the Wi-Fi off and take its configuration away") { Etc };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var etc = arguments.GetRequiredValue(Etc).FullName;
            if (!File.Exists(Path.Combine(etc, HotspotPlan.ConnectionPath)))
            {
                throw new StartRefusedException("There is no hotspot of StemLab on this machine");
            }

            await TakeBackAsync(etc, cancellationToken);
            await RunAsync("nmcli", ["connection", "reload"], cancellationToken);
            await arguments.InvocationConfiguration.Output.WriteLineAsync("The Wi-Fi is off");
            return 0;
        });
        return command;
    }

    private static HotspotPlan Plan(ParseResult arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new StartRefusedException("A hotspot is made on Linux only; on other machines use a travel router (page /help/wifi)");
        }

        var plan = new HotspotPlan(
            arguments.GetRequiredValue(Interface), arguments.GetRequiredValue(Ssid), arguments.GetValue(IsOpen) ? "" : arguments.GetRequiredValue(Passphrase), IPAddress.Parse("10.42.0.1"), arguments.GetValue(Http));
        var problems = plan.Problems().ToArray();
        return problems.Length == 0 ? plan : throw new StartRefusedException(string.Join("; ", problems));
    }

    private static void Write(HotspotPlan plan, string etc)
    {
        try
        {
            foreach (var (path, text) in plan.Files)
            {
                var file = Path.Combine(etc, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                var part = file + ".part";
                File.Delete(part);
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (path == HotspotPlan.ScriptPath ? UnixFileMode.UserExecute : 0);
                }

                using (var stream = new FileStream(part, options))
                {
                    stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
                }

                File.Move(part, file, overwrite: true);
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The configuration could not be written: {FileWords.Why(failed)}. Run it with sudo", failed);
        }
    }

    /// <summary>Off, and every file away; NetworkManager is still to be told of that. What is off already is no reason to leave the files.</summary>
    private static async Task TakeBackAsync(string etc, CancellationToken cancellationToken)
    {
        await TryAsync("nmcli", ["connection", "down", HotspotPlan.Name], cancellationToken);
        foreach (var path in HotspotPlan.Paths)
        {
            File.Delete(Path.Combine(etc, path));
        }

        await TryAsync("nft", ["delete", "table", "ip", HotspotPlan.Table], cancellationToken);
    }

    private static async Task TryAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(program, arguments, cancellationToken);
        }
        catch (StartRefusedException)
        {
            // It was off.
        }
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var errors = process.StandardError.ReadToEndAsync(both.Token);
            await process.StandardOutput.ReadToEndAsync(both.Token);
            await process.WaitForExitAsync(both.Token);
            if (process.ExitCode != 0)
            {
                throw new StartRefusedException($"{program} {string.Join(' ', arguments)} refused: {(await errors).Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new StartRefusedException($"{program} is not installed: on Debian `sudo apt install network-manager nftables`", missing);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new StartRefusedException($"{program} {string.Join(' ', arguments)} did not answer within {Patience.TotalSeconds:F0} s");
        }
    }
}
