using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace StemLab.Science.Texts;

/// <summary>Sentences by code, shipped as one JSON file: {"code": {"en": "… {0} …", "vi": "…"}}. Immutable; safe from any thread.</summary>
internal sealed class SentenceTable
{
    private readonly FrozenDictionary<string, Sentence> _byCode;

    private SentenceTable(FrozenDictionary<string, Sentence> byCode) => _byCode = byCode;

    internal IReadOnlyCollection<string> Codes => _byCode.Keys;

    internal static SentenceTable Load(string resource)
    {
        using var stream = typeof(SentenceTable).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"BUG: {resource} is not embedded");
        using var document = JsonDocument.Parse(stream);
        return new SentenceTable(document.RootElement.EnumerateObject().ToFrozenDictionary(
            one => one.Name, one => new Sentence(one.Value.GetProperty("en").GetString()!, one.Value.GetProperty("vi").GetString()!), StringComparer.Ordinal));
    }

    /// <summary>The sentence as it stands in the file, with its {0}, {1} …</summary>
    internal Sentence Raw(string code) => _byCode[code];

    internal bool Has(string code) => _byCode.ContainsKey(code);

    /// <summary>The sentence with its arguments set in. A code that is not in the file is a bug.</summary>
    internal Sentence Say(string code, params ReadOnlySpan<string> arguments)
    {
        var raw = _byCode.TryGetValue(code, out var found) ? found : throw new InvalidOperationException($"BUG: no sentence for {code}");
        object[] all = [.. arguments];
        return new Sentence(string.Format(CultureInfo.InvariantCulture, raw.En, all), string.Format(CultureInfo.InvariantCulture, raw.Vi, all));
    }
}
