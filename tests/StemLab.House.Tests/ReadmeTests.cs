using System.Text.RegularExpressions;

namespace StemLab.House;

/// <summary>A README cannot lie: what it names exists, every room has one, and it can be seen whole.</summary>
public sealed partial class ReadmeTests
{
    private static readonly Lazy<HashSet<string>> Words = new(() =>
        [.. new[] { ".cs", ".proto", ".razor", ".js", ".py", ".csproj", ".json", ".css" }.SelectMany(ending => Repository.Files(ending))
            .SelectMany(file => Word().Matches(Repository.Read(file)).Select(match => match.Value))]);

    public static TheoryData<string> Readmes => [.. Repository.Files("README.md").Concat(Repository.Files("FORMAT.md"))];

    [Theory]
    [MemberData(nameof(Readmes))]
    public void Every_code_name_in_a_readme_exists(string readme) =>
        Offenders.None(CodeSpan().Matches(CodeBlock().Replace(Repository.Read(readme), ""))
            .Select(match => match.Groups[1].Value)
            .SelectMany(span => CodeName().Matches(span).Select(match => match.Value))
            .Where(name => !Words.Value.Contains(name))
            .Distinct()
            .Select(name => $"{readme}: {name}"));

    [Theory]
    [MemberData(nameof(Readmes))]
    public void Every_link_of_a_readme_leads_somewhere(string readme) =>
        Offenders.None(Link().Matches(Repository.Read(readme)).Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(readme)!, target)))
            .Select(target => $"{readme}: {target}"));

    [Fact]
    public void Every_room_has_a_readme_that_can_be_seen_whole()
    {
        var rooms = Directory.GetDirectories(Path.Combine(Repository.Root, "hub/Host"))
            .Concat(Directory.GetDirectories(Path.Combine(Repository.Root, "device-agent")))
            .Concat(new[] { "hub/Science", "hub/Store", "proto", "device-agent", "tests/StemLab.TestKit" }.Select(room => Path.Combine(Repository.Root, room)))
            .Where(folder => Path.GetFileName(folder) is not ("bin" or "obj" or "wwwroot" or "Properties"));
        Offenders.None(rooms.Select(folder => Path.GetRelativePath(Repository.Root, folder).Replace('\\', '/'))
            .Select(room => (room, lines: File.Exists(Path.Combine(Repository.Root, room, "README.md")) ? Repository.Lines(room + "/README.md").Length : 0))
            .Where(x => x.lines is 0 or > 120)
            .Select(x => x.lines == 0 ? $"{x.room}: no README.md" : $"{x.room}: README.md has {x.lines} lines"));
    }

    [GeneratedRegex(@"\b\w+\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"```.*?```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex CodeSpan();

    /// <summary>PascalCase of at least two words: a type or a member.</summary>
    [GeneratedRegex(@"(?<![\w/.-])[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+(?![\w/-])")]
    private static partial Regex CodeName();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
