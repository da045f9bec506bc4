using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PublicApiGenerator;

namespace StemLab.House;

/// <summary>What strangers may build on is approved word by word. To approve a change: STEMLAB_APPROVE=1 dotnet test --project tests/StemLab.House.Tests, and read the diff.</summary>
public sealed partial class PublicApiTests
{
    private const string Approved = "tests/StemLab.House.Tests/approved";

    public static TheoryData<string> Libraries => ["StemLab.Wire", "StemLab.Science", "StemLab.Store"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Public_api_is_approved(string library)
    {
        var types = Assembly.Load(library).GetExportedTypes().Where(type => type.Namespace is not ("StemLab.V1" or "StemLab.Wire.V1") && type.Namespace?.StartsWith("Google", StringComparison.Ordinal) != true).ToArray();
        var api = types.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).Replace("\r\n", "\n", StringComparison.Ordinal);
        var file = Path.Combine(Repository.Root, Approved, $"{library}.txt");
        if (Environment.GetEnvironmentVariable("STEMLAB_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, api);
        }

        Assert.Equal(File.ReadAllText(file), api);
    }

    [Theory]
    [InlineData("StemLab.Science")]
    [InlineData("StemLab.Store")]
    public void Every_public_double_says_its_unit(string library)
    {
        var assembly = Assembly.Load(library);
        var docs = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member").ToLookup(member => MemberName((string)member.Attribute("name")!), member => member.ToString());
        Offenders.None(assembly.GetExportedTypes().SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(member => member is PropertyInfo { PropertyType: var property } && property == typeof(double)
                || member is MethodInfo { IsSpecialName: false } method && (method.ReturnType == typeof(double) || Array.Exists(method.GetParameters(), parameter => parameter.ParameterType == typeof(double))))
            .Where(member => !UnitInName().IsMatch(member.Name))
            .Where(member => !docs[$"{type.FullName!.Replace('+', '.')}.{member.Name}"].Concat(docs[type.FullName!.Replace('+', '.')]).Concat(docs[$"{type.FullName!.Replace('+', '.')}.#ctor"]).Any(text => UnitInText().IsMatch(text)))
            .Select(member => $"{type.FullName}.{member.Name}")).Distinct());
    }

    /// <summary>"M:A.B.C(System.Double)" → "A.B.C".</summary>
    private static string MemberName(string id) => id[2..].Split('(')[0].Split('`')[0];

    [GeneratedRegex("(Celsius|Dbar|Percent|Ratio|PerCm|PerL|Kpa|Hpa|Mv|Us|Ms|M|S|Seconds)$")]
    private static partial Regex UnitInName();

    [GeneratedRegex(@"unit|°|µ|mg/L|dbar|kg|%|dimensionless|ratio|W/m2|°F|mS|mV|hPa|kPa|UCUM|probabilit|factor|fraction|standard deviation|\bpH\b|\bm/s\b|\bNTU\b|\bmetres?\b|degrees of freedom|number|count", RegexOptions.IgnoreCase)]
    private static partial Regex UnitInText();
}
