using System.Net;
using System.Net.Http.Headers;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Api;

/// <summary>Calls by gRPC and gRPC-Web whose bodies are no message: what is wrong is said and counted, and the log does not fill with what strangers send.</summary>
public sealed class UnreadableCallTests
{
    private const string Call = "stemlab.v1.CatalogService/ListChannels";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0000000003FFFFFF", null, "not_protobuf")]
    [InlineData("68656C6C6F20776F726C642C2068656C6C6F", null, "bad_frame")]
    [InlineData("0100000003010203", "gzip", "bad_frame")]
    [InlineData("00FFFFFFFF010203", null, "bad_frame")]
    [InlineData("", null, "bad_frame")]
    [InlineData("0000", null, "bad_frame")]
    [InlineData("0000000005", null, "bad_frame")]
    [InlineData("00000000050A01", null, "bad_frame")]
    [InlineData("00000000000000000000", null, "bad_frame")]
    [InlineData("0100000000", null, "bad_frame")]
    [InlineData("0100000000", "identity", "bad_frame")]
    public async Task A_body_that_is_no_message_is_an_invalid_argument_counted_and_no_error_in_the_log(string body, string? encoding, string reason)
    {
        await using var hub = await HubFixture.StartAsync();
        var counter = $"unreadable.{reason}";
        var before = hub.Get<HubCounters>().Read().GetValueOrDefault(counter);
        var native = new Uri($"http://127.0.0.1:{hub.Get<RunningHub>().Options!.GrpcPort}/{Call}");

        foreach (var (address, type, version) in (((Uri, string, Version)[])[(native, "application/grpc", HttpVersion.Version20), (new Uri(hub.Http.BaseAddress!, Call), "application/grpc-web", HttpVersion.Version11)]))
        {
            var (status, message) = await SendAsync(address, type, version, Convert.FromHexString(body), encoding);
            Assert.Equal("3", status);
            Assert.Contains("message", message, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", message, StringComparison.Ordinal);
        }

        Assert.Equal(before + 2, hub.Get<HubCounters>().Read()[counter]);
        Assert.Equal("", await LoggedErrorsAsync(hub.Get<HubOptions>().DataFolder));
    }

    [Fact]
    public async Task A_call_that_can_be_read_is_answered_as_ever()
    {
        await using var hub = await HubFixture.StartAsync();
        var (status, _) = await SendAsync(new Uri($"http://127.0.0.1:{hub.Get<RunningHub>().Options!.GrpcPort}/{Call}"), "application/grpc", HttpVersion.Version20, new byte[5], null);
        Assert.Equal("0", status);
    }

    private static async Task<(string Status, string Message)> SendAsync(Uri address, string type, Version version, byte[] body, string? encoding)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.TE.ParseAdd("trailers");
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        using var answer = await client.SendAsync(request, Stop);
        await answer.Content.ReadAsByteArrayAsync(Stop);
        return (Header("grpc-status"), Uri.UnescapeDataString(Header("grpc-message")));

        string Header(string name) => answer.Headers.TryGetValues(name, out var values) || answer.TrailingHeaders.TryGetValues(name, out values) ? string.Join(',', values) : "";
    }

    private static async Task<string> LoggedErrorsAsync(string folder)
    {
        List<string> errors = [];
        foreach (var path in Directory.EnumerateFiles(Path.Combine(folder, "logs")))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var lines = new StreamReader(file);
            while (await lines.ReadLineAsync(Stop) is { } line)
            {
                errors.AddRange(line.Contains("\"@l\":\"Error\"", StringComparison.Ordinal) || line.Contains("\"@x\"", StringComparison.Ordinal) ? [line] : []);
            }
        }

        return string.Join('\n', errors);
    }
}
