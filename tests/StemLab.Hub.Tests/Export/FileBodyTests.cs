using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StemLab.TestKit;

namespace StemLab.Hub.Export;

public sealed class FileBodyTests
{
    private const int Size = 700_003;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 0, Size)]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=262143-262144", 262_143, 2)]
    [InlineData("bytes=262144-524287", 262_144, 262_144)]
    [InlineData("bytes=100-", 100, Size - 100)]
    [InlineData("bytes=-5", Size - 5, 5)]
    public async Task What_is_asked_of_a_file_comes_whole_across_its_pieces(string range, int from, int count)
    {
        using var folder = new TempFolder();
        byte[] bytes = new byte[Size];
        new Random(5).NextBytes(bytes);
        await File.WriteAllBytesAsync(folder.File("file"), bytes, Token);
        await using WebApplication app = await ServeAsync(folder.File("file"));
        using var client = new HttpClient();
        using var asked = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single());
        asked.Headers.TryAddWithoutValidation("Range", range);

        using HttpResponseMessage answer = await client.SendAsync(asked, Token);

        Assert.Equal(range.Length == 0 ? HttpStatusCode.OK : HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(count, answer.Content.Headers.ContentLength);
        Assert.Equal(bytes[from..(from + count)], await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task A_range_behind_the_end_and_a_head_alone_send_nothing()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("file"), new byte[Size], Token);
        await using WebApplication app = await ServeAsync(folder.File("file"));
        using var client = new HttpClient();
        using var behind = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single()) { Headers = { Range = new(Size, null) } };
        using var head = new HttpRequestMessage(HttpMethod.Head, app.Urls.Single());

        using HttpResponseMessage refused = await client.SendAsync(behind, Token);
        using HttpResponseMessage told = await client.SendAsync(head, Token);

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);
        Assert.Equal(Size, told.Content.Headers.ContentLength);
        Assert.Empty(await told.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task A_file_that_became_shorter_breaks_off_instead_of_ending_as_if_whole()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("file"), new byte[Size], Token);
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        FileBody.Use(context);

        await Assert.ThrowsAsync<EndOfStreamException>(() => context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()!.SendFileAsync(folder.File("file"), 0, Size + 1L, Token));
    }

    private static async Task<WebApplication> ServeAsync(string path)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapMethods("/", ["GET", "HEAD"], (HttpContext context) =>
        {
            FileBody.Use(context);
            return Results.File(path, "application/octet-stream", enableRangeProcessing: true);
        });
        await app.StartAsync(Token);
        return app;
    }
}
