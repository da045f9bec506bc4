using System.Collections.Immutable;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using StemLab.Hub.Access;
using StemLab.Hub.Bundles;
using StemLab.Hub.Enrolling;
using StemLab.Hub.Export;
using StemLab.Hub.Fleet;
using StemLab.Hub.Import;
using StemLab.Hub.Influx;
using StemLab.Hub.Operations;
using StemLab.Hub.Phyphox;
using StemLab.Hub.Preflight;
using StemLab.Hub.Screens;
using StemLab.Hub.Uploads;
using StemLab.Hub.Web;
using StemLab.Science.Texts;

namespace StemLab.Hub.Startup;

/// <summary>JSON that generated code writes is, byte for byte, what reflection over the same types writes; and what a file does not say has its default, which generated code does not see to by itself.</summary>
public sealed class GeneratedJsonTests
{
    private const string Odd = "Đo \"pH\" <ở> ao & hồ 🐟\n";
    private static readonly JsonSerializerOptions Plain = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
    private static readonly JsonSerializerOptions Indented = new(Plain) { WriteIndented = true };
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
    private static readonly JsonSerializerOptions Answers = new(Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Letters = new(Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    private static readonly JsonSerializerOptions Readable = new(Letters) { WriteIndented = true };

    [Fact]
    public void Texts_in_pages_are_written_as_before_in_both_languages()
    {
        Assert.All(Languages.Records.SelectMany(record => new[] { "Vietnamese", "English" }.Select(language => record.GetProperty(language, BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!)), texts =>
            Assert.Equal(JsonSerializer.Serialize(texts, texts.GetType(), Web), PageJson.Texts(texts)));
        Assert.Equal(
            JsonSerializer.Serialize(new { Pair = new[] { "vi", "en" }.Select(language => new { Words = ScreenTexts.Of(language), Base = AgeWords.Of(Texts.Of(language)) }) }, Web),
            PageJson.Texts(ScreenPair.Of([Texts.Of("vi"), Texts.Of("en")])));
        Assert.Equal(JsonSerializer.Serialize(Snippets.Of(Odd), Web), PageJson.Texts(Snippets.Of(Odd)));
        Assert.Equal(JsonSerializer.Serialize(new { name = "English", texts = Languages.Keys() }, Readable), Languages.Template());
    }

    [Fact]
    public void What_a_students_page_knows_is_written_as_before()
    {
        DeskChannel[] desk = [new("agents/a/channels/ph~ph", Odd, "ph", "", 2, 0.1, true, Odd) { Latest = new DeskReading(1e9 + 0.1, null, 4, 12) }, new("b", "", "", "°C", 0, 0, false, "") { Latest = new DeskReading(1, 1e-7, 1, 0) }, new("c", "", "", "", 0, 0, false, "")];
        var all = JsonSerializer.SerializeToElement(LessonTexts.Vietnamese, Web).EnumerateObject().ToDictionary(one => one.Name, one => one.Value);

        Assert.Equal(JsonSerializer.Serialize(desk, Letters), PageJson.Of(desk));
        Assert.Equal(JsonSerializer.Serialize(all, Letters), PageJson.Of(all));
    }

    [Fact]
    public void Files_and_rows_of_the_hub_are_written_as_before()
    {
        Same([new KeptBackup(7, "2026-11-24T18:05:00Z", Odd, true)], BackupListJson.Default.KeptBackupArray, Plain);
        Same(new HubBackup.Contents(1, "2026-11-24T18:05:00Z", [new("hub.db", 12, "ab"), new("datasets/a/v1/rows.slfroz", 1, "cd")]), StartupJson.Default.Contents, Indented);
        Same(new AgentCommand.JoinFile("127.0.0.1:1883", "ab", "t+/=", "pond"), StartupJson.Default.JoinFile, Indented);
        Same(new KitContent("ab", "k+/=", "cd", "h", Odd, ["https://hub.local:5443/"]), KitJson.Default.KitContent, Indented);
        Same(new RunningHub.Entry(1, 5080, 5081, 1883), OperationsJson.Default.Entry, Plain);
        Same(new CurrentValues.Memory("ab", long.MaxValue, 3, ["a"], new() { ["agents/a"] = Odd }), InfluxJson.Default.Memory, Plain);
        Same(["accelerometer"], PhyphoxJson.Default.StringArray, Plain);
        Same(["agents/a/channels/ph~ph"], ScreenJson.Default.ImmutableArrayString, Plain);
        Same(Settings(), SettingsJson.Default.SettingsContent, new JsonSerializerOptions(Plain) { RespectNullableAnnotations = true });
        Same(Tables(), ExportJson.Default.FrozenTables, Plain);
        Same(Mapping(), MappingJson.Files.ImportMapping, MappingOptions());
    }

    [Fact]
    public void Parts_of_bundles_are_written_as_before()
    {
        Same(new Manifest("ab", Odd, 1, 2, null), BundleJson.Default.Manifest, Plain);
        Same(
            new Names([new("ab", "pond", Odd, "1.0", true, false, [new("a0", "ph", 1_000_000, Odd, "", "")])], [new("cd", "ab", 1, uint.MaxValue, null)], [new("ab", ulong.MaxValue, "cd", null, true)]),
            BundleJson.Default.Names,
            Plain);
        Same([new ToldFact("ab", "cd", "", -1, "teacher", "site", "{\"a\":\"ă\"}", ["ef"])], BundleJson.Default.ToldFactArray, Plain);
        Same([new ToldLedger("ab", 7, [1, 2, 255])], BundleJson.Default.ToldLedgerArray, Plain);
    }

    [Fact]
    public void Answers_are_written_as_before()
    {
        var merge = new MergeReport("ab", Odd) { New = 1, Conflict = 2, Contradictions = [Odd], Damaged = [new("ab", 1, 2)], Read = 3, Size = 3 };
        var import = new ImportReport { New = 1, Wrong = [new(3, new Sentence(Odd, Odd))], Columns = [new("pH", "c", 1, 2, 0.1 + 0.2)], FirstUtcUs = 5, Share = 1d / 3, Notes = [new Sentence("a", "b")] };
        var proposal = Proposal();

        Assert.Equal(JsonSerializer.Serialize(new { progress = merge }, Answers), Written(new JsonObject { ["progress"] = JsonSerializer.SerializeToNode(merge, BundleAnswerJson.Default.MergeReport) }));
        Assert.Equal(JsonSerializer.Serialize(new { report = import }, Answers), Written(new JsonObject { ["report"] = JsonSerializer.SerializeToNode(import, ImportAnswerJson.Default.ImportReport) }));
        Assert.Equal(JsonSerializer.Serialize(new BundleContents(1, 2, 3, 4, 5, 6), Answers), Written(JsonSerializer.SerializeToNode(new BundleContents(1, 2, 3, 4, 5, 6), BundleAnswerJson.Default.BundleContents)!));
        Assert.Equal(JsonSerializer.Serialize(new Upload("ab", Odd, 9), Answers), Written(JsonSerializer.SerializeToNode(new Upload("ab", Odd, 9), AnswerJson.Answers.Upload)!));
        Assert.Equal(JsonSerializer.Serialize(AsToldBefore(proposal), Answers), Written(JsonSerializer.SerializeToNode(ImportPreview.Of(proposal), ImportAnswerJson.Default.ImportPreview)!));
        Same(new PostStored(3), PhyphoxJson.Answers.PostStored, Answers);
        Same(new PostRefused(Odd), PhyphoxJson.Answers.PostRefused, Answers);
        Assert.Equal(JsonSerializer.Serialize(new { code = 3, message = Odd }, Answers), JsonSerializer.Serialize(new Refusal(3, Odd), RefusalJson.Answers.Refusal));
        Dictionary<string, string>[] details = [Refusal.Localized("vi", Odd)];
        Assert.Equal(JsonSerializer.Serialize(new { code = 8, message = Odd, details }, Answers), JsonSerializer.Serialize(new Refusal(8, Odd, details), RefusalJson.Answers.Refusal));
    }

    [Fact]
    public void What_a_file_does_not_say_has_its_default()
    {
        var tables = JsonSerializer.Deserialize("""{"Channels":[{"Name":"a"}],"Stretches":[],"ByFlag":{"1":2},"Rows":2,"RowsSha256":"ab"}""", ExportJson.Default.FrozenTables)!;
        Assert.Equal((true, true), (tables.Facts.IsEmpty, tables.Rules.IsEmpty));
        Assert.Equal((long.MaxValue, long.MinValue, true), (tables.Channels[0].FirstUtcUs, tables.Channels[0].LastUtcUs, tables.Channels[0].Stretches.IsEmpty));

        var settings = SettingsContent.Read("""{"Sources":[{"Kind":"ds18b20","Later":[1]}]}"""u8)!;
        Assert.Equal((true, 60), (settings.Measuring, settings.HealthIntervalSeconds));
        var source = Assert.Single(settings.Sources);
        Assert.Equal((1, 1, "", 1, null), (source.IntervalSeconds, source.Bus, source.Port, source.Speed, source.Driver));
        Assert.Equal("[1]", source.More!["Later"].GetRawText());
        Assert.True(SettingsContent.Read("{}"u8)!.Sources.IsEmpty);
        Assert.Null(SettingsContent.Read("""{"Sources":[{"Kind":null}]}"""u8));

        var mapping = MappingFile.Read("""{"time":{"fields":[0],"form":"iso","zone":"UTC","sigma_seconds":1}}""", out _)!;
        Assert.Equal((1, "utf-8", ",", ".", true, true, true), (mapping.Version, mapping.Encoding, mapping.Delimiter, mapping.Decimal, mapping.Comments.IsEmpty, mapping.Columns.IsEmpty, mapping.Flags.IsEmpty));
        Assert.Null(MappingFile.Read("""{"time":{"fields":[0],"form":"iso","zone":"UTC","sigma_seconds":1},"more":1}""", out var why));
        Assert.Contains("more", why.En, StringComparison.Ordinal);
        Assert.Null(MappingFile.Read("{}", out why));
        Assert.Contains("time", why.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_file_has_the_defaults_of_what_it_does_not_name_and_says_where_it_is_wrong()
    {
        var options = HubConfiguration.Read("{ \"Demo\": true, // this\n \"HttpPort\": 1, }", out var problems);

        Assert.Empty(problems);
        Assert.Equal(new HubOptions { Demo = true, HttpPort = 1 }, options);
        HubConfiguration.Read("{ \"Demo\": true,\n  \"HttpPort\": \"x\" }", out problems);
        Assert.StartsWith("line 2, column", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Contains("HttpPort", problems[0], StringComparison.Ordinal);
        Assert.Contains("like 5080", problems[0], StringComparison.Ordinal);
        foreach (var broken in (string[])["{ \"Demo\": \"yes\" }", "{ \"Listen\": 5 }", "{ \"Listen\": null }", "{ \"HttpPort\": 5080.5 }", "{ \"Demo\" true }", "{", ""])
        {
            HubConfiguration.Read(broken, out problems);
            SaidForPeople(Assert.Single(problems));
        }
    }

    [Theory]
    [InlineData("hello", "line 1")]
    [InlineData("{ \"time\": {\n \"fields\": \"x\" } }", "line 2")]
    [InlineData("{ \"tmie\": 1 }", "tmie")]
    [InlineData("{}", "time")]
    [InlineData("{ \"time\": null }", "time")]
    [InlineData("[1]", "line 1")]
    public void A_broken_mapping_says_where_and_what_in_both_languages_and_names_no_type(string text, string named)
    {
        Assert.Null(MappingFile.Read(text, out var why));
        foreach (var said in (string[])[why.En, why.Vi])
        {
            SaidForPeople(said);
            Assert.Contains(said == why.En ? named : named.Replace("line", "dòng", StringComparison.Ordinal), said, StringComparison.Ordinal);
        }
    }

    private static void SaidForPeople(string said)
    {
        Assert.All((string[])["System.", "StemLab.", ".NET", "Path:", "LineNumber", "'$'", "deserializ"], word => Assert.DoesNotContain(word, said, StringComparison.Ordinal));
        Assert.NotEqual("", said);
    }

    private static void Same<T>(T value, JsonTypeInfo<T> generated, JsonSerializerOptions options) => Assert.Equal(JsonSerializer.Serialize(value, options), JsonSerializer.Serialize(value, generated));

    private static string Written(JsonNode answer) => JsonSerializer.Serialize(answer, AnswerJson.Answers.JsonNode);

    private static JsonSerializerOptions MappingOptions() => new(Plain)
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    private static SettingsContent Settings() => new()
    {
        Measuring = false,
        Sources = [new() { Kind = "ads1115", Label = Odd, Driver = "x", More = new() { ["Later"] = JsonElement.Parse("[1.50]") } }, new()],
    };

    private static FrozenTables Tables() => new(
        [new FrozenChannel("a", "pond", "p", Odd, "ph", "[pH]", 1_000_000, true) { Rows = 1, Stretches = [0, 1], Box = new PlaceBox(-1.5, 2, 3, 4) }],
        [new FrozenStretch("ab", "ph", "[pH]", "unknown", "", "", "", "", "", "", "", null, 106.25)],
        ImmutableSortedDictionary<int, long>.Empty.Add(4, 1).Add(1, 2),
        3,
        "ab")
    {
        Facts = [new("ab", "site", "teacher", 1, "{\"a\":1}")],
        Rules = [new("a", "range", "n", Odd, "t", "u", "registry", "", false)],
        Practice = new FrozenPractice(true, 3, [new("ab", 1, long.MaxValue, 3)]),
    };

    private static ImportMapping Mapping() => new()
    {
        Station = "pond",
        Comments = ["#", "\t"],
        Time = new TimeMapping([0, 1], "dd/MM/yyyy", "+07:00", 0.5) { Start = "2026-11-25" },
        StationField = 3,
        Columns = [new(2, Odd, "ph", "ph", "[pH]", null, 60) { Missing = ["-999"] }, new(3, "t", "t", "t", "Cel", 4, 0)],
        Flags = ImmutableSortedDictionary<string, int>.Empty.Add("b", 4).Add("A", 1),
    };

    private static ImportProposal Proposal() => new()
    {
        Mapping = Mapping(),
        Fields = [new(0, Odd, FieldUse.Measured, "ph", "[pH]", 0.9, new Sentence("a", Odd), ["7,1"])],
        NeedsZone = true,
        Confidence = 0.3,
        Notes = [new Sentence("a", "b")],
        Sample = [["1", Odd], []],
    };

    /// <summary>What the preview's answer was made of before its type had a name.</summary>
    private static object AsToldBefore(ImportProposal proposal) => new
    {
        mapping = MappingFile.Write(proposal.Mapping),
        proposal.IsOwnExport,
        proposal.NeedsZone,
        proposal.NeedsStart,
        proposal.Confidence,
        fields = proposal.Fields.Select(field => new { field.Field, field.Name, use = field.Use.ToString(), field.Property, field.Unit, field.Confidence, field.Why, field.Examples }),
        proposal.Notes,
        proposal.Sample,
        proposal.FirstUtcUs,
        proposal.Mapping.Station,
        proposal.Mapping.Encoding,
        proposal.Mapping.Delimiter,
        proposal.Mapping.Decimal,
        time = proposal.Mapping.Time,
        flags = proposal.Mapping.Flags,
    };
}
