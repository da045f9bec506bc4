using System.Xml.Linq;

namespace StemLab.House;

/// <summary>The big walls: which project may reference which.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["StemLab.Wire"] = [],
        ["StemLab.Science"] = [],
        ["StemLab.Store"] = [],
        ["StemLab.InfluxDbClient"] = ["StemLab.Store"],
        ["StemLab.Hub"] = ["StemLab.Wire", "StemLab.Science", "StemLab.Store", "StemLab.InfluxDbClient"],
        ["StemLab.IotBindings"] = [],
        ["StemLab.Agent"] = ["StemLab.Wire", "StemLab.IotBindings"],
        ["StemLab.LessonConsole"] = ["StemLab.Wire"],
        ["StemLab.VirtualBay"] = ["StemLab.Hub", "StemLab.Agent"],
    };

    [Fact]
    public void Projects_only_reference_whom_the_table_allows() =>
        Offenders.None(Repository.Files(".csproj").Where(file => !file.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(file => XDocument.Parse(Repository.Read(file)).Descendants("ProjectReference")
                .Select(reference => (project: Path.GetFileNameWithoutExtension(file), target: Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))))
            .Where(x => !Allowed.TryGetValue(x.project, out var targets) || !targets.Contains(x.target))
            .Select(x => $"{x.project} references {x.target}"));

    [Fact]
    public void Science_is_pure() =>
        Offenders.None(Repository.Files(".cs", "hub/Science").SelectMany(file => Repository.Lines(file)
            .Where(line => line.Contains("System.IO", StringComparison.Ordinal) && line.StartsWith("using", StringComparison.Ordinal)
                || line.Contains("TimeProvider", StringComparison.Ordinal) || line.Contains("ILogger", StringComparison.Ordinal) || line.Contains("Random.Shared", StringComparison.Ordinal))
            .Select(line => $"{file}: {line.Trim()}")));

    [Fact]
    public void Versions_stand_in_one_file() =>
        Offenders.None(Repository.Files(".csproj").Where(file => XDocument.Parse(Repository.Read(file)).Descendants("PackageReference").Any(reference => reference.Attribute("Version") is not null)));
}
