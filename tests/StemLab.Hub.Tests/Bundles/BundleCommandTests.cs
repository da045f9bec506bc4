using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using StemLab.Hub.Retention;
using StemLab.Hub.Startup;
using StemLab.TestKit;

namespace StemLab.Hub.Bundles;

public sealed class BundleCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_boat_writes_a_stick_and_the_school_merges_it_as_often_as_it_likes()
    {
        await using var boat = await RetentionFixture.StartAsync();
        await using var school = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        await boat.SendAsync("pond", 1_000_000, 5000);
        var stick = folder.File("trip.slbundle");

        var (code, told) = await RunAsync("write", stick, "--data", boat.Data);
        Assert.Equal(0, code);
        Assert.Contains("5,000 readings", told, StringComparison.Ordinal);
        Assert.Equal([stick], Directory.GetFiles(folder.Path));
        (code, told) = await RunAsync("merge", stick, "--data", school.Data);
        Assert.Equal(0, code);
        Assert.Contains("5,000 new, 0 duplicate", told, StringComparison.Ordinal);
        Assert.Equal(5000, (await school.QueryAsync("pond")).Values.Count);
        (_, told) = await RunAsync("merge", stick, "--data", school.Data);
        Assert.Contains("0 new, 5,000 duplicate", told, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(school.Data, "incoming")));

        await RunAsync("write", stick, "--data", school.Data);
        await RunAsync("merge", stick, "--data", boat.Data);
        Assert.Equal((await RunAsync("hash", "--data", boat.Data)).Output, (await RunAsync("hash", "--data", school.Data)).Output);

        var bytes = await File.ReadAllBytesAsync(stick, Stop);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(stick, bytes, Stop);
        (code, told) = await RunAsync("merge", stick, "--data", school.Data);
        Assert.Equal(1, code);
        Assert.Matches("lost: part [0-9a-f]{64}, bytes [0-9]+ to [0-9]+", told);
        await File.WriteAllTextAsync(stick, "something else", Stop);
        Assert.Contains("no StemLab bundle", (await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync("merge", stick, "--data", school.Data))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", (await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync("merge", folder.File("none"), "--data", school.Data))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_comes_over_the_network_and_a_cut_copy_goes_on()
    {
        await using var boat = await RetentionFixture.StartAsync();
        await using var school = await RetentionFixture.StartAsync();
        await boat.SendAsync("pond", 1_000_000, 5000);
        using var http = new HttpClient { BaseAddress = new Uri(boat.Hub.PageUrl) };
        using var wrote = await http.PostAsync("bundles", null, Stop);
        var last = (await wrote.Content.ReadAsStringAsync(Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        var path = System.Text.Json.JsonDocument.Parse(last).RootElement.GetProperty("path").GetString()!;
        using var rest = new HttpRequestMessage(HttpMethod.Get, path.TrimStart('/')) { Headers = { Range = new RangeHeaderValue(100, null) } };
        using var part = await http.SendAsync(rest, Stop);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);

        var (code, told) = await RunAsync("merge", $"{boat.Hub.PageUrl.TrimEnd('/')}{path}", "--data", school.Data);

        Assert.Equal(0, code);
        Assert.Contains("5,000 new", told, StringComparison.Ordinal);
        using var gone = await http.GetAsync("bundles/files/stemlab-000000000000.slbundle", Stop);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync("merge", $"{boat.Hub.PageUrl}bundles/files/stemlab-000000000000.slbundle", "--data", school.Data));
    }

    [Fact]
    public async Task An_upload_in_pieces_goes_on_where_it_stopped_and_says_so()
    {
        await using var hub = await RetentionFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Hub.PageUrl) };
        using var begun = await http.PostAsync("uploads?name=..%2Ftrip.slbundle", null, Stop);
        using var upload = System.Text.Json.JsonDocument.Parse(await begun.Content.ReadAsStringAsync(Stop));
        Assert.Equal("trip.slbundle", upload.RootElement.GetProperty("name").GetString());
        var id = upload.RootElement.GetProperty("id").GetString();

        using var first = await http.PutAsync($"uploads/{id}?offset=0", new ByteArrayContent(new byte[10]), Stop);
        using var wrong = await http.PutAsync($"uploads/{id}?offset=5", new ByteArrayContent(new byte[10]), Stop);
        using var other = await http.GetAsync("uploads/00", Stop);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, wrong.StatusCode);
        Assert.Contains("10 bytes are here, not 5", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var merge = await http.PostAsync($"bundles/merge?upload={id}", null, Stop);
        Assert.Contains("no StemLab bundle", await merge.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, merge.StatusCode);
        using var removed = await http.DeleteAsync($"uploads/{id}", Stop);
        Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        var output = new StringWriter();
        var code = await BundleCommand.Build().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false }, Stop);
        return (code, output.ToString());
    }
}
