using System.Diagnostics;

namespace StemLab.Benchmarks;

/// <summary>How the hub's program is called.</summary>
/// <param name="Program">Executable.</param>
/// <param name="Arguments">What comes before the hub's own arguments.</param>
internal sealed record HubBuild(string Program, string[] Arguments)
{
    /// <summary>The hub as it was built for this benchmark.</summary>
    public static HubBuild AsBuilt => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "stemlab.dll")]);

    /// <summary>The hub as <c>dotnet publish hub/Host -c Release</c> makes it; published now, before any clock runs. In a smoke run as built.</summary>
    public static async Task<HubBuild> PublishedAsync(Scale scale)
    {
        if (scale == Scale.Smoke)
        {
            return AsBuilt;
        }

        var output = Path.Combine(AppContext.BaseDirectory, "published-hub");
        await Console.Error.WriteLineAsync($"publishing the hub to {output}");
        using var publishing = Process.Start(new ProcessStartInfo("dotnet", ["publish", Path.Combine(Root, "hub", "Host"), "-c", "Release", "-o", output, "-v", "quiet", "-nologo"]))
            ?? throw new InvalidOperationException("dotnet did not start");
        await publishing.WaitForExitAsync();
        return publishing.ExitCode == 0
            ? new HubBuild(Path.Combine(output, OperatingSystem.IsWindows() ? "stemlab.exe" : "stemlab"), [])
            : throw new InvalidOperationException("the hub could not be published; see above");
    }

    /// <summary>The clone this was built from.</summary>
    internal static string Root
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "StemLab.sln")))
                {
                    return folder.FullName;
                }
            }

            throw new InvalidOperationException("run the benchmarks from a clone: programs are published from their source");
        }
    }
}
