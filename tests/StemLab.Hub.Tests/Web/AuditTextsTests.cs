using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using StemLab.Hub.Access;
using StemLab.Hub.Api;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.TestKit;

namespace StemLab.Hub.Web;

public sealed partial class AuditTextsTests
{
    [Fact]
    public async Task Every_action_that_is_written_down_has_words()
    {
        await using var school = await School.OpenAsync();
        var byRpcs = AccessMatrix.RpcsOf(school.Get<EndpointDataSource>()).Where(rpc => rpc.Method.Contains("stemlab.v1", StringComparison.Ordinal)).Select(rpc => AuditBorder.ActionOf(rpc.Method, rpc.Policy)).OfType<string>();
        var byThemselves = Directory.EnumerateFiles(Path.Combine(Clone.Root, "hub", "Host"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines)
            .Where(line => WritesDown().IsMatch(line)).SelectMany(line => ActionName().Matches(line)).Select(match => match.Groups[1].Value);
        var standings = Enum.GetNames<AgentStanding>().Select(standing => $"agent.{standing.ToLowerInvariant()}");
        var all = byRpcs.Concat(byThemselves).Concat(standings).Distinct(StringComparer.Ordinal).ToArray();

        Assert.True(all.Length > 70, string.Join(", ", all));
        Assert.DoesNotContain(all, action => AuditTexts.English.Did(action) is null);
    }

    [Fact]
    public void Who_did_it_is_said_in_words_and_what_is_not_known_stays_as_it_is()
    {
        var words = AuditTexts.Vietnamese;

        Assert.Equal(
            ["giáo viên 3", "học sinh (octopus-4)", "quản trị viên", "chính máy của trạm", "mã truy cập k7m4xp", "kiosk:abc"],
            new[] { "teacher:3", "seat:octopus-4@7", "admin", "machine", "researcher:k7m4xp", "kiosk:abc" }.Select(who => words.By(who, "quản trị viên")));
        Assert.Null(words.Did("pond.drain"));
        Assert.Null(words.Did("Seat"));
    }

    [Fact]
    public void What_it_was_done_to_names_agents_as_people_know_them_and_leaves_what_it_does_not_know()
    {
        var (pond, gone) = (new AgentId(0xA), new AgentId(0xB));

        Assert.Equal(
            ["pond · ph~ph", "pond", $"agents/{gone} · ph~ph", "lessons/cooling", $"agents/{pond}0"],
            new[] { $"agents/{pond}/channels/ph~ph", $"agents/{pond}", $"agents/{gone}/channels/ph~ph", "lessons/cooling", $"agents/{pond}0" }.Select(subject => AuditTexts.Named(subject, id => id == pond ? "pond" : null)));
    }

    [GeneratedRegex(@"audit\.Add\(|Wrong\(context|await SetAsync\(agent")]
    private static partial Regex WritesDown();

    [GeneratedRegex(@"""([a-z]+\.[a-z][A-Za-z_]+)""")]
    private static partial Regex ActionName();
}
