using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using StemLab.Hub.Fleet;
using StemLab.TestKit;

namespace StemLab.Hub.Access;

/// <summary>The written matrix is the true one, and it is kept by every face.</summary>
public sealed partial class MatrixTests
{
    // Streams begin when they have something to say: whoever was not refused by then has been let in.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task The_written_matrix_is_what_the_endpoints_say()
    {
        await using var school = await School.OpenAsync();
        var matrix = AccessMatrix.Write(school.Get<EndpointDataSource>());
        var file = Path.Combine(Clone.Root, "hub", "Host", "Access", "MATRIX.md");
        if (Environment.GetEnvironmentVariable("STEMLAB_APPROVE") == "1")
        {
            await File.WriteAllTextAsync(file, matrix, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), matrix);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("grpc-web")]
    [InlineData("json")]
    public async Task Every_rpc_lets_every_role_in_or_not_as_the_matrix_says(string face)
    {
        await using var school = await School.OpenAsync();
        var agent = school.Get<FleetBook>().Enrol("pond").Token;
        var rpcs = AccessMatrix.RpcsOf(school.Get<EndpointDataSource>());
        var wrong = new List<string>();
        using var client = Client(face == "grpc" ? school.GrpcUrl : school.PlainUrl);
        foreach (var role in AccessMatrix.Roles)
        {
            var secret = role == "agent" ? agent : school.SecretOf(role);
            foreach (var rpc in rpcs)
            {
                if (face == "json" && rpc.Path.Length == 0)
                {
                    continue;
                }

                using var request = face == "json" ? Json(rpc) : Grpc(rpc, face);
                var expected = AccessMatrix.LetsIn(rpc.Policy, role);
                if (await IsLetInAsync(client, request, secret) != expected)
                {
                    wrong.Add($"{rpc.Method} as {role} by {face}: should {(expected ? "" : "not ")}be let in");
                }

                // What a role may do it has just done; some of it takes the role away.
                if (expected && Ends().IsMatch(rpc.Method))
                {
                    secret = role == "agent" ? agent : school.SecretOf(role);
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_page_and_endpoint_lets_every_role_in_or_not_as_the_matrix_says()
    {
        await using var school = await School.OpenAsync();
        var agent = school.Get<FleetBook>().Enrol("pond").Token;
        var wrong = new List<string>();
        using var client = Client(school.PlainUrl);
        foreach (var role in AccessMatrix.Roles)
        {
            var secret = role == "agent" ? agent : school.SecretOf(role);
            foreach (var door in AccessMatrix.DoorsOf(school.Get<EndpointDataSource>()))
            {
                using var request = new HttpRequestMessage(new HttpMethod(door.Verb == "ANY" ? "GET" : door.Verb), Parameter().Replace(door.Path, "x"));
                var expected = AccessMatrix.LetsIn(door.Policy, role);
                if (await IsLetInAsync(client, request, secret) != expected)
                {
                    wrong.Add($"{door.Verb} {door.Path} as {role}: should {(expected ? "" : "not ")}be let in");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Whoever_may_not_see_a_page_is_led_to_the_sign_in()
    {
        await using var school = await School.OpenAsync();
        foreach (var role in (string[])["nobody", Roles.Seat, Roles.Researcher, Roles.Teacher])
        {
            var client = school.Client(school.SecretOf(role));
            client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
            using var answer = await client.GetAsync("people", TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.Redirect, "/signin?then=%2Fpeople"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        }
    }

    private static HttpClient Client(Uri at) => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, EnableMultipleHttp2Connections = true }) { BaseAddress = at };

    private static HttpRequestMessage Grpc(AccessMatrix.Rpc rpc, string face)
    {
        // One empty message, five bytes of frame before it.
        var content = new ByteArrayContent(new byte[5]);
        content.Headers.ContentType = new MediaTypeHeaderValue(face == "grpc" ? "application/grpc" : "application/grpc-web");
        var request = new HttpRequestMessage(HttpMethod.Post, rpc.Method) { Content = content };
        if (face == "grpc")
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            request.Headers.Add("te", "trailers");
        }

        return request;
    }

    private static HttpRequestMessage Json(AccessMatrix.Rpc rpc)
    {
        var request = new HttpRequestMessage(new HttpMethod(rpc.Verb), Parameter().Replace(rpc.Path, "x"));
        if (rpc.Verb is "POST" or "PATCH" or "PUT")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        return request;
    }

    /// <summary>Refused at the door is 401, or 403 without a word; what a service itself refuses comes with one.</summary>
    private static async Task<bool> IsLetInAsync(HttpClient client, HttpRequestMessage request, string? secret)
    {
        if (secret is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return answer.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length > 0,
                _ => true,
            };
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>{name=agents/*}, {*path}, {code?}.</summary>
    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("/(SignOut|RevokeSignIn|EndSession)$")]
    private static partial Regex Ends();
}
