using System.Diagnostics;
using System.Runtime.InteropServices;
using StemLab.TestKit;

namespace StemLab.Benchmarks;

/// <summary>How the hub's program is called.</summary>
/// <param name="Program">Executable.</param>
/// <param name="Arguments">What comes before the hub's own arguments.</param>
internal sealed record HubBuild(string Program, string[] Arguments)
{
    /// <summary>The hub as it was built for this benchmark.</summary>
    public static HubBuild AsBuilt => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "stemlab.dll")]);

    /// <summary>The hub as people install it, made now, before any clock runs: the native program of hub/packaging on Linux, elsewhere (or without clang) what <c>dotnet publish hub/Host -c Release</c> makes. STEMLAB_PROGRAMS=FOLDER: one made before. In a smoke run as built.</summary>
    public static async Task<HubBuild> PublishedAsync(Scale scale)
    {
        if (scale == Scale.Smoke)
        {
            return AsBuilt;
        }

        if (Environment.GetEnvironmentVariable("STEMLAB_PROGRAMS") is { Length: > 0 } made)
        {
            return new HubBuild(Path.Combine(made, "stemlab"), []);
        }

        var output = Path.Combine(AppContext.BaseDirectory, "published-hub");
        var isNative = OperatingSystem.IsLinux() && Servers.Find("clang") is not null;
        await Console.Error.WriteLineAsync($"{(isNative ? "making the native hub (some minutes) in" : "publishing the hub to")} {output}");
        var system = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        await (isNative
            ? RunAsync("/bin/bash", ["-c", "rm -rf \"$0\" && STEMLAB_PACKAGES=$0 \"$1\" $2 >&2 && tar -C \"$0\" --strip-components=1 -xzf \"$0\"/*.tar.gz", output, Path.Combine(Clone.Root, "hub", "packaging", "build"), system])
            : RunAsync("dotnet", ["publish", Path.Combine(Clone.Root, "hub", "Host"), "-c", "Release", "-o", output, "-v", "quiet", "-nologo"]));
        return new HubBuild(Path.Combine(output, OperatingSystem.IsWindows() ? "stemlab.exe" : "stemlab"), []);
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var publishing = Process.Start(new ProcessStartInfo(program, arguments)) ?? throw new InvalidOperationException($"{program} did not start");
        await publishing.WaitForExitAsync();
        if (publishing.ExitCode != 0)
        {
            throw new InvalidOperationException("the hub could not be published; see above");
        }
    }
}
