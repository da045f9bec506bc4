using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using StemLab.Hub.Classroom;
using StemLab.Hub.Lessons;
using StemLab.Hub.Samples;
using StemLab.Hub.Screens;
using StemLab.Science.Properties;
using StemLab.Science.Texts;

namespace StemLab.Hub.Translating;

/// <summary>
/// What the hub itself says in words that stand fast, by key, in English: lessons, quantities and their meanings, animals, recordings, how steady it is, reasons of flags, why not. Sentences made of numbers are not among them. Pure.
/// </summary>
internal static class PhraseKeys
{
    /// <summary>Tables of the science room, by how their keys begin.</summary>
    private static readonly (string Prefix, string Resource)[] Tables =
        [("quality", "qc-reasons.json"), ("rule", "qc-rule-faults.json"), ("refusal", "refusals.json"), ("formula", "formula-texts.json"), ("derived", "derived-texts.json")];

    public static SortedDictionary<string, string> All()
    {
        var keys = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (prefix, resource) in Tables)
        {
            using var stream = typeof(Refusals).Assembly.GetManifestResourceStream(resource)!;
            using var table = JsonDocument.Parse(stream);
            foreach (var one in table.RootElement.EnumerateObject())
            {
                keys[$"{prefix}.{one.Name}"] = one.Value.GetProperty("en").GetString()!;
            }
        }

        foreach (var property in ObservedProperties.Default.All)
        {
            keys[$"property.{property.Id}"] = property.NameEn;
        }

        foreach (var (property, meaning) in Meanings.All)
        {
            keys[$"meaning.{property}"] = meaning.En;
        }

        foreach (var (key, english, _) in BayAnimals.All)
        {
            keys[$"animal.{key}"] = english;
        }

        foreach (var (name, recording) in ShippedRecording.All)
        {
            keys[$"recording.{name}.source"] = recording.Source.En;
            foreach (var part in recording.Parts)
            {
                keys[$"recording.{name}.{part.Key}"] = part.En;
            }
        }

        (keys["recording.calculated"], keys["recording.shipped"]) = (ClassRecordings.CalculatedMark, ClassRecordings.ShippedMark);
        foreach (var (key, said) in SampleTexts.Steady)
        {
            keys[$"steady.{key}"] = said.En;
        }

        foreach (var lesson in LessonBook.AllShipped)
        {
            Add(keys, lesson, $"lesson.{lesson.Slug}");
        }

        return keys;
    }

    /// <summary>Every sentence in a message, by the names its file has for it.</summary>
    private static void Add(SortedDictionary<string, string> keys, IMessage message, string path)
    {
        if (message is StemLab.V1.Sentence sentence)
        {
            keys[path] = sentence.En;
            return;
        }

        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message))
        {
            switch (field.Accessor.GetValue(message))
            {
                case IMessage one:
                    Add(keys, one, $"{path}.{field.JsonName}");
                    break;
                case System.Collections.IList list:
                    for (var i = 0; i < list.Count; i++)
                    {
                        Add(keys, (IMessage)list[i]!, string.Create(CultureInfo.InvariantCulture, $"{path}.{field.JsonName}.{i}"));
                    }

                    break;
            }
        }
    }
}
