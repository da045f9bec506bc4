using System.Net;
using System.Text;
using System.Text.Json;

namespace StemLab.Hub.Api;

/// <summary>Who calls by JSON is told what is wrong with what was sent, in both languages, whatever is wrong with it.</summary>
public sealed class JsonFaceTests
{
    [Theory]
    [InlineData("/v1/qcRules", "{\"rules\": {\"property\": \"ph\"", "line 1 at position", "dòng 1")]
    [InlineData("/v1/qcRules", "{\n\"rules\": ph}", "line 2 at position 10", "dòng 2, vị trí 10")]
    [InlineData("/v1/qcRules", "{\"rules\": {\"property\": \"ph\", \"gross_range\": {\"fail_min\": \"low\"}}}", "low", "không đúng kiểu")]
    [InlineData("/v1/qcRules", "[]", "does not fit", "không đúng kiểu")]
    [InlineData("/v1/qcRules", "", "", "")]
    public async Task What_cannot_be_read_is_refused_with_the_place_of_the_fault(string path, string body, string english, string vietnamese)
    {
        await using var hub = await HubFixture.StartAsync();
        var (status, said) = await PostAsync(hub, path, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(english, said["en"], StringComparison.Ordinal);
        Assert.Contains(vietnamese, said["vi"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_in_an_address_that_is_none_is_refused_in_both_languages_and_what_is_right_goes_through()
    {
        await using var hub = await HubFixture.StartAsync();
        var rules = $"/v1/{HubFixture.Channel("ph", "ph")}:qcRules";
        await hub.RowsAsync("ph", "ph", "[pH]", (hub.NowUs, 7));
        using var wrong = await hub.Http.GetAsync(new Uri($"{rules}?asOfRevision=many", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("sai kiểu", await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var right = await hub.Http.GetAsync(new Uri($"{rules}?asOfRevision=1", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Contains("effective", await right.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/readings:query?channels=agents/-/channels/-&maxBucket=24", "maxBucket: is not a parameter of this call; did you mean maxBuckets", "có phải ý bạn là maxBuckets")]
    [InlineData("/v1/readings:watch?chanels=agents/-/channels/-", "did you mean channels", "ý bạn là channels")]
    [InlineData("/v1/readings:query?Channels=x&start_time_uss=3", "start_time_uss: is not a parameter of this call; did you mean startTimeUs", "“Channels”")]
    [InlineData("/v1/channels?limit=3", "it takes:", "các tham số dùng được:")]
    [InlineData("/v1/analysis:describe?span.chanel=x", "did you mean span.channel", "ý bạn là span.channel")]
    public async Task A_name_in_an_address_that_the_call_does_not_know_is_refused_with_the_ones_that_are_near(string address, string english, string vietnamese)
    {
        await using var hub = await HubFixture.StartAsync();
        using var answer = await hub.Http.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var said = await SaidAsync(answer);
        Assert.Contains(english, said["en"], StringComparison.Ordinal);
        Assert.Contains(vietnamese, said["vi"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/channels?_=1732600000&$alt=json&access_token=x")]
    [InlineData("/v1/readings:query?channels=agents/-/channels/-&max_buckets=24&endTimeUs=5")]
    public async Task Both_spellings_of_a_name_and_what_caches_and_clients_add_of_their_own_go_through(string address)
    {
        await using var hub = await HubFixture.StartAsync();
        using var answer = await hub.Http.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("not a parameter", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> SaidAsync(HttpResponseMessage answer)
    {
        using var status = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return status.RootElement.GetProperty("details").EnumerateArray()
            .Where(detail => detail.TryGetProperty("locale", out _))
            .ToDictionary(detail => detail.GetProperty("locale").GetString()!, detail => detail.GetProperty("message").GetString()!);
    }

    private static async Task<(HttpStatusCode Status, Dictionary<string, string> Said)> PostAsync(HubFixture hub, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await hub.Http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await SaidAsync(answer));
    }
}
