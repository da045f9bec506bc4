using System.Net;
using StemLab.Hub.Access;

namespace StemLab.Hub.Classroom;

public sealed class ClassSessionTests
{
    [Fact]
    public async Task A_student_joins_by_code_keeps_the_seat_over_reloads_and_a_restart_and_loses_it_with_the_session()
    {
        await using var school = await School.OpenAsync();
        var secret = school.SecretOf(Roles.Admin);
        var (_, opened) = await School.PostAsync(school.Client(secret), "v1/classSessions", new { });
        var session = opened.GetProperty("session");
        var code = session.GetProperty("code").GetString()!;
        Assert.EndsWith($"/j/{code}", session.GetProperty("link").GetString(), StringComparison.Ordinal);
        var (phone, cookies) = school.Browser();

        var (status, joined) = await School.PostAsync(phone, "v1/classSessions:join", new { code = $"{code[..3]}-{code[3..].ToLowerInvariant()}" });
        var alias = joined.GetProperty("seat").GetProperty("alias").GetString();
        var (_, again) = await School.PostAsync(phone, "v1/classSessions:join", new { code });

        // A browser's second try comes from a page that has the page's token; without, it is refused.
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("out of date", again.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(phone, "v1/agents")).Status);
        Assert.True(cookies.GetCookies(school.PlainUrl)[HubAuthentication.Cookie]!.HttpOnly);

        await school.RestartAsync();
        Assert.Equal(alias, (await School.GetAsync(phone, "v1/seat")).Body.GetProperty("seat").GetProperty("alias").GetString());

        using var ended = await school.Client(secret).DeleteAsync($"v1/{session.GetProperty("name").GetString()}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(phone, "v1/seat")).Status);
        Assert.Empty(school.Get<ClassSessions>().Open);
        Assert.DoesNotContain(school.Get<CredentialBook>().All, one => one.Kind == CredentialKind.Seat);
        Assert.Equal(HttpStatusCode.NotFound, (await School.PostAsync(school.Client(), "v1/classSessions:join", new { code })).Status);
    }

    [Fact]
    public async Task A_removed_seats_stream_closes_at_once_and_the_others_stay()
    {
        await using var school = await School.OpenAsync();
        var sessions = school.Get<ClassSessions>();
        var session = sessions.OpenOne("teacher:1")!;
        var (gone, stays) = (sessions.Join(session)!.Value, sessions.Join(session)!.Value);
        Assert.NotEqual(gone.Seat.Alias, stays.Seat.Alias);
        using var stream = await school.Client(gone.Secret).GetAsync("v1/readings:watch?channels=agents/-/channels/-", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        using var removed = await school.Client(school.SecretOf(Roles.Teacher)).DeleteAsync($"v1/{session.Name}/seats/{gone.Seat.Id}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await body.ReadAsync(new byte[4096], TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) > 0)
            {
            }

            throw new IOException("the stream has ended");
        });
        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(school.Client(stays.Secret), "v1/seat")).Status);
    }

    [Fact]
    public async Task Two_hundred_seats_have_two_hundred_names_in_two_languages_and_the_next_is_told_that_the_class_is_full()
    {
        await using var hub = await Api.HubFixture.StartAsync();
        var sessions = hub.Get<ClassSessions>();
        var session = sessions.OpenOne("teacher:1")!;
        for (var i = 0; i < ClassSessions.MostSeats; i++)
        {
            Assert.NotNull(sessions.Join(session));
        }

        var seats = sessions.SeatsOf(session.Id);
        Assert.Equal(ClassSessions.MostSeats, seats.Select(seat => BayAnimals.NameOf(seat.Alias, "vi")).Distinct().Count());
        Assert.Equal(ClassSessions.MostSeats, seats.Select(seat => BayAnimals.NameOf(seat.Alias, "en")).Distinct().Count());
        Assert.Null(sessions.Join(session));
    }

    [Fact]
    public async Task What_a_student_does_is_written_down_under_an_animal()
    {
        await using var school = await School.OpenAsync();
        var sessions = school.Get<ClassSessions>();
        var session = sessions.OpenOne("teacher:1")!;
        var (seat, secret) = sessions.Join(session)!.Value;
        var student = school.Client(secret);

        Assert.Equal(HttpStatusCode.Forbidden, (await School.PostAsync(student, "v1/classSessions", new { })).Status);
        Assert.NotEqual(HttpStatusCode.Forbidden, (await School.PostAsync(student, "v1/samples", new { channel = "agents/1/channels/x" })).Status);
        Assert.Equal($"seat:{seat.Alias}@{session.Id}", (await School.GetAsync(student, "v1/access")).Body.GetProperty("who").GetString());
    }
}
