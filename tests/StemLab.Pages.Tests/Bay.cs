using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StemLab.Pages;

/// <summary>The demo's hub over the JSON face, as who sits at its machine.</summary>
internal sealed class Bay(string url) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(url), DefaultRequestHeaders = { { "accept-language", "en" } } };

    public void Dispose() => http.Dispose();

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await ReadAsync(answer);
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await ReadAsync(answer);
    }

    public async Task DeleteAsync(string path)
    {
        using var answer = await http.DeleteAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        await ReadAsync(answer);
    }

    public Task<HttpResponseMessage> SendAsync(string path) => http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>Channels of the first agent that measures a property, that property first.</summary>
    public async Task<string[]> ChannelsAsync(string property, int most)
    {
        var all = (await GetAsync("v1/channels")).GetProperty("channels").EnumerateArray().ToList();
        var agent = all.First(channel => channel.GetProperty("observedProperty").GetString() == property).GetProperty("agent").GetString();
        return
        [
            .. all.Where(channel => channel.GetProperty("agent").GetString() == agent)
                .OrderBy(channel => channel.GetProperty("observedProperty").GetString() == property ? 0 : 1).Take(most).Select(channel => channel.GetProperty("name").GetString()!),
        ];
    }

    /// <summary>The hub's UTC now, µs.</summary>
    public async Task<long> NowUsAsync() => long.Parse((await GetAsync("v1/hub")).GetProperty("utcUs").ToString(), CultureInfo.InvariantCulture);

    /// <summary>Waits until the demo's history has come in: of the last so many minutes nearly every one has readings of the channel.</summary>
    public async Task HistoryAsync(string channel, int minutes)
    {
        while (true)
        {
            // One bucket more than minutes: but for the moment a minute turns, they begin and end in the middle of one.
            var now = await NowUsAsync();
            var answer = await http.GetStringAsync(
                new Uri(string.Create(CultureInfo.InvariantCulture, $"v1/readings:query?channels={channel}&startTimeUs={now - (minutes * 60_000_000L)}&endTimeUs={now}&maxBuckets={minutes + 1}"), UriKind.Relative), TestContext.Current.CancellationToken);
            var buckets = Regex.Matches(answer, "\"count\": ?\\[([^\\]]*)\\]").Sum(count => count.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Length);
            if (buckets >= minutes - 5)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>States a run that is over; answers its number, 32 letters and digits.</summary>
    public async Task<string> RunAsync(string title, string[] channels, long startUs, long endUs)
    {
        var stated = await PostAsync("v1/facts", new { fact = new { run = new { title, channels, start = new { utcUs = startUs.ToString(CultureInfo.InvariantCulture) }, end = new { utcUs = endUs.ToString(CultureInfo.InvariantCulture) } } } });
        return stated.GetProperty("fact").GetProperty("run").GetProperty("runId").GetString()!;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        using var parsed = JsonDocument.Parse(text);
        return parsed.RootElement.Clone();
    }
}
