using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using StemLab.Hub.TakeHome;
using StemLab.Hub.Translating;

namespace StemLab.Hub.Web;

/// <summary>
/// Languages beside Vietnamese and English, of the key files in the data folder: pages' own texts as records, the hub's phrases beside them. A text a file lacks, or gives with other gaps than the English one,
/// stays English. Immutable.
/// </summary>
internal sealed partial class Languages
{
    /// <summary>Every record of texts that pages show, in English, by name (tested to be whole).</summary>
    private static readonly object[] English =
    [
        AddTexts.English, AuditTexts.English, CalibrateTexts.English, ChangesTexts.English, ChannelTexts.English, ClassTexts.English,
        DatasetTexts.English, DerivedTexts.English, DoorTexts.English, HelpSheets.English, ImportTexts.English, LessonFormTexts.English,
        LessonTexts.English, PeopleTexts.English, PhonesTexts.English, PreflightTexts.English, ReportTexts.English, SampleTexts.English,
        ScreenTexts.English, SettingsTexts.English, StartTexts.English, Texts.English, TimeTexts.English, WallTexts.English,
    ];

    private static readonly KeyTypes Readable = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });

    private readonly FrozenDictionary<string, FrozenDictionary<Type, object>> _records;

    public Languages(KeyFiles files, Phrases phrases, ILogger<Languages> logger)
        : this(files, phrases, (file, problems) => FileHasProblems(logger, file, problems))
    {
    }

    /// <param name="tell">Told of each file that is not whole, with what is wrong in one line.</param>
    internal Languages(KeyFiles files, Phrases phrases, Action<string, string> tell)
    {
        Phrases = phrases;
        var found = new Dictionary<string, FrozenDictionary<Type, object>>(StringComparer.Ordinal);
        foreach (var file in files.All)
        {
            var problems = file.Trouble.Length > 0 ? [file.Trouble] : ProblemsOf(file);
            if (file.Trouble.Length == 0)
            {
                found[file.Code] = RecordsOf(file);
            }

            if (problems.Length > 0)
            {
                tell(file.File, string.Join("; ", problems.Take(10)) + (problems.Length > 10 ? $"; and {problems.Length - 10} more" : ""));
            }
        }

        _records = found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Every record of texts that pages show.</summary>
    public static ImmutableArray<Type> Records { get; } = [.. English.Select(texts => texts.GetType())];

    /// <summary>What the hub itself says.</summary>
    public Phrases Phrases { get; }

    /// <summary>Codes and names, Vietnamese and English first.</summary>
    public ImmutableArray<(string Code, string Name)> All => [("vi", "Tiếng Việt"), ("en", "English"), .. _records.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, NameOf(one.Key)))];

    public bool Has(string code) => code is "vi" or "en" || _records.ContainsKey(code);

    /// <summary>The common texts of a language, which lead to all others.</summary>
    public Texts Of(string code) => (_records.TryGetValue(code, out var records) ? (Texts)records[typeof(Texts)] : Texts.Of(code)) with { Known = this };

    /// <summary>A record in a language of a key file; the one given where there is none.</summary>
    public T In<T>(string code, T otherwise)
        where T : class => _records.TryGetValue(code, out var records) && records.TryGetValue(typeof(T), out var record) ? (T)record : otherwise;

    /// <summary>Every key with its English text, by key: what a translator begins with.</summary>
    public static SortedDictionary<string, string> Keys()
    {
        var keys = PhraseKeys.All();
        foreach (var (key, text) in English.SelectMany(Flat).Concat(TakeHomeWords.Keys()))
        {
            keys[key] = text;
        }

        return keys;
    }

    /// <summary>The file a translator begins with.</summary>
    public static string Template() => JsonSerializer.Serialize(new KeyTemplate("English", Keys()), Readable.KeyTemplate);

    /// <summary>Keys of one record with its texts.</summary>
    public static IEnumerable<(string Key, string Text)> Flat(object record) => RecordKeys.Of(record, TypeOf(record));

    private static JsonTypeInfo TypeOf(object record) => PageTypes.Default.GetTypeInfo(record.GetType())!;

    private static string[] ProblemsOf(FoundKeys file)
    {
        var (english, texts) = (Keys(), file.Texts);
        return
        [
            .. texts.Keys.Where(key => !english.ContainsKey(key)).Order(StringComparer.Ordinal).Select(key => $"no text has the key {key}"),
            .. english.Where(one => one.Value.Length > 0 && !texts.ContainsKey(one.Key)).Select(one => $"{one.Key} is missing"),
            .. texts.Where(one => english.TryGetValue(one.Key, out var text) && RecordKeys.Gaps(text) != RecordKeys.Gaps(one.Value)).OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => $"{one.Key} must have the gaps {RecordKeys.Gaps(english[one.Key])}"),
        ];
    }

    private static FrozenDictionary<Type, object> RecordsOf(FoundKeys file)
    {
        var records = English.ToDictionary(record => record.GetType(), record => RecordKeys.Overlaid(record, TypeOf(record), file.Texts));
        records[typeof(Texts)] = (Texts)records[typeof(Texts)] with { Language = file.Code, OtherLanguage = "en", OtherLanguageName = "English", LanguageName = file.Name };
        return records.ToFrozenDictionary();
    }

    private string NameOf(string code) => ((Texts)_records[code][typeof(Texts)]).LanguageName;

    [LoggerMessage(EventId = 1555, Level = LogLevel.Warning, Message = "Language file {File} is not whole: {Problems}")]
    private static partial void FileHasProblems(ILogger logger, string file, string problems);
}
