using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using StemLab.Hub.Access;

namespace StemLab.Hub.Web;

/// <summary>
/// Languages beside Vietnamese and English: key files dropped into the folder `languages` of the data folder, read at start. A text a file lacks, or gives with other gaps than the
/// English one, stays English. Immutable.
/// </summary>
internal sealed partial class Languages
{
    public const string Folder = "languages";
    private const long MostBytes = 2_000_000;

    /// <summary>What is no text: addresses of sheets, names of pictures, and how a language calls itself.</summary>
    private static readonly string[] Fixed = [".key", ".pictures.0.name", ".pictures.1.name", "Texts.language", "Texts.otherLanguage", "Texts.otherLanguageName"];

    /// <summary>Every record of texts that pages show, in English, by name (tested to be whole).</summary>
    private static readonly object[] English =
    [
        AddTexts.English, AuditTexts.English, CalibrateTexts.English, ChangesTexts.English, ChannelTexts.English, ClassTexts.English,
        DatasetTexts.English, DerivedTexts.English, DoorTexts.English, HelpSheets.English, ImportTexts.English, LessonFormTexts.English,
        LessonTexts.English, PeopleTexts.English, PhonesTexts.English, PreflightTexts.English, ReportTexts.English, SampleTexts.English,
        ScreenTexts.English, SettingsTexts.English, StartTexts.English, Texts.English, TimeTexts.English, WallTexts.English,
    ];

