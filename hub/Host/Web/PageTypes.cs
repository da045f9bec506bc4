using System.Text.Json;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Web;

/// <summary>Generated readers and writers of what stands in pages; <see cref="PageJson"/> and <see cref="Languages"/> are the doors. Every record of texts is here (tested).</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AddTexts))]
[JsonSerializable(typeof(AuditTexts))]
[JsonSerializable(typeof(CalibrateTexts))]
[JsonSerializable(typeof(ChangesTexts))]
[JsonSerializable(typeof(ChannelTexts))]
[JsonSerializable(typeof(ClassTexts))]
[JsonSerializable(typeof(DatasetTexts))]
[JsonSerializable(typeof(DerivedTexts))]
[JsonSerializable(typeof(DoorTexts))]
[JsonSerializable(typeof(HelpSheets))]
[JsonSerializable(typeof(ImportTexts))]
[JsonSerializable(typeof(LessonFormTexts))]
[JsonSerializable(typeof(LessonTexts))]
[JsonSerializable(typeof(PeopleTexts))]
[JsonSerializable(typeof(PhonesTexts))]
[JsonSerializable(typeof(PreflightTexts))]
[JsonSerializable(typeof(ReportTexts))]
[JsonSerializable(typeof(SampleTexts))]
[JsonSerializable(typeof(ScreenTexts))]
[JsonSerializable(typeof(SettingsTexts))]
[JsonSerializable(typeof(StartTexts))]
[JsonSerializable(typeof(Texts))]
[JsonSerializable(typeof(TimeTexts))]
[JsonSerializable(typeof(WallTexts))]
[JsonSerializable(typeof(DeskChannel[]))]
[JsonSerializable(typeof(ScreenPair))]
[JsonSerializable(typeof(PublicPlace[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class PageTypes : JsonSerializerContext;

/// <summary>Words of a screen in each language it shows.</summary>
internal sealed record ScreenPair(ScreenWords[] Pair)
{
    public static ScreenPair Of(IEnumerable<Texts> languages) => new([.. languages.Select(texts => new ScreenWords(ScreenTexts.Of(texts), AgeWords.Of(texts)))]);
}

/// <summary>Words of a screen in one language.</summary>
internal sealed record ScreenWords(ScreenTexts Words, AgeWords Base);

/// <summary>The few common texts both languages of a screen need at once.</summary>
internal sealed record AgeWords(string Language, string Ago, string JustNow, string AgeUnknown, string Seconds, string Minutes, string Hours, string Days, string Simulated, string Suspect)
{
    public static AgeWords Of(Texts texts) =>
        new(texts.Language, texts.Ago, texts.JustNow, texts.AgeUnknown, texts.Seconds, texts.Minutes, texts.Hours, texts.Days, texts.Simulated, texts.Suspect);
}
