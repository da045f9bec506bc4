using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using StemLab.Hub.Translating;

namespace StemLab.Hub.TakeHome;

/// <summary>Texts of what is taken home in each language there is. Immutable.</summary>
internal sealed class TakeHomeWords(Phrases phrases)
{
    private readonly FrozenDictionary<string, TakeHomeTexts> _more = phrases.Overlaid(TakeHomeTexts.English, TakeHomeTypes.Default.TakeHomeTexts)
        .ToFrozenDictionary(one => one.Key, one => one.Value with { Language = one.Key, Phrases = phrases }, StringComparer.Ordinal);

    /// <summary>Keys of these texts, in English.</summary>
    public static IEnumerable<(string Key, string Text)> Keys() => RecordKeys.Of(TakeHomeTexts.English, TakeHomeTypes.Default.TakeHomeTexts);

    /// <summary>English where a language is not known.</summary>
    public TakeHomeTexts Of(string language) => _more.GetValueOrDefault(language) ?? TakeHomeTexts.Of(language);

    /// <summary>As asked for in the address, else as chosen on the pages, else the browser's.</summary>
    public TakeHomeTexts Of(HttpContext context)
    {
        var asked = context.Request.Query["lang"].ToString();
        if (asked is "vi" or "en" || _more.ContainsKey(asked))
        {
            return Of(asked);
        }

        var known = context.Request.Cookies["lang"] ?? context.Request.Headers.AcceptLanguage.ToString();
        return Of(phrases.WantedBy(context) ?? (known.StartsWith("vi", StringComparison.OrdinalIgnoreCase) ? "vi" : "en"));
    }
}

/// <summary>Generated readers and writers of these texts.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TakeHomeTexts))]
internal sealed partial class TakeHomeTypes : JsonSerializerContext;
