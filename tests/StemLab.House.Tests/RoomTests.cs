using System.Text.RegularExpressions;
using NetArchTest.Rules;
using StemLab.Agent;
using StemLab.Hub.Startup;

namespace StemLab.House;

/// <summary>Which room may know which. The README prints the same tables, and this test reads them there.</summary>
public sealed partial class RoomTests
{
    [Fact]
    public void Rooms_of_the_hub_only_know_whom_the_readme_allows() => OnlyKnowWhomAllowed(typeof(HubHost).Assembly, "StemLab.Hub", Table("hub/Host"));

    [Fact]
    public void Rooms_of_the_agent_only_know_whom_the_readme_allows() => OnlyKnowWhomAllowed(typeof(AgentRuntime).Assembly, "StemLab.Agent", Table("device-agent"));

    [Fact]
    public void Every_room_is_in_the_readmes_table_and_knows_nobody_who_knows_it()
    {
        foreach (var folder in (string[])["hub/Host", "device-agent"])
        {
            var table = Table(folder);
            var rooms = Repository.Files(".cs", folder).Select(file => file[(folder.Length + 1)..].Split('/')).Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct();
            Offenders.None(rooms.Where(room => !table.ContainsKey(room)).Select(room => $"{folder}/{room} is not in README.md's table"));
            Offenders.None(table.SelectMany(row => row.Value.Where(known => Reaches(table, known, row.Key, [])).Select(known => $"{row.Key} and {known} know each other")));
        }
    }

    private static bool Reaches(Dictionary<string, string[]> table, string from, string to, HashSet<string> seen) =>
        seen.Add(from) && table.TryGetValue(from, out var known) && (known.Contains(to) || Array.Exists(known, next => Reaches(table, next, to, seen)));

    private static void OnlyKnowWhomAllowed(System.Reflection.Assembly assembly, string root, Dictionary<string, string[]> table) =>
        Offenders.None(table.Keys.SelectMany(room =>
        {
            var forbidden = table.Keys.Where(other => other != room && !table[room].Contains(other)).Select(other => $"{root}.{other}").ToArray();
            var result = Types.InAssembly(assembly).That().ResideInNamespaceMatching($@"^{Regex.Escape(root)}\.{room}(\.|$)").ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
            return (result.FailingTypeNames ?? []).Select(type => $"{type} knows a room that {room} may not ({string.Join(", ", forbidden)})");
        }));

    /// <summary>Rows "room → known, known" of the README's table for a folder.</summary>
    private static Dictionary<string, string[]> Table(string folder) =>
        RoomRow().Matches(Repository.Read("README.md").Split($"<!-- rooms {folder} -->")[1].Split("<!-- end -->")[0])
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^ *(\w+) +→ *(.*)$", RegexOptions.Multiline)]
    private static partial Regex RoomRow();
}
