using System.Reflection;
using System.Text.Json.Nodes;
using StemLab.Hub.TakeHome;
using StemLab.Hub.Translating;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>Vietnamese and English are whole, and a third language is a file.</summary>
public sealed class LanguagesTests
{
    /// <summary>Words that are the same in both languages.</summary>
    private static readonly string[] SameInBoth = ["StemLab", "Wi-Fi", "MQTT", "QR", "pH", "CSV", "NetCDF", "Parquet", "Excel", "CODAP", "DOI", "SHA-256", "Internet"];

    [Fact]
    public void Vietnamese_has_every_text_with_the_same_gaps_and_no_english_is_left_in_it()
    {
        var wrong = new List<string>();
        foreach (var record in Languages.Records)
        {
            var english = Texts(record, "English");
            var vietnamese = Texts(record, "Vietnamese");
            wrong.AddRange(english.Keys.Except(vietnamese.Keys).Concat(vietnamese.Keys.Except(english.Keys)).Select(key => $"{key} is in one language only"));
            foreach (var (key, text) in english.Where(one => vietnamese.ContainsKey(one.Key)))
            {
                if (string.IsNullOrWhiteSpace(text) != string.IsNullOrWhiteSpace(vietnamese[key]))
                {
                    wrong.Add($"{key} is empty in one language");
                }

                if (RecordKeys.Gaps(text) != RecordKeys.Gaps(vietnamese[key]))
                {
                    wrong.Add($"{key} has the gaps {RecordKeys.Gaps(text)} in English and {RecordKeys.Gaps(vietnamese[key])} in Vietnamese");
                }

                // A sentence that is the same in both languages has been forgotten; a name, a unit or a line of code has not.
                var rest = SameInBoth.Aggregate(text, (left, word) => left.Replace(word, "", StringComparison.Ordinal));
                if (text == vietnamese[key] && rest.Count(char.IsAsciiLetter) > 3 && text.Split(' ').Length > 1 && !SameInBoth.Any(word => text.StartsWith(word, StringComparison.Ordinal)) && !text.Contains('/'))
                {
                    wrong.Add($"{key} is English in Vietnamese: {text}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_record_of_texts_can_be_read_in_a_third_language()
    {
        Assert.Equal(
            typeof(Languages).Assembly.GetTypes().Where(type => type.Namespace == typeof(Languages).Namespace && type.GetProperty("English", BindingFlags.Public | BindingFlags.Static)?.PropertyType == type).OrderBy(type => type.Name, StringComparer.Ordinal),
            Languages.Records);
        Assert.All(Languages.Records.Where(record => record != typeof(Texts)), record =>
            Assert.NotNull(record.GetMethod("Of", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public, [typeof(Texts)])));
    }

    [Fact]
    public async Task A_third_language_dropped_into_the_data_folder_is_offered_and_shown_and_what_it_lacks_stays_english()
    {
        using var folder = new TempFolder();
        var file = JsonNode.Parse(Languages.Template())!;
        file["name"] = "Tày";
        foreach (var key in Languages.Keys().Keys.Where(key => key != "Texts.agents"))
        {
            file["texts"]![key] = $"[{file["texts"]![key]}]";
        }

        file["texts"]!.AsObject().Remove("Texts.agents");
        file["texts"]!["Texts.ago"] = "no gap";
        file["texts"]!["Texts.nothing"] = "x";
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "tay.json"), file.ToJsonString(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "xx.json"), "{", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "EN-gb.json"), "{}", TestContext.Current.CancellationToken);
        var told = new Dictionary<string, string>();

        var files = new KeyFiles(folder.Path);
        var phrases = new Phrases(files);
        var languages = new Languages(files, phrases, told.Add);

        Assert.Equal(["vi", "en", "tay"], languages.All.Select(one => one.Code));
        var tay = languages.Of("tay");
        Assert.Equal(("tay", "[Readings]", "Agents", "{0} ago"), (tay.Language, tay.Board, tay.Agents, tay.Ago));
        Assert.Equal("[Help]", HelpSheets.Of(tay).Title);
        Assert.Equal("[For students]", HelpSheets.Of(tay).All[0].Title);
        Assert.Equal("student", HelpSheets.Of(tay).All[0].Key);
        Assert.Equal([("vi", "Tiếng Việt"), ("en", "English")], tay.Choices);
        Assert.Contains(("tay", "Tày"), languages.Of("vi").Choices);
        Assert.All((string[])["Texts.agents is missing", "Texts.ago must have the gaps {0}", "no text has the key Texts.nothing"], problem => Assert.Contains(problem, told["tay.json"], StringComparison.Ordinal));
        Assert.Equal("[What we measured]", new TakeHomeWords(phrases).Of("tay").TakenHome);
        Assert.Equal(("[suspect]", "▲"), new TakeHomeWords(phrases).Of("tay").Flags.Where(flag => flag.Flag == 3).Select(flag => (flag.Name, flag.Mark)).Single());
        Assert.Contains("cannot be read", told["xx.json"], StringComparison.Ordinal);
        Assert.Contains("language code", told["EN-gb.json"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_hub_says_by_heart_is_said_in_a_third_language_and_the_rest_stays_english()
    {
        using var folder = new TempFolder();
        var file = JsonNode.Parse(Languages.Template())!;
        foreach (var key in PhraseKeys.All().Keys)
        {
            file["texts"]![key] = $"[{file["texts"]![key]}]";
        }

        file["texts"]!.AsObject().Remove("property.turbidity");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "fr.json"), file.ToJsonString(), TestContext.Current.CancellationToken);
        var phrases = new Phrases(new KeyFiles(folder.Path));

        // A lesson, an animal, a quantity, a reason with a name in its gap, a name put together of names.
        foreach (var (english, own) in ((string, string)[])[
            ("Salt in the bay", "[Salt in the bay]"), ("Octopus 2", "[Octopus] 2"), ("Depth", "[Depth]"), ("Sudden jump: fine.", "[[Sudden jump]: fine.]"),
            ("Salt in the bay · Sea turtle · 1", "[Salt in the bay] · [Sea turtle] · 1")])
        {
            Assert.Equal(own, phrases.Say("fr", english, "?"));
        }

        Assert.Equal("Turbidity", phrases.Say("fr", "Turbidity", "Độ đục"));
        Assert.Equal("Ours · x", phrases.Say("fr", "Ours · x", "?"));
        Assert.Equal("Độ sâu", phrases.Say("vi", "Depth", "Độ sâu"));

        // A lesson of a teacher's own brings its own words.
        var sentence = Sentence.Parser.ParseJson("""{"en": "Our pond", "vi": "Ao của ta", "more": {"fr": "Notre mare"}}""");
        Assert.Equal(("Notre mare", "Our pond", "Ao của ta"), (phrases.Say("fr", sentence), phrases.Say("en", sentence), phrases.Say("vi", sentence)));
    }

    [Fact]
    public void The_keys_of_the_hubs_own_words_name_every_lesson_quantity_and_animal()
    {
        var keys = PhraseKeys.All();
        Assert.All((string[])["lesson.salinity.title", "lesson.cooling.shortSteps.0.prompt", "lesson.day-and-night.questions.0.answer", "property.ph", "meaning.ph", "animal.octopus", "recording.salinity.source",
            "quality.spike.suspect", "refusal.CalibrationRefusal.TooFewPoints"], key => Assert.True(keys.ContainsKey(key), key));
        Assert.DoesNotContain(keys, one => string.IsNullOrWhiteSpace(one.Value));
    }

    private static Dictionary<string, string> Texts(Type record, string language) =>
        Languages.Flat(record.GetProperty(language, BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!).ToDictionary(one => one.Key, one => one.Text);
}
