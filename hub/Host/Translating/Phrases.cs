using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using StemLab.V1;

namespace StemLab.Hub.Translating;

/// <summary>
/// What the hub itself says, in a language of a key file: found by its English words, so that whoever says it need not know of other languages. What a file lacks stays English. Immutable; safe from any thread.
/// </summary>
internal sealed partial class Phrases
{
    private readonly FrozenDictionary<string, Book> _books;

    public Phrases(KeyFiles files)
    {
        var english = files.All.Any(file => file.Trouble.Length == 0) ? PhraseKeys.All() : [];
        _books = files.All.Where(file => file.Trouble.Length == 0).ToFrozenDictionary(file => file.Code, file => new Book(english, file.Texts), StringComparer.Ordinal);
    }

    /// <summary>Codes of the languages there are beside Vietnamese and English.</summary>
    public ImmutableArray<string> Codes => _books.Keys;

    /// <summary>The one of those languages a request wants: chosen on the pages before, else the caller's first; null = it wants none of them.</summary>
    public string? WantedBy(HttpContext context)
    {
        if (_books.Count == 0)
        {
            return null;
        }

        var wanted = context.Request.Cookies["lang"] is { Length: > 0 } chosen ? chosen : context.Request.Headers.AcceptLanguage.ToString().Split(',', ';', '-')[0].Trim();
        return _books.ContainsKey(wanted) ? wanted : null;
    }

    /// <summary>Of two languages the reader's own; a third one where its file has the words.</summary>
    public string Say(string code, string english, string vietnamese) => code == "vi" ? vietnamese : Find(code, english) ?? english;

    /// <summary>The same of a sentence, which may bring its own words in other languages (<see cref="Sentence.More"/>).</summary>
    public string Say(string code, Sentence? sentence) => sentence is null ? "" : OwnOf(sentence, code) ?? Say(code, sentence.En, sentence.Vi);

    /// <summary>What the sentence itself has in a language; null = nothing.</summary>
    public static string? OwnOf(Sentence sentence, string code) => sentence.More is { } more && more.Fields.TryGetValue(code, out var own) && own.StringValue is { Length: > 0 } words ? words : null;

    /// <summary>English words of the hub in a third language; null = its file has none for them.</summary>
    public string? Find(string code, string english) => _books.TryGetValue(code, out var book) ? book.Find(english) : null;

    /// <summary>A record of texts in each of those languages.</summary>
    public FrozenDictionary<string, T> Overlaid<T>(T english, JsonTypeInfo<T> type)
        where T : class => _books.ToFrozenDictionary(one => one.Key, one => (T)RecordKeys.Overlaid(english, type, one.Value.Texts), StringComparer.Ordinal);

    /// <summary>One language: its words by the English ones, and frames whose gaps are filled elsewhere.</summary>
    private sealed class Book
    {
        private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
        private readonly List<(Regex Frame, string Text)> _frames = [];

        public Book(SortedDictionary<string, string> english, FrozenDictionary<string, string> texts)
        {
            Texts = texts;
            foreach (var (key, words) in english)
            {
                if (!texts.TryGetValue(key, out var text) || RecordKeys.Gaps(words) != RecordKeys.Gaps(text))
                {
                    continue;
                }

                if (RecordKeys.Gaps(words).Length == 0)
                {
                    _words.TryAdd(words, text);
                    continue;
                }

                _frames.Add((new Regex($"^{Filled().Replace(Regex.Escape(words), "(?<g$1>.+?)")}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline), text));
            }
        }

        public FrozenDictionary<string, string> Texts { get; }

        public string? Find(string english)
        {
            if (_words.TryGetValue(english, out var text))
            {
                return text;
            }

            // What is put together of names: "Salt in the bay · Dolphin · 1", "Octopus 2".
            if (english.Contains(" · ", StringComparison.Ordinal))
            {
                var parts = english.Split(" · ");
                var said = parts.Select(Find).ToArray();
                return said.Any(part => part is not null) ? string.Join(" · ", parts.Zip(said, (part, own) => own ?? part)) : null;
            }

            if (english.LastIndexOf(' ') is > 0 and var last && english.AsSpan(last + 1).IndexOfAnyExceptInRange('0', '9') < 0 && _words.TryGetValue(english[..last], out var name))
            {
                return name + english[last..];
            }

            foreach (var (frame, into) in _frames)
            {
                if (frame.Match(english) is { Success: true } match)
                {
                    return Gap().Replace(into, gap => match.Groups[$"g{gap.Groups[1].Value}"].Value is var filled && _words.TryGetValue(filled, out var own) ? own : filled);
                }
            }

            return null;
        }
    }

    /// <summary>A gap as it stands in an escaped text.</summary>
    [GeneratedRegex(@"\\\{(\d)\}")]
    private static partial Regex Filled();

    [GeneratedRegex(@"\{(\d)\}")]
    private static partial Regex Gap();
}
