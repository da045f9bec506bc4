using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace StemLab.Hub.Web;

/// <summary>JSON that stands in a page. Pure.</summary>
internal static class PageJson
{
    /// <summary>The letters of every language as they are: written as codes, Vietnamese is three times as long and no packer finds it again in the markup.</summary>
    private static readonly PageTypes Letters = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });

    public static string Of(DeskChannel[] channels) => JsonSerializer.Serialize(channels, Letters.DeskChannelArray);

    public static string Of(PublicPlace[] places) => JsonSerializer.Serialize(places, Letters.PublicPlaceArray);

    public static string Of(Dictionary<string, JsonElement> texts) => JsonSerializer.Serialize(texts, Letters.DictionaryStringJsonElement);

    /// <summary>A record of texts. The default encoder escapes '&lt;', so a text can never end the script element.</summary>
    /// <exception cref="ArgumentException"><see cref="PageTypes"/> does not name its type.</exception>
    public static string Texts(object record) =>
        JsonSerializer.Serialize(record, PageTypes.Default.GetTypeInfo(record.GetType()) ?? throw new ArgumentException($"{record.GetType().Name} is not in {nameof(PageTypes)}", nameof(record)));
}
