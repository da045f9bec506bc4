using System.Xml.Linq;

namespace StemLab.House;

/// <summary>Whoever's work is used is named.</summary>
public sealed class LicenceTests
{
    [Fact]
    public void Every_package_is_in_THIRD_PARTY()
    {
        var named = Repository.Read("THIRD-PARTY.md").Split(' ', ',', '|', '\n').ToHashSet(StringComparer.Ordinal);
        Offenders.None(Repository.Files(".csproj").Append("Directory.Build.props").Append("tests/Directory.Build.props")
            .SelectMany(file => XDocument.Parse(Repository.Read(file)).Descendants("PackageReference").Select(reference => (string?)reference.Attribute("Include")))
            .OfType<string>().Distinct().Where(package => !named.Contains(package)));
    }

    [Fact]
    public void Every_central_version_is_used()
    {
        var used = Repository.Files(".csproj").Append("Directory.Build.props").Append("tests/Directory.Build.props")
            .SelectMany(file => XDocument.Parse(Repository.Read(file)).Descendants("PackageReference").Select(reference => (string?)reference.Attribute("Include"))).ToHashSet();
        Offenders.None(XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(version => (string)version.Attribute("Include")!).Where(package => !used.Contains(package)));
    }
}
