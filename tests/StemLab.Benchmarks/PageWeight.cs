using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace StemLab.Benchmarks;

/// <summary>What a browser must load before a page works: the page and, from it on, everything its markup and its modules name.</summary>
/// <param name="Requests">How many.</param>
/// <param name="Bytes">Bodies as sent, compressed with gzip where the hub does so.</param>
internal sealed partial record PageWeight(int Requests, long Bytes)
{
    public static async Task<PageWeight> OfAsync(HttpClient client, string page)
    {
        var seen = new HashSet<Uri>();
        var waiting = new Queue<Uri>([new Uri(client.BaseAddress!, page)]);
        var bytes = 0L;
        while (waiting.TryDequeue(out var next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            using var question = new HttpRequestMessage(HttpMethod.Get, next);
            question.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
            using var answer = await client.SendAsync(question);
            if (!answer.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"{next} answers {(int)answer.StatusCode}");
            }

            var body = await answer.Content.ReadAsByteArrayAsync();
            bytes += body.Length;
            var text = answer.Content.Headers.ContentEncoding.Contains("gzip") ? Unzip(body) : System.Text.Encoding.UTF8.GetString(body);
            foreach (var named in Named(answer.Content.Headers.ContentType?.MediaType, text))
            {
                // What stands in the markup itself ("data:") is loaded with it.
                if (new Uri(next, named) is { Scheme: "http" or "https" } address)
                {
                    waiting.Enqueue(address);
                }
            }
        }

        return new PageWeight(seen.Count, bytes);
    }

    private static IEnumerable<string> Named(string? type, string text) => type switch
    {
        "text/html" => Loaded().Matches(text).Select(match => match.Groups[1].Value),
        "text/javascript" => Imported().Matches(text).Select(match => match.Groups[1].Value),
        _ => [],
    };

    private static string Unzip(byte[] body)
    {
        using var zip = new System.IO.Compression.GZipStream(new MemoryStream(body), System.IO.Compression.CompressionMode.Decompress);
        return new StreamReader(zip).ReadToEnd();
    }

    /// <summary>Without what the chart asks: that is data, as much as there is of it. The page tests count it too, in a real browser.</summary>
    [GeneratedRegex("""<(?:link|script|img)\b(?![^>]*\bas="fetch")[^>]*?\b(?:href|src)="([^"]+)"[^>]*>""")]
    private static partial Regex Loaded();

    [GeneratedRegex("""^\s*(?:import|export)\b(?:[^;'"()]*?\bfrom)?\s*['"]([^'"]+)['"]""", RegexOptions.Multiline)]
    private static partial Regex Imported();
}
