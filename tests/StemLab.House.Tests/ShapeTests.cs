using System.Text.RegularExpressions;

namespace StemLab.House;

/// <summary>Files and functions small enough to see whole; names that say what a thing is.</summary>
public sealed partial class ShapeTests
{
    private const int MostLinesOfAFile = 600;
    private const int MostLinesOfAFunction = 150;

    private static readonly string[] ForbiddenEndings =
        ["Helper", "Helpers", "Manager", "Util", "Utils", "Processor", "Handler", "Impl", "Base", "Info", "Data", "Dto", "Ex"];

    /// <summary>The seams that may have one body today, each with its reason.</summary>
    private static readonly Dictionary<string, string> Seams = new()
    {
        ["IProbe"] = "one body per device drawer",
        ["ITimedSource"] = "virtual bay and file replay",
    };

    [Fact]
    public void No_file_is_longer_than_600_lines() =>
        Offenders.None(Repository.Files(".cs").Concat(Repository.Files(".js")).Concat(Repository.Files(".razor"))
            .Select(file => (file, lines: Repository.Lines(file).Length))
            .Where(x => x.lines > MostLinesOfAFile)
            .Select(x => $"{x.file}: {x.lines} lines"));

    [Fact]
    public void No_function_is_longer_than_150_lines() =>
        Offenders.None(Repository.Files(".cs").SelectMany(LongFunctions));

    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        Offenders.None(Declarations().Where(x => Array.Exists(ForbiddenEndings, end => x.Name.Length > end.Length && x.Name.EndsWith(end, StringComparison.Ordinal)))
            .Select(x => $"{x.File}: {x.Name}"));

    [Fact]
    public void Every_interface_has_two_bodies_or_is_a_listed_seam()
    {
        var sources = Repository.Files(".cs").Where(file => !file.StartsWith("tests/", StringComparison.Ordinal))
            .Select(file => (file, text: Repository.Read(file))).ToList();
        Offenders.None(sources.SelectMany(source => InterfaceDeclaration().Matches(source.text).Select(match => (source.file, name: match.Groups[1].Value)))
            .Where(x => !Seams.ContainsKey(x.name))
            .Where(x => sources.Sum(source => Regex.Count(source.text, $@"(?:class|struct|record)\s[^{{;]*[:,]\s*(?:[\w<>., ]+,\s*)?{x.name}\b")) < 2)
            .Select(x => $"{x.file}: {x.name}"));
    }

    [Fact]
    public void No_region_no_unowned_todo_no_swallowed_exception() =>
        Offenders.None(Repository.Files(".cs").Where(file => !file.Contains("House.Tests", StringComparison.Ordinal))
            .SelectMany(file => Repository.Lines(file).Select((line, i) => (file, line, i)))
            .Where(x => Unwanted().IsMatch(x.line))
            .Select(x => $"{x.file}:{x.i + 1}: {x.line.Trim()}"));

    [Fact]
    public void No_file_holds_both_sides_of_a_merge() =>
        Offenders.None(new[] { ".cs", ".md", ".razor", ".js", ".css", ".json", ".csproj", ".props", ".py", ".proto", "install-servers", "run", "js-check", "proto-check", "fault-matrix" }.SelectMany(ending => Repository.Files(ending))
            .SelectMany(file => Repository.Lines(file).Select((line, i) => (file, line, i)))
            .Where(x => x.line.StartsWith(new string('<', 7) + " ", StringComparison.Ordinal) || x.line.StartsWith(new string('>', 7) + " ", StringComparison.Ordinal))
            .Select(x => $"{x.file}:{x.i + 1}"));

    [Fact]
    public void Nothing_names_a_path_of_one_machine() =>
        Offenders.None(new[] { ".cs", ".md", ".razor", ".js", ".json", ".csproj", ".props", ".py", ".proto" }.SelectMany(ending => Repository.Files(ending))
            .Where(file => !file.Contains("House.Tests", StringComparison.Ordinal))
            .SelectMany(file => Repository.Lines(file).Select((line, i) => (file, line, i)))
            .Where(x => MachinePath().IsMatch(x.line))
            .Select(x => $"{x.file}:{x.i + 1}: {x.line.Trim()}"));

    private static IEnumerable<(string File, string Name)> Declarations() =>
        Repository.Files(".cs").Where(file => !file.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(file => TypeDeclaration().Matches(Repository.Read(file)).Select(match => (file, match.Groups[1].Value)));

    /// <summary>A function is a member at the first or second indent that opens with a brace on its own line.</summary>
    private static IEnumerable<string> LongFunctions(string file)
    {
        var lines = Repository.Lines(file);
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i] is not ("    {" or "        {") || lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal))
            {
                continue;
            }

            var close = lines[i].Replace('{', '}');
            var end = Array.FindIndex(lines, i, line => line == close || line == close + ";");
            if (end - i > MostLinesOfAFunction && !TypeDeclaration().IsMatch(string.Join('\n', lines[Math.Max(0, i - 3)..i])))
            {
                yield return $"{file}:{i}: {end - i} lines";
            }
        }
    }

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|sealed|static|abstract|readonly|partial|ref|file|unsafe)\s+)*(?:class|struct|record|record struct|interface|enum)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\binterface\s+(I[A-Z]\w*)")]
    private static partial Regex InterfaceDeclaration();

    [GeneratedRegex(@"#region|\bTODO\b|\bFIXME\b|\bHACK\b|NotImplementedException|catch\s*(?:\(Exception[^)]*\))?\s*\{\s*\}")]
    private static partial Regex Unwanted();

    [GeneratedRegex(@"(?<![\w.])/(?:work|root)/|/tmp/bash_jobs|/home/\w+/")]
    private static partial Regex MachinePath();
}
