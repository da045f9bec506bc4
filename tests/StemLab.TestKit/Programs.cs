namespace StemLab.TestKit;

/// <summary>Where this project's programs are: in the folder STEMLAB_PROGRAMS names, as people get them (CI takes its packages apart for that), else as they were built beside the tests.</summary>
public static class Programs
{
    private static readonly string? Packaged = Environment.GetEnvironmentVariable("STEMLAB_PROGRAMS");

    /// <summary>How a program is called.</summary>
    /// <param name="name">stemlab, virtual-bay or stemlab-agent.</param>
    /// <returns>The executable, and what comes before the program's own arguments.</returns>
    /// <exception cref="FileNotFoundException">The folder does not have it; its path must be a full one.</exception>
    public static (string Program, string[] Before) Of(string name) =>
        Packaged is not { Length: > 0 } ? ("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{name}.dll")])
        : Path.Combine(Packaged, name) is var made && File.Exists(made) ? (made, [])
        : throw new FileNotFoundException($"STEMLAB_PROGRAMS: there is no {made}");
}
