using System.Globalization;
using StemLab.V1;
using Light = StemLab.V1.PreflightLine.Types.Light;

namespace StemLab.Hub.Preflight;

/// <summary>Makes the lines of a report. Pure.</summary>
internal static class Finding
{
    /// <summary>Between an agent and what its probe measures. Names of agents have no comma.</summary>
    public const string OfAgent = ", ";

    private const int MostNames = 8;

    public static Sentence Both(string english, string vietnamese) => new() { En = english, Vi = vietnamese };

    /// <summary>A name that is the same in every language.</summary>
    public static Sentence Same(string name) => Both(name, name);

    public static PreflightLine Ready(string id, Sentence about, Sentence found) => new() { Id = id, Light = Light.Ready, About = about, Found = found };

    public static PreflightLine Look(string id, Sentence about, Sentence found, Sentence todo, string page = "") =>
        new() { Id = id, Light = Light.Look, About = about, Found = found, Todo = todo, Page = page };

    public static PreflightLine Stop(string id, Sentence about, Sentence found, Sentence todo, string page = "") =>
        new() { Id = id, Light = Light.Stop, About = about, Found = found, Todo = todo, Page = page };

    /// <summary>Worst first, else in the order they were found; what is the same of several is one line that names them.</summary>
    public static IEnumerable<PreflightLine> InOrder(IEnumerable<PreflightLine> lines) =>
        lines.GroupBy(line => (line.Id, line.Light, line.Found.En, line.Todo?.En)).Select(Together).OrderByDescending(line => line.Light);

    private static PreflightLine Together(IEnumerable<PreflightLine> same)
    {
        var all = same.ToArray();
        return new PreflightLine(all[0]) { About = Both(Names([.. all.Select(line => line.About.En).Distinct()], "and {0} more"), Names([.. all.Select(line => line.About.Vi).Distinct()], "và {0} nữa")) };
    }

    private static string Names(string[] all, string more)
    {
        // Probes are "agent, what it measures": of many only what they measure is told, and how many it is.
        var parts = all.Length > MostNames && all.All(name => name.Contains(OfAgent, StringComparison.Ordinal))
            ? [.. all.GroupBy(name => name[(name.IndexOf(OfAgent, StringComparison.Ordinal) + OfAgent.Length)..]).OrderByDescending(same => same.Count()).Select(same => $"{same.Count()} × {same.Key}")]
            : all;
        return parts.Length <= MostNames
            ? string.Join("; ", parts)
            : $"{string.Join("; ", parts.Take(MostNames))} {string.Format(CultureInfo.InvariantCulture, more, parts.Length - MostNames)}";
    }

    public static Light WorstOf(IEnumerable<PreflightLine> lines) => lines.Select(line => line.Light).DefaultIfEmpty(Light.Ready).Max();

    /// <summary>A number as its reader writes it.</summary>
    public static string Number(double value, int decimals, string language) =>
        value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.GetCultureInfo(language == "vi" ? "vi-VN" : "en-GB"));

    /// <summary>A sentence with one number in it, written for each reader.</summary>
    public static Sentence With(double value, int decimals, string english, string vietnamese) => Both(
        string.Format(CultureInfo.InvariantCulture, english, Number(value, decimals, "en")),
        string.Format(CultureInfo.InvariantCulture, vietnamese, Number(value, decimals, "vi")));
}
