namespace StemLab.TestKit;

/// <summary>Real programs that tests start: mosquitto, influxd, chromium, python3 with grpcio… Installed by <c>tests/install-servers</c>.</summary>
public static class Servers
{
    /// <summary>True where a missing server fails a test instead of skipping it (CI sets STEMLAB_REQUIRE_SERVERS=1).</summary>
    public static bool AreRequired { get; } = Environment.GetEnvironmentVariable("STEMLAB_REQUIRE_SERVERS") == "1";

    /// <summary>Full path of a program on PATH or in the usual folders; null when it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Concat(["/usr/sbin", "/usr/local/sbin", "/sbin"])
        .Where(folder => folder.Length > 0)
        .SelectMany(folder => (string[])[Path.Combine(folder, program), Path.Combine(folder, program + ".exe")])
        .FirstOrDefault(File.Exists);

    /// <summary>
    /// Full path of Chromium without its own window, else of the whole browser; null when neither is installed. The pages see the same engine;
    /// a whole browser draws tabs and toolbars of its own for each visitor besides.
    /// </summary>
    public static string? Chromium => Find("chromium-headless-shell") ?? Find("chromium");

    /// <summary>Full path of a program.</summary>
    /// <exception cref="InvalidOperationException">It is not installed.</exception>
    public static string PathOf(string program) =>
        Find(program) ?? throw new InvalidOperationException($"{program} is not installed; run tests/install-servers");

    internal static string? WhyMissing(string[] programs)
    {
        var missing = programs.Where(program => Find(program) is null).ToArray();
        return missing.Length == 0 ? null : $"needs {string.Join(", ", missing)}: run tests/install-servers";
    }
}
