using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace StemLab.Hub.Web;

/// <summary>JSON that stands in a page, with the letters of every language as they are: written as codes, Vietnamese is three times as long and no packer finds it again in the markup. Pure.</summary>
internal static class PageJson
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static string Of<T>(T what) => JsonSerializer.Serialize(what, Web);
}
