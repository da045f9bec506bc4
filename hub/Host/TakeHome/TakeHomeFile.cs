using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StemLab.Hub.Derive;
using StemLab.Hub.Query;
using StemLab.Science.Units;

namespace StemLab.Hub.TakeHome;

/// <summary>
/// Makes the one file a student takes home: graph, samples, notes, what was thought and what was found. It needs no hub, no network and no account;
/// a name is typed into it on the student's own device. Safe from any thread.
/// </summary>
internal sealed class TakeHomeFile(ReadingQuery query, DerivationBook derivations, TimeProvider time)
{
    /// <summary>What goes through any messenger and opens on any phone at once.</summary>
    public const int MostBytes = 300_000;

    private const int MostBuckets = 1_200;
    private const int FewestBuckets = 20;
    private const int MostBucketsInAll = 9_000;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole file, UTF-8, at most <see cref="MostBytes"/>.</summary>
    public async Task<string> MakeAsync(TakeHomeContent content, TakeHomeTexts texts, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var lines = content.Runs.SelectMany(run => run.Channels).DistinctBy(channel => channel.Name).ToImmutableArray();
        var curves = Math.Max(1, content.Runs.Sum(run => run.Channels.Length));
        for (var most = Math.Clamp(MostBucketsInAll / curves, FewestBuckets, MostBuckets); ; most /= 2)
        {
            var series = new List<ImmutableArray<RunSeries>>();
            foreach (var run in content.Runs)
            {
                var own = ImmutableArray.CreateBuilder<RunSeries>();
                foreach (var channel in run.Channels)
                {
                    own.Add(await RunSeries.ReadAsync(query, run, channel, Math.Max(1, most), cancellationToken));
                }

                series.Add(own.ToImmutable());
            }

            var page = new TakeHomePage(content, lines, series, texts, zone, time.GetUtcNow(), derivations.Current.Revision);
            var html = page.Write(Data(content, lines, series, texts));
            if (Encoding.UTF8.GetByteCount(html) <= MostBytes || most <= FewestBuckets / 4)
            {
                return html;
            }
        }
    }

    /// <summary>Name of a file that any system takes.</summary>
    public static string NameOf(TakeHomeContent content, string end)
    {
        var first = content.Runs.IsEmpty ? "" : content.Runs[0].Id.ToString()[..6];
        return $"stemlab-{Plain(content.Group.Length > 0 ? content.Group : content.Title)}{first}{end}";
    }

    private static string Plain(string text)
    {
        var plain = string.Concat(text.Normalize(NormalizationForm.FormD).Select(letter => letter is 'đ' or 'Đ' ? 'd' : char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : letter is ' ' or '-' ? '-' : '\0'))
            .Replace("\0", "", StringComparison.Ordinal);
        return plain.Length == 0 ? "" : $"{plain[..Math.Min(plain.Length, 40)]}-";
    }

    private static string Data(TakeHomeContent content, ImmutableArray<ChannelView> lines, List<ImmutableArray<RunSeries>> series, TakeHomeTexts texts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            WriteLines(json, lines, texts);
            json.WriteStartArray("runs");
            for (var i = 0; i < content.Runs.Length; i++)
            {
                json.WriteStartObject();
                json.WriteString("title", texts.Say(content.Runs[i].Title, content.Runs[i].Title));
                json.WriteNumber("start", content.Runs[i].StartUs / 1000);
                json.WriteNumber("end", content.Runs[i].EndUs / 1000);
                json.WriteStartArray("series");
                foreach (var one in series[i])
                {
                    one.Write(json, LineOf(lines, one.Channel.Name));
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteMarks(json, content, lines);
            json.WriteEndObject();
        }

        // A text may end no script element.
        return Encoding.UTF8.GetString(buffer.ToArray()).Replace("<", "\\u003c", StringComparison.Ordinal);
    }

    private static void WriteLines(Utf8JsonWriter json, ImmutableArray<ChannelView> lines, TakeHomeTexts texts)
    {
        json.WriteStartArray("lines");
        foreach (var line in lines)
        {
            json.WriteStartObject();
            json.WriteString("label", LabelOf(line, lines, texts));
            json.WriteString("unit", UnitSymbols.Of(line.UnitUcum));
            json.WriteNumber("decimals", DecimalsOf(line));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMarks(Utf8JsonWriter json, TakeHomeContent content, ImmutableArray<ChannelView> lines)
    {
        json.WriteStartArray("samples");
        foreach (var (sample, atUs) in content.Samples)
        {
            json.WriteStartObject();
            json.WriteNumber("line", LineOf(lines, sample.Channel));
            json.WriteNumber("t", atUs / 1000);
            json.WriteNumber("v", sample.Mean);
            json.WriteNumber("sd", sample.Sd);
            json.WriteString("site", sample.Site);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("curves");
        foreach (var prediction in content.Predictions.Where(prediction => !prediction.Curve.IsEmpty))
        {
            json.WriteStartObject();
            json.WriteNumber("line", LineOf(lines, prediction.Channel));
            json.WriteStartArray("xy");
            foreach (var (second, value) in prediction.Curve)
            {
                json.WriteNumberValue(second);
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in content.Notes.Where(note => note.StartUs > 0))
        {
            json.WriteStartObject();
            json.WriteNumber("t", note.StartUs / 1000);
            json.WriteNumber("e", note.EndUs / 1000);
            json.WriteString("text", note.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static int LineOf(ImmutableArray<ChannelView> lines, string name)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Shown after the point.</summary>
    public static int DecimalsOf(ChannelView? channel) => channel?.Property?.Decimals ?? (channel is not null && OwnColumns.IsOne(channel) ? 3 : 2);

    /// <summary>What is measured; with the agent's label where several agents measure it.</summary>
    public static string LabelOf(ChannelView channel, IReadOnlyCollection<ChannelView> beside, TakeHomeTexts texts)
    {
        var name = channel.Property is { } property ? texts.Say(property.NameEn, property.NameVi) : channel.Port;
        return beside.Count(other => other.PropertyId == channel.PropertyId) > 1 ? $"{name}, {channel.AgentSlug} {channel.Port}" : name;
    }

    /// <summary>The label with its unit: "Temperature (°C)".</summary>
    public static string HeadingOf(ChannelView channel, IReadOnlyCollection<ChannelView> beside, TakeHomeTexts texts)
    {
        var unit = UnitSymbols.Of(channel.UnitUcum);
        return unit.Length > 0 ? $"{LabelOf(channel, beside, texts)} ({unit})" : LabelOf(channel, beside, texts);
    }
}
