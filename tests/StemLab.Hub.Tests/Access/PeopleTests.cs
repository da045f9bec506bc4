using System.Net;
using System.Text.Json;

namespace StemLab.Hub.Access;

public sealed class PeopleTests
{
    [Fact]
    public async Task A_teacher_comes_in_by_a_link_once_and_signs_in_with_a_passphrase_of_ones_own()
    {
        await using var school = await School.OpenAsync();
        var admin = school.Client(school.SecretOf(Roles.Admin));
        var (_, invited) = await School.PostAsync(admin, "v1/access/people:invite", new { displayName = "Cô Lan" });
        var link = new Uri(invited.GetProperty("link").GetString()!);
        Assert.Equal((Uri.UriSchemeHttps, "/invite"), (link.Scheme, link.AbsolutePath));
        var invite = link.Fragment[1..];

        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(school.Client(invite), "v1/agents")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await School.PostAsync(school.Client(), "v1/access:acceptInvite", new { invite, passphrase = "short" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await School.PostAsync(school.Client(), "v1/access:acceptInvite", new { invite, passphrase = "thuyen buom do chieu ta" })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.PostAsync(school.Client(), "v1/access:acceptInvite", new { invite, passphrase = "thuyen buom do chieu ta" })).Status);

        var (status, signedIn) = await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "cô lan", passphrase = "thuyen buom do chieu ta", asToken = true });
        Assert.Equal((HttpStatusCode.OK, "teacher"), (status, signedIn.GetProperty("role").GetString()));
        var teacher = school.Client(signedIn.GetProperty("token").GetString());
        Assert.Equal(HttpStatusCode.OK, (await School.PostAsync(teacher, "v1/classSessions", new { })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await School.GetAsync(teacher, "v1/access/people")).Status);

        // Forgotten: a new invitation to the same name lets the teacher choose another passphrase, and ends the old sign-ins.
        var (_, anew) = await School.PostAsync(admin, "v1/access/people:invite", new { displayName = "Cô Lan" });
        var second = new Uri(anew.GetProperty("link").GetString()!).Fragment[1..];
        Assert.Equal(HttpStatusCode.OK, (await School.PostAsync(school.Client(), "v1/access:acceptInvite", new { invite = second, passphrase = "bon tu khong ai doan" })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(teacher, "v1/agents")).Status);
        (_, signedIn) = await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "Cô Lan", passphrase = "bon tu khong ai doan", asToken = true });
        teacher = school.Client(signedIn.GetProperty("token").GetString());

        var name = invited.GetProperty("person").GetProperty("name").GetString();
        using var removed = await admin.DeleteAsync($"v1/access/{name}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(teacher, "v1/agents")).Status);
    }

    [Fact]
    public async Task Sign_ins_are_listed_and_revoked_only_by_who_owns_them_or_the_admin()
    {
        await using var school = await School.OpenAsync();
        var (one, two) = (school.SecretOf(Roles.Teacher), school.SecretOf(Roles.Teacher));
        var stranger = school.Get<CredentialBook>().Add(CredentialKind.SignIn, Roles.Teacher, "teacher:5", "Minh", "", PersonBook.SignInLasts).Secret;

        var (_, list) = await School.GetAsync(school.Client(one), "v1/access/signIns");
        var entries = list.GetProperty("signIns").EnumerateArray().ToArray();
        Assert.Equal(2, entries.Length);
        Assert.Equal([true, false], entries.Select(entry => entry.GetProperty("own").GetBoolean()));

        var other = entries[1].GetProperty("name").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await school.Client(stranger).DeleteAsync($"v1/access/{other}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await school.Client(one).DeleteAsync($"v1/access/{other}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(school.Client(two), "v1/agents")).Status);
        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(school.Client(one), "v1/agents")).Status);
    }

    [Fact]
    public async Task A_changed_passphrase_ends_the_other_sign_ins()
    {
        await using var school = await School.OpenAsync();
        var (here, elsewhere) = (school.Client(school.SecretOf(Roles.Admin)), school.Client(school.SecretOf(Roles.Admin)));

        Assert.Equal(HttpStatusCode.Unauthorized, (await School.PostAsync(here, "v1/access:changePassphrase", new { passphrase = "wrong one here", newPassphrase = "bon tu khong ai doan" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await School.PostAsync(here, "v1/access:changePassphrase", new { passphrase = School.AdminPassphrase, newPassphrase = "bon tu khong ai doan" })).Status);

        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(here, "v1/agents")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(elsewhere, "v1/agents")).Status);
    }

    [Fact]
    public async Task A_token_is_shown_once_reads_until_revoked_and_ends_with_its_stream()
    {
        await using var school = await School.OpenAsync();
        var admin = school.Client(school.SecretOf(Roles.Admin));
        var (_, made) = await School.PostAsync(admin, "v1/access/tokens", new { displayName = "thesis", role = "researcher", scopes = new[] { "read" }, days = 30 });
        var secret = made.GetProperty("secret").GetString()!;
        Assert.Matches("^slr_[A-Za-z0-9_-]{43}$", secret);
        var (_, list) = await School.GetAsync(admin, "v1/access/tokens");
        Assert.DoesNotContain(secret, list.ToString(), StringComparison.Ordinal);
        Assert.False(File.ReadAllBytes(Path.Combine(school.Folder, "hub.db-wal")).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(secret)) >= 0);

        var researcher = school.Client(secret);
        using var stream = await researcher.GetAsync("v1/readings:watch?channels=agents/-/channels/-", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        await using var body = await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.True(await body.ReadAsync(new byte[16], TestContext.Current.CancellationToken) > 0);

        using var revoked = await admin.DeleteAsync($"v1/access/{made.GetProperty("token").GetProperty("name").GetString()}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await body.ReadAsync(new byte[4096], TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) > 0)
            {
            }

            throw new IOException("the stream has ended");
        });
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(researcher, "v1/agents")).Status);
    }

    [Theory]
    [InlineData("""{ "displayName": "x", "role": "researcher" }""", "days")]
    [InlineData("""{ "displayName": "x", "role": "researcher", "days": 9999 }""", "days")]
    [InlineData("""{ "displayName": "x", "role": "researcher", "days": 9, "scopes": ["all"] }""", "scopes")]
    [InlineData("""{ "displayName": "", "role": "researcher", "days": 9 }""", "display_name")]
    [InlineData("""{ "displayName": "x", "role": "admin", "days": 9 }""", "role")]
    [InlineData("""{ "displayName": "x", "role": "kiosk", "board": "//evil.example" }""", "board")]
    public async Task A_token_out_of_form_is_refused_by_field(string body, string field)
    {
        await using var school = await School.OpenAsync();
        var (status, answer) = await School.PostAsync(school.Client(school.SecretOf(Roles.Admin)), "v1/access/tokens", JsonDocument.Parse(body).RootElement);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(field, answer.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wall_display_shows_its_board_and_nothing_else()
    {
        await using var school = await School.OpenAsync();
        var (_, made) = await School.PostAsync(school.Client(school.SecretOf(Roles.Admin)), "v1/access/tokens", new { displayName = "hall", role = "kiosk", board = "/?by=property" });
        var key = new Uri(made.GetProperty("link").GetString()!).Fragment[1..];
        var (display, _) = school.Browser();
        display.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        var (_, used) = await School.PostAsync(display, "v1/access:useKiosk", new { key });

        Assert.Equal("/?by=property", used.GetProperty("board").GetString());
        Assert.Equal(HttpStatusCode.OK, (await display.GetAsync("?by=property", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("/?by=property", (await display.GetAsync("agents", TestContext.Current.CancellationToken)).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Forbidden, (await School.PostAsync(school.Client(key), "v1/samples", new { channel = "x" })).Status);
    }

    [Fact]
    public async Task After_the_machine_started_again_without_a_clock_what_was_to_expire_counts_as_expired()
    {
        await using var hub = await Api.HubFixture.StartAsync(anchored: false);
        var clock = hub.Get<AccessClock>();
        var here = clock.Lasting(TimeSpan.FromHours(1));
        Assert.False(clock.IsOver(here));
        Assert.True(clock.IsOver(clock.Lasting(TimeSpan.Zero)));
        Assert.True(clock.IsOver(here with { Boot = new(77) }));
        Assert.False(clock.IsOver(null));
    }
}
