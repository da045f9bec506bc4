namespace StemLab.TestKit;

/// <summary>Where this project's programs are: in the folder STEMLAB_PROGRAMS names, as people get them (CI takes its packages apart for that), else as they were built beside the tests.</summary>
public static class Programs
{
    private static readonly string? Packaged = Environment.GetEnvironmentVariable("STEMLAB_PROGRAMS");

    /// <summary>How a program is called. One that the folder does not have is the built one.</summary>
    /// <param name="name">stemlab, virtual-bay or stemlab-agent.</param>
    /// <returns>The executable, and what comes before the program's own arguments.</returns>
    public static (string Program, string[] Before) Of(string name) =>
        Packaged is { Length: > 0 } && Path.Combine(Packaged, name) is var made && File.Exists(made)
            ? (made, [])
            : ("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{name}.dll")]);
}
