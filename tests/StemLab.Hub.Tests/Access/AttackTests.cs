using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Google.Rpc;
using Grpc.Core;
using StemLab.V1;

namespace StemLab.Hub.Access;

/// <summary>What somebody on the network would try over HTTP and gRPC, each against a school's hub that is open to it.</summary>
public sealed partial class AttackTests
{
    [Fact]
    public async Task Guessing_class_codes_is_slowed_to_a_crawl_and_a_class_behind_the_same_address_still_joins_before_that()
    {
        await using var school = await School.OpenAsync();
        var code = school.Get<Classroom.ClassSessions>().OpenOne("teacher:1")!.Code;
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await School.PostAsync(school.Client(), "v1/classSessions:join", new { code, asToken = true })).Status);
        }

        var guesser = new ClassroomService.ClassroomServiceClient(school.Grpc());
        RpcException refused;
        var tries = 0;
        do
        {
            refused = await Assert.ThrowsAsync<RpcException>(async () => await guesser.JoinSessionAsync(new JoinSessionRequest { Code = "AAAAAA" }, cancellationToken: TestContext.Current.CancellationToken));
            tries++;
        }
        while (refused.StatusCode != StatusCode.ResourceExhausted && tries < 100);

        Assert.InRange(tries, 2, 60);
        Assert.NotNull(refused.GetRpcStatus()?.GetDetail<RetryInfo>());
    }

    [Fact]
    public async Task Hammering_what_is_open_to_anybody_is_refused_with_retry_after_on_every_face()
    {
        await using var school = await School.OpenAsync();
        var client = school.Client();
        for (var i = 0; i < KnockLimit.Burst; i++)
        {
            using var _ = await client.PostAsJsonAsync("v1/access:useKiosk", new { }, TestContext.Current.CancellationToken);
        }

        using var json = await client.PostAsJsonAsync("v1/access:useKiosk", new { }, TestContext.Current.CancellationToken);
        var grpc = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                try
                {
                    await new AccessService.AccessServiceClient(school.Grpc()).UseKioskAsync(new UseKioskRequest(), cancellationToken: TestContext.Current.CancellationToken);
                }
                catch (RpcException other) when (other.StatusCode != StatusCode.ResourceExhausted)
                {
                    Assert.Equal(StatusCode.Unauthenticated, other.StatusCode);
                }
            }
        });
        Assert.Equal(HttpStatusCode.TooManyRequests, json.StatusCode);
        Assert.NotNull(json.Headers.RetryAfter);
        Assert.Equal(StatusCode.ResourceExhausted, grpc.StatusCode);
        Assert.NotNull(grpc.GetRpcStatus()?.GetDetail<RetryInfo>());
    }

    [Theory]
    [InlineData("not a token")]
    [InlineData("slr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("' OR 1=1 --")]
    [InlineData("")]
    public async Task A_made_up_token_opens_nothing(string token)
    {
        await using var school = await School.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/agents");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var answer = await school.Client().SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_of_another_hub_opens_nothing()
    {
        await using var one = await School.OpenAsync();
        await using var other = await School.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(one.Client(one.SecretOf(Roles.Admin)), "v1/agents")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(one.Client(other.SecretOf(Roles.Admin)), "v1/agents")).Status);
    }

    [Theory]
    [InlineData("v1/agents?access_token=x")]
    [InlineData("v1/agents?token=x")]
    [InlineData("?passphrase=x")]
    [InlineData("j?code=ABCDEF")]
    [InlineData("v1/agents?x=slr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_secret_in_an_address_is_refused_with_where_it_belongs(string path)
    {
        await using var school = await School.OpenAsync();
        var (status, body) = await School.GetAsync(school.Client(), path);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("Authorization", body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_page_cannot_write_with_the_visitors_cookie()
    {
        await using var school = await School.OpenAsync();
        var (browser, _) = school.Browser();
        Assert.Equal(HttpStatusCode.OK, (await School.PostAsync(browser, "v1/access:signIn", new { name = "admin", passphrase = School.AdminPassphrase })).Status);

        // 1. With its own origin, as a browser says it; 2. without any, as an old one; 3. as a form; 4. as gRPC-Web.
        foreach (var (origin, type) in (IEnumerable<(string?, string)>)[("https://evil.example", "application/json"), (null, "application/json"), (null, "text/plain"), (null, "application/grpc-web"), ("null", "application/json")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, type == "application/grpc-web" ? "stemlab.v1.ClassroomService/OpenSession" : "v1/classSessions") { Content = new ByteArrayContent(type == "application/grpc-web" ? new byte[5] : "{}"u8.ToArray()) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            using var answer = await browser.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden || answer.Headers.Contains("grpc-status"), $"{origin} {type}: {answer.StatusCode}");
        }

        Assert.Empty(school.Get<Classroom.ClassSessions>().Open);

        // The hub's own page has what it takes.
        var page = await browser.GetStringAsync("class", TestContext.Current.CancellationToken);
        using var meant = new HttpRequestMessage(HttpMethod.Post, "v1/classSessions") { Content = JsonContent.Create(new { }) };
        meant.Headers.Add(RequestGuard.PageHeader, PageToken().Match(page).Groups[1].Value);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(meant, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_page_but_a_pupils_is_cut_off_from_who_opened_it_where_browsers_heed_that()
    {
        await using var school = await School.OpenAsync();
        Assert.Equal("same-origin", await OpenerPolicyAsync("127.0.0.1", "signin"));
        Assert.Equal("", await OpenerPolicyAsync("stemlab.local", "signin"));
        Assert.Equal("", await OpenerPolicyAsync("127.0.0.1", "lesson"));
        Assert.Equal("", await OpenerPolicyAsync("127.0.0.1", "j"));

        async Task<string> OpenerPolicyAsync(string host, string page)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(school.MachineUrl, page));
            request.Headers.Host = host;
            using var answer = await school.Client().SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
            return answer.Headers.TryGetValues("Cross-Origin-Opener-Policy", out var values) ? values.Single() : "";
        }
    }

    [Fact]
    public async Task A_name_that_was_led_here_is_not_answered()
    {
        await using var school = await School.OpenAsync();
        var client = school.Client();
        client.DefaultRequestHeaders.Host = "evil.example";
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await School.GetAsync(client, "v1/access")).Status);

        await using var fresh = await Api.HubFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/agents");
        request.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await fresh.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Who_types_a_name_that_leads_here_is_told_the_address_on_a_page_with_nothing_else()
    {
        await using var school = await School.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "class?code=ABC234");
        request.Headers.Host = "tramdo.vn:8123";
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await school.Client().SendAsync(request, TestContext.Current.CancellationToken);
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.MisdirectedRequest, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(page, "<a href=\"http://[0-9.]+:8123/\">"));
        Assert.Contains("does not go by the name tramdo.vn", page, StringComparison.Ordinal);
        Assert.Contains("Trạm này không mang tên tramdo.vn", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ABC234", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_answer_may_be_framed_sniffed_or_run_as_a_page()
    {
        await using var school = await School.OpenAsync();
        foreach (var path in (string[])["signin", "v1/access", "livez", "assets/../../etc/passwd", "nothing-here", "v1/agents", "ca.pem"])
        {
            using var answer = await school.Client().GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.StartsWith("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.DoesNotContain("Server", answer.Headers.Select(header => header.Key));
        }

        using var page = await school.Client().GetAsync("signin", TestContext.Current.CancellationToken);
        Assert.Contains("frame-ancestors 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("assets/..%2f..%2fhub.db")]
    [InlineData("assets/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("assets/....//....//etc/passwd")]
    [InlineData("assets/%00")]
    [InlineData("assets/C:%5cwindows%5cwin.ini")]
    public async Task A_path_out_of_the_assets_leads_nowhere(string path)
    {
        await using var school = await School.OpenAsync();
        using var answer = await school.Client().GetAsync(path, TestContext.Current.CancellationToken);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Script_in_a_name_is_text_on_the_page()
    {
        await using var school = await School.OpenAsync();
        const string Script = "<script>alert(1)</script>";
        var admin = school.Client(school.SecretOf(Roles.Admin));
        await School.PostAsync(admin, "v1/access/people:invite", new { displayName = Script });
        await School.PostAsync(admin, "v1/access/tokens", new { displayName = "\"><img src=x onerror=alert(1)>", role = "kiosk", board = "/?x=</script><script>alert(1)" });
        school.Get<AuditLog>().Add("admin", Script, "</td><script>alert(2)</script>");
        foreach (var path in (string[])["audit", "people", "class", "?by=</script><script>alert(3)", "signin?then=javascript:alert(4)", "j/%3Cscript%3Ealert(5)%3C%2Fscript%3E"])
        {
            var page = await admin.GetStringAsync(path, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("<script>alert", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img src=x", page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_line_break_in_what_a_stranger_says_does_not_make_a_second_line_in_the_log()
    {
        await using var school = await School.OpenAsync();
        await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "admin\n{\"@t\":\"2026\",\"@mt\":\"forged\"}", passphrase = "wrong\r\nforged" });
        using var odd = new HttpRequestMessage(HttpMethod.Get, "v1/agents%0aforged");
        odd.Headers.TryAddWithoutValidation("User-Agent", "forged");
        using var _ = await school.Client().SendAsync(odd, TestContext.Current.CancellationToken);
        Assert.All(school.Get<AuditLog>().Read(500), entry => Assert.DoesNotContain("forged", entry.Subject, StringComparison.Ordinal));
        foreach (var log in Directory.GetFiles(Path.Combine(school.Folder, "logs")))
        {
            using var open = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            while (await open.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                Assert.NotEqual("forged", System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("@mt").GetString());
            }
        }
    }

    [Fact]
    public async Task No_address_of_a_visitor_is_in_the_log_or_the_audit()
    {
        await using var school = await School.OpenAsync();
        await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "admin", passphrase = "wrong" });
        await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "admin", passphrase = School.AdminPassphrase });
        var address = School.Outside.ToString();
        Assert.DoesNotContain(school.Get<AuditLog>().Read(500), entry => entry.ToString().Contains(address, StringComparison.Ordinal));
        foreach (var log in Directory.GetFiles(Path.Combine(school.Folder, "logs")))
        {
            using var open = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            Assert.DoesNotContain(address, await open.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Oversized_bodies_and_headers_are_refused_before_they_are_read()
    {
        await using var school = await School.OpenAsync();
        var client = school.Client();
        using var body = new StringContent($$"""{ "name": "{{new string('x', 5_000_000)}}" }""", Encoding.UTF8, "application/json");
        try
        {
            using var large = await client.PostAsync(new Uri("v1/access:signIn", UriKind.Relative), body, TestContext.Current.CancellationToken);
            Assert.False(large.IsSuccessStatusCode);
        }
        catch (HttpRequestException closed)
        {
            // The hub hangs up while the rest is still being sent.
            Assert.IsType<IOException>(closed.InnerException);
        }

        var grpc = await Assert.ThrowsAsync<RpcException>(async () => await new AccessService.AccessServiceClient(school.Grpc()).SignInAsync(
            new SignInRequest { Name = new string('x', 2_000_000) }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.ResourceExhausted, grpc.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Get, "livez");
        request.Headers.Add("x-long", new string('x', 40_000));
        using var headers = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, headers.StatusCode);
    }

    [Fact]
    public async Task A_small_gzip_that_unpacks_to_a_gigabyte_is_not_unpacked()
    {
        await using var school = await School.OpenAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 64; i++)
            {
                await gzip.WriteAsync(zeros, TestContext.Current.CancellationToken);
            }
        }

        byte[] message = [1, .. BitConverter.GetBytes((int)packed.Length).Reverse(), .. packed.ToArray()];
        using var request = new HttpRequestMessage(HttpMethod.Post, "stemlab.v1.AccessService/SignIn") { Content = new ByteArrayContent(message) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web");
        request.Headers.Add("grpc-encoding", "gzip");
        using var answer = await school.Client().SendAsync(request, TestContext.Current.CancellationToken);
        var status = answer.Headers.TryGetValues("grpc-status", out var header) ? header.First() : Encoding.ASCII.GetString(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Contains(((int)StatusCode.ResourceExhausted).ToString(System.Globalization.CultureInfo.InvariantCulture), status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_people_cannot_be_found_out_by_asking()
    {
        await using var school = await School.OpenAsync();
        var (_, known) = await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "admin", passphrase = "wrong passphrase" });
        var (_, unknown) = await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "nobody", passphrase = "wrong passphrase" });
        Assert.Equal(known.ToString(), unknown.ToString());

        // Ids of sessions and seats: what is not one's own and what is not there are the same.
        var sessions = school.Get<Classroom.ClassSessions>();
        var session = sessions.OpenOne("teacher:1")!;
        var seat = school.Client(sessions.Join(session)!.Value.Secret);
        foreach (var path in (string[])["v1/access/people", "v1/classSessions", "v1/access/tokens", "v1/access/audit"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await School.GetAsync(seat, path)).Status);
        }
    }

    [Fact]
    public async Task An_invitation_opens_nothing_but_itself_and_a_spent_seat_does_not_come_back()
    {
        await using var school = await School.OpenAsync();
        var invite = school.Get<PersonBook>().Invite("Cô Lan")!.Value.Secret;
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(school.Client(invite), "v1/agents")).Status);
        var sessions = school.Get<Classroom.ClassSessions>();
        var session = sessions.OpenOne("teacher:1")!;
        var (seat, secret) = sessions.Join(session)!.Value;
        sessions.Remove(session.Id, seat.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(school.Client(secret), "v1/seat")).Status);
        await school.RestartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(school.Client(secret), "v1/seat")).Status);
    }

    [GeneratedRegex("data-page=\"([^\"]+)\"")]
    private static partial Regex PageToken();
}
