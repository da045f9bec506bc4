namespace StemLab.TestKit;

/// <summary>The clone the tests were built from.</summary>
public static class Clone
{
    /// <summary>Its folder: the one with StemLab.sln.</summary>
    /// <exception cref="DirectoryNotFoundException">The tests were taken out of their clone.</exception>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string? folder) =>
        folder is null ? throw new DirectoryNotFoundException("StemLab.sln: run the tests from a clone")
        : File.Exists(Path.Combine(folder, "StemLab.sln")) ? folder
        : Find(Path.GetDirectoryName(folder));
}
