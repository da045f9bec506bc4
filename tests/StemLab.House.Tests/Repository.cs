using StemLab.TestKit;

namespace StemLab.House;

/// <summary>The checkout the tests were built from, read as files.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", ".git", "third_party", "baseline", "vendor"];

    public static string Root => Clone.Root;

    /// <summary>Files with an ending, as paths relative to the root with forward slashes; build output and vendored files left out.</summary>
    public static IReadOnlyList<string> Files(string ending, string under = "") =>
        [.. Walk(new DirectoryInfo(Path.Combine(Root, under)))
            .Where(file => file.Name.EndsWith(ending, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    public static string[] Lines(string relative) => File.ReadAllLines(Path.Combine(Root, relative));

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        !folder.Exists ? [] : folder.EnumerateFiles().Concat(folder.EnumerateDirectories()
            .Where(child => !Skipped.Contains(child.Name)).SelectMany(Walk));
}