    private static readonly PageTypes Readable = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });

    private readonly FrozenDictionary<string, FrozenDictionary<Type, object>> _records;

    public Languages(AccessOptions access, ILogger<Languages> logger)
        : this(Path.Combine(access.DataFolder, Folder), (file, problems) => FileHasProblems(logger, file, problems))
    {
    }

    /// <param name="folder">May not exist.</param>
    /// <param name="tell">Told of each file that is not whole, with what is wrong in one line.</param>
    internal Languages(string folder, Action<string, string> tell)
    {
        var found = new Dictionary<string, FrozenDictionary<Type, object>>(StringComparer.Ordinal);
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).ToArray() : [])
        {
            var problems = new List<string>();
            if (Read(path, problems) is { } records)
            {
                found[Path.GetFileNameWithoutExtension(path)] = records;
            }

            if (problems.Count > 0)
            {
                tell(Path.GetFileName(path), string.Join("; ", problems.Take(10)) + (problems.Count > 10 ? $"; and {problems.Count - 10} more" : ""));
            }
        }

        _records = found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Every record of texts that pages show.</summary>
    public static ImmutableArray<Type> Records { get; } = [.. English.Select(texts => texts.GetType())];

    /// <summary>Codes and names, Vietnamese and English first.</summary>
    public ImmutableArray<(string Code, string Name)> All => [("vi", "Tiếng Việt"), ("en", "English"), .. _records.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, NameOf(one.Key)))];

    public bool Has(string code) => code is "vi" or "en" || _records.ContainsKey(code);

    /// <summary>The common texts of a language, which lead to all others.</summary>
    public Texts Of(string code) => (_records.TryGetValue(code, out var records) ? (Texts)records[typeof(Texts)] : Texts.Of(code)) with { Known = this };

    /// <summary>A record in a language of a key file; the one given where there is none.</summary>
    public T In<T>(string code, T otherwise)
        where T : class => _records.TryGetValue(code, out var records) && records.TryGetValue(typeof(T), out var record) ? (T)record : otherwise;

    /// <summary>Every key with its English text, in the order of the records: what a translator begins with.</summary>
    public static SortedDictionary<string, string> Keys()
    {
        var keys = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in English)
        {
            foreach (var (key, text) in Flat(record))
            {
                keys[key] = text;
            }
        }

        return keys;
    }

    /// <summary>The file a translator begins with.</summary>
    public static string Template() => JsonSerializer.Serialize(new KeyTemplate("English", Keys()), Readable.KeyTemplate);

    /// <summary>Keys of one record with its texts.</summary>
    public static IEnumerable<(string Key, string Text)> Flat(object record) => Leaves(JsonSerializer.SerializeToNode(record, TypeOf(record)), record.GetType().Name);

    private static JsonTypeInfo TypeOf(object record) => PageTypes.Default.GetTypeInfo(record.GetType())!;

    private static IEnumerable<(string Key, string Text)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject many => many.SelectMany(one => Leaves(one.Value, $"{path}.{one.Key}")),
        JsonArray list => list.SelectMany((one, i) => Leaves(one, string.Create(CultureInfo.InvariantCulture, $"{path}.{i}"))),
        JsonValue value when value.TryGetValue<string>(out var text) && !Fixed.Any(end => path.EndsWith(end, StringComparison.Ordinal)) => [(path, text)],
        _ => [],
    };

    private static FrozenDictionary<Type, object>? Read(string path, List<string> problems)
    {
        var code = Path.GetFileNameWithoutExtension(path);
        if (!Code().IsMatch(code) || code is "vi" or "en")
        {
            problems.Add("the name of the file must be a language code of two or three letters, like tay.json, and not vi or en");
            return null;
        }

        try
        {
            if (new FileInfo(path).Length > MostBytes)
            {
                problems.Add($"it is larger than {MostBytes / 1_000_000} MB");
                return null;
            }

            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), PageTypes.Default.KeyFile);
            if (file is not { Name.Length: > 0 and <= 40, Texts: { } texts })
            {
                problems.Add("it needs a name (1 to 40 characters) and texts");
                return null;
            }

            return Overlaid(code, file.Name, texts, problems);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JsonException)
        {
            problems.Add($"it cannot be read: {failed.Message}");
            return null;
        }
    }

    private static FrozenDictionary<Type, object> Overlaid(string code, string name, Dictionary<string, string> texts, List<string> problems)
    {
        var english = Keys();
        problems.AddRange(texts.Keys.Where(key => !english.ContainsKey(key)).Select(key => $"no text has the key {key}"));
        problems.AddRange(english.Keys.Where(key => !texts.ContainsKey(key)).Select(key => $"{key} is missing"));
        problems.AddRange(texts.Where(one => english.TryGetValue(one.Key, out var text) && Gaps(text) != Gaps(one.Value)).Select(one => $"{one.Key} must have the gaps {Gaps(english[one.Key])}"));
        var given = texts.Where(one => one.Value.Length > 0 && english.TryGetValue(one.Key, out var text) && Gaps(text) == Gaps(one.Value)).ToDictionary(StringComparer.Ordinal);
        var records = new Dictionary<Type, object>();
        foreach (var record in English)
        {
            var type = TypeOf(record);
            var node = JsonSerializer.SerializeToNode(record, type)!;
            foreach (var (key, text) in given.Where(one => one.Key.StartsWith(type.Type.Name + ".", StringComparison.Ordinal)))
            {
                Put(node, key.Split('.')[1..], text);
            }

            records[type.Type] = node.Deserialize(type)!;
        }

        records[typeof(Texts)] = (Texts)records[typeof(Texts)] with { Language = code, OtherLanguage = "en", OtherLanguageName = "English", LanguageName = name };
        return records.ToFrozenDictionary();
    }

    private static void Put(JsonNode node, string[] path, string text)
    {
        for (var i = 0; i < path.Length - 1; i++)
        {
            node = (node is JsonArray list ? list[int.Parse(path[i], CultureInfo.InvariantCulture)] : node[path[i]])!;
        }

        if (node is JsonArray last)
        {
            last[int.Parse(path[^1], CultureInfo.InvariantCulture)] = text;
            return;
        }

        node[path[^1]] = text;
    }

    /// <summary>Gaps of a text in order of their numbers: "{0} {1}".</summary>
    internal static string Gaps(string text) => string.Join(' ', Gap().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));

    private string NameOf(string code) => ((Texts)_records[code][typeof(Texts)]).LanguageName;

    [LoggerMessage(EventId = 1555, Level = LogLevel.Warning, Message = "Language file {File} is not whole: {Problems}")]
    private static partial void FileHasProblems(ILogger logger, string file, string problems);

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Gap();

    [GeneratedRegex("^[a-z]{2,3}$")]
    private static partial Regex Code();
}
