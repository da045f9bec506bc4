using System.Net;
using System.Text.Json;
using StemLab.Hub.TakeHome;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>Columns students calculated are in what they take home, though no hub keeps them.</summary>
public sealed class OwnColumnTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_column_of_ones_own_is_in_the_file_and_in_every_table_and_nothing_of_it_stays_in_the_hub()
    {
        await using var school = await ClassFixture.StartAsync();
        var (student, run) = await MeasureAsync(school);
        var facts = school.Hub.Facts.Current.Revision;
        var columns = Asked(("3 * number(a)", "a", "water_temperature"), ("number(a) + number(b)", "b", "ph"));

        var html = await TextAsync(school, student, $"lesson/take-home?lang=en&columns={columns}");
        Assert.Contains("ƒ 3 * number(a) (a = Water temperature)", html, StringComparison.Ordinal);
        Assert.Contains("<td>120.000</td>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("number(b)", html, StringComparison.Ordinal);
        Assert.Contains("a = Nhiệt độ nước", await TextAsync(school, student, $"lesson/take-home?lang=vi&columns={columns}"), StringComparison.Ordinal);
        Assert.DoesNotContain("ƒ", await TextAsync(school, student, "lesson/take-home?lang=en"), StringComparison.Ordinal);

        foreach (var (form, value) in ((string, string)[])[("csv", ",40,120,"), ("excel-en", ",40,120,"), ("excel-vi", ";40;120;"), ("codap", ",40,120,")])
        {
            var table = await TextAsync(school, student, $"runs/{run}/{form}?columns={columns}");
            Assert.Contains("ƒ 3 * number(a)", table.Split('\n')[0], StringComparison.Ordinal);
            Assert.Contains(value, table.Split('\n')[1], StringComparison.Ordinal);
        }

        Assert.Equal(facts, school.Hub.Facts.Current.Revision);
    }

    [Fact]
    public async Task What_is_wrong_with_a_column_stands_in_the_file_and_is_what_a_table_answers()
    {
        await using var school = await ClassFixture.StartAsync();
        var (student, run) = await MeasureAsync(school);
        var wrong = Asked(("3 *", "a", "water_temperature"), ("2 * number(a)", "a", "water_temperature"));
        var html = WebUtility.HtmlDecode(await TextAsync(school, student, $"lesson/take-home?lang=vi&columns={wrong}"));
        Assert.Contains("Không tính được: 3 *: ", html, StringComparison.Ordinal);
        Assert.DoesNotContain("span.definition", html, StringComparison.Ordinal);
        Assert.Contains("ƒ 2 * number(a)", html, StringComparison.Ordinal);
        var refused = await SendAsync(school, student, $"runs/{run}/csv?lang=en&columns={wrong}");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var sentence = await refused.Content.ReadAsStringAsync(Stop);
        Assert.StartsWith("3 *: ", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("span.definition", sentence, StringComparison.Ordinal);

        string[] unreadable = ["[{", "7", "null", "[null]", "[{\"expression\":\"a\"}]", Uri.EscapeDataString(new string(' ', OwnColumns.MostText) + "[]"), Asked([.. Enumerable.Range(0, OwnColumns.Most + 1).Select(i => ($"{i} * number(a)", "a", "water_temperature"))])];
        foreach (var text in unreadable)
        {
            foreach (var path in (string[])["lesson/take-home", $"runs/{run}/csv"])
            {
                refused = await SendAsync(school, student, $"{path}?lang=vi&columns={text}");
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
                Assert.Contains("nhiều nhất sáu cột", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            }
        }
    }

    private static string Asked(params (string Expression, string Letter, string Property)[] columns) =>
        Uri.EscapeDataString(JsonSerializer.Serialize(columns.Select(one => new { expression = one.Expression, of = one.Expression.Contains("(b)", StringComparison.Ordinal) ? new Dictionary<string, string> { ["a"] = "water_temperature", ["b"] = "ph" } : new Dictionary<string, string> { [one.Letter] = one.Property } })));

    /// <summary>A group with one run of 40 °C.</summary>
    private static async Task<(Student Student, string Run)> MeasureAsync(ClassFixture school)
    {
        var session = await school.OpenAsync(groups: 1);
        var student = await school.JoinAsync(session);
        await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, Group = "dolphin", InUs = 0 }, cancellationToken: Stop);
        var measured = school.Hub.NowUs;
        await school.Hub.RowsAsync("t", "water_temperature", "Cel", (measured, 40), (measured + 1_000, 40), (measured + 2_000, 40));
        await school.Lessons.StopRunAsync(new StopRunRequest { Session = session.Name, Group = "dolphin" }, cancellationToken: Stop);
        var state = await school.StateAsync(session);
        return (student, Assert.Single(state.Groups[0].Runs).RunId);
    }

    private static async Task<string> TextAsync(ClassFixture school, Student student, string path)
    {
        using var answer = await SendAsync(school, student, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private static Task<HttpResponseMessage> SendAsync(ClassFixture school, Student student, string path) =>
        school.Hub.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "authorization", student.Token.GetValue("authorization") } } }, Stop);
}
