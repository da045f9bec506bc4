using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using StemLab.Hub.Derive;
using StemLab.Science.Units;

namespace StemLab.Hub.TakeHome;

/// <summary>Writes the file's HTML: everything a reader needs stands in tables; the graph is drawn by the script inside. Pure; used once.</summary>
internal sealed class TakeHomePage(
    TakeHomeContent content, ImmutableArray<ChannelView> lines, IReadOnlyList<ImmutableArray<RunSeries>> series, TakeHomeTexts texts, TimeZoneInfo zone, DateTimeOffset now, long revision)
{
    private static readonly string Style = Read("takehome.css");
    private static readonly string Script = Read("takehome.js");

    private readonly CultureInfo culture = CultureInfo.GetCultureInfo(texts.Language == "vi" ? "vi-VN" : "en-GB");
    private readonly StringBuilder html = new(64_000);

    /// <summary>Content policy under which the hub shows it as a page: exactly this script and this style, nothing from anywhere.</summary>
    public static string Policy { get; } = $"default-src 'none'; script-src '{Hash(Script)}'; style-src '{Hash(Style)}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public string Write(string data)
    {
        var title = content.Title.Length > 0 ? content.Title : texts.TakenHome;
        Add($"<!doctype html><html lang=\"{texts.Language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{Text(title)}</title>");
        Add($"<link rel=\"icon\" href=\"data:,\"><style>{Style}</style></head><body><main><h1>{Text(title)}</h1>");
        Head();
        Graph();
        Predictions();
        Samples();
        Notes();
        Runs();
        Add(string.Concat(content.Refused.Select(refused => $"<p>{Text(texts.NotCalculated)} {Text(refused)}</p>")));
        Flags();
        Add($"<footer>{Text(string.Format(culture, texts.Foot, revision))}</footer></main>");
        Add($"<script type=\"application/json\" id=\"data\">{data}</script><script>{Script}</script></body></html>");
        return html.ToString();
    }

    private void Head()
    {
        if (lines.Any(line => line.Simulated))
        {
            Add($"<p class=\"warn\">{Text(texts.Simulated)}</p>");
        }

        if (content.Runs.Any(run => !run.IsTimeKnown))
        {
            Add($"<p class=\"warn\">{Text(texts.TimeUnknown)}</p>");
        }

        Add("<p class=\"who\">");
        if (content.Group.Length > 0)
        {
            Add($"{Text(texts.Group)} <b>{Text(content.Group)}</b> · ");
        }

        Add($"{Text(content.School)}{(content.School.Length > 0 ? " · " : "")}{Text(texts.Made)} {Text(TimeZoneInfo.ConvertTime(now, zone).ToString("g", culture))}</p>");
        Add($"<p><label>{Text(texts.OwnName)} <input id=\"name\" autocomplete=\"off\" maxlength=\"60\"></label> <small>{Text(texts.NameStays)}</small></p>");
    }

    private void Graph()
    {
        Add($"<section><h2>{Text(texts.Graph)}</h2><noscript><p>{Text(texts.NeedsScript)}</p></noscript><div class=\"tools\">");
        foreach (var (what, label, sign) in ((string, string, string)[])[("left", texts.Earlier, "◀"), ("right", texts.Later, "▶"), ("in", texts.ZoomIn, "+"), ("out", texts.ZoomOut, "−")])
        {
            Add($"<button type=\"button\" data-do=\"{what}\" aria-label=\"{Text(label)}\">{sign}</button>");
        }

        Add($"<button type=\"button\" data-do=\"all\">{Text(texts.Everything)}</button>");
        if (content.Runs.Length > 1)
        {
            Add($"<label class=\"tick\"><input type=\"checkbox\" id=\"common\"> {Text(texts.CommonStart)}</label>");
        }

        Add($"<button type=\"button\" data-do=\"print\">{Text(texts.Print)}</button></div>");
        Add($"<canvas id=\"graph\" tabindex=\"0\" role=\"img\" aria-label=\"{Text(texts.Graph)}\" aria-describedby=\"how\"></canvas><p id=\"read\" role=\"status\"></p><ul id=\"legend\"></ul><p id=\"how\"><small>{Text(texts.GraphHow)}</small></p></section>");
    }

    private void Predictions()
    {
        if (content.Predictions.IsEmpty)
        {
            return;
        }

        Table(texts.PredictionTitle, [texts.What, texts.Where, texts.Predicted, texts.Measured, texts.Difference], content.Predictions.Select(prediction =>
        {
            var line = lines.FirstOrDefault(line => line.Name == prediction.Channel);
            var found = FoundFor(prediction);
            var thought = prediction.Number is { } number ? Value(line, number) : prediction.Curve.IsEmpty ? prediction.Words : texts.Drawn;
            var difference = prediction.Number is { } said && found is { } is_ ? (is_ - said > 0 ? "+" : "") + Value(line, is_ - said) : "";
            return new[] { line is null ? "" : Label(line), prediction.Where, thought, found is { } value ? Value(line, value) : "–", difference };
        }));
    }

    /// <summary>What was found where it was predicted: the samples of that place, else of the channel, else the mean of the runs.</summary>
    private double? FoundFor(TakeHomePrediction prediction)
    {
        var own = content.Samples.Where(one => one.Sample.Channel == prediction.Channel).ToList();
        var there = own.Where(one => one.Sample.Site.Length > 0 && string.Equals(one.Sample.Site, prediction.Where, StringComparison.OrdinalIgnoreCase)).ToList();
        if (there.Count > 0 || (own.Count > 0 && prediction.Where.Length == 0))
        {
            return (there.Count > 0 ? there : own).Average(one => one.Sample.Mean);
        }

        var means = series.SelectMany(run => run).Where(one => one.Channel.Name == prediction.Channel).Select(one => one.Mean).OfType<double>().ToList();
        return means.Count > 0 && prediction.Where.Length == 0 ? means.Average() : null;
    }

    private void Samples()
    {
        if (content.Samples.IsEmpty)
        {
            Add($"<section><h2>{Text(texts.SamplesTitle)}</h2><p>{Text(texts.NoSamples)}</p></section>");
            return;
        }

        Table(texts.SamplesTitle, [texts.When, texts.Where, texts.What, texts.MeanSd, "n", texts.State, texts.Note], content.Samples.Select(one =>
        {
            var line = lines.FirstOrDefault(line => line.Name == one.Sample.Channel);
            var decimals = line?.Property?.Decimals ?? 2;
            var mean = $"{one.Sample.Mean.ToString("N" + decimals, culture)} ± {one.Sample.Sd.ToString("N" + (decimals + 1), culture)} {UnitSymbols.Of(one.Sample.Unit)}";
            return new[] { Clock(one.AtUs), one.Sample.Site, line is null ? one.Sample.Channel : Label(line), mean, one.Sample.Count.ToString(culture), one.Sample.Steady ? $"✓ {texts.Steady}" : $"▲ {texts.NotSteady}", one.Sample.Note };
        }));
    }

    private void Notes()
    {
        Add($"<section><h2>{Text(texts.NotesTitle)}</h2>");
        Add(content.Notes.IsEmpty ? $"<p>{Text(texts.NoNotes)}</p>" : "<ul>");
        foreach (var note in content.Notes)
        {
            var when = note.StartUs == 0 ? "" : note.EndUs > note.StartUs ? $"{Clock(note.StartUs)} – {Clock(note.EndUs)}: " : $"{Clock(note.StartUs)}: ";
            Add($"<li>{Text(when)}{Text(note.Text)}</li>");
        }

        Add(content.Notes.IsEmpty ? "</section>" : "</ul></section>");
    }

    private void Runs() => Table(texts.Runs, [texts.Run, texts.What, texts.Readings, texts.Mean, texts.Lowest, texts.Highest, texts.LeftOut], content.Runs.SelectMany((run, i) =>
    {
        var name = $"{(run.Title.Length > 0 ? texts.Say(run.Title, run.Title) : $"{texts.Run} {i + 1}")} ({Clock(run.StartUs)}{(run.IsPractice ? $", {texts.Practice}" : "")}{(run.IsRunning ? $", {texts.StillRunning}" : "")})";
        return series[i].IsEmpty
            ? [[name, texts.NothingMeasured, "", "", "", "", ""]]
            : series[i].Select(one => new[]
            {
                name, Label(one.Channel), one.Count.ToString("N0", culture), one.Mean is { } mean ? Value(one.Channel, mean) : "–", one.Min is { } min ? Value(one.Channel, min) : "–",
                one.Max is { } max ? Value(one.Channel, max) : "–", one.LeftOut == 0 ? "–" : one.LeftOut.ToString("N0", culture),
            });
    }));

    private void Flags()
    {
        Table(texts.FlagsTitle, [], texts.Flags.Select(flag => new[] { $"{flag.Mark} {flag.Name}", flag.Meaning }));
        Add($"<p><small>{Text(texts.FlagsLead)}</small></p>");
    }

    private void Table(string title, IReadOnlyCollection<string> heads, IEnumerable<string[]> rows)
    {
        Add($"<section><h2>{Text(title)}</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Text(title)}\"><table>");
        if (heads.Count > 0)
        {
            Add($"<thead><tr>{string.Concat(heads.Select(head => $"<th scope=\"col\">{Text(head)}</th>"))}</tr></thead>");
        }

        Add("<tbody>");
        foreach (var row in rows)
        {
            Add($"<tr><th scope=\"row\">{Text(row[0])}</th>{string.Concat(row.Skip(1).Select(cell => $"<td>{Text(cell)}</td>"))}</tr>");
        }

        Add("</tbody></table></div></section>");
    }

    private string Label(ChannelView line) => TakeHomeFile.LabelOf(line, lines, texts);

    private string Value(ChannelView? line, double value) =>
        $"{value.ToString("N" + TakeHomeFile.DecimalsOf(line).ToString(CultureInfo.InvariantCulture), culture)} {(line is null ? "" : UnitSymbols.Of(line.UnitUcum))}".TrimEnd();

    private string Clock(long utcUs) => TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks(utcUs * 10), zone).ToString("G", culture);

    private void Add(string part) => html.Append(part);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Hash(string inline) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inline)))}";

    private static string Read(string name)
    {
        using var source = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"assets/{name}")!);
        return source.ReadToEnd().ReplaceLineEndings("\n");
    }
}
