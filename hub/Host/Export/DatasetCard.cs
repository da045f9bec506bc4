using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StemLab.Science.Properties;
using StemLab.V1;
using static System.Net.WebUtility;
using ObservedProperty = StemLab.Science.Properties.ObservedProperty;

namespace StemLab.Hub.Export;

/// <summary>
/// The dataset card: what, where, who as an organisation, with what, how whole, how good, how tested, licence, how to cite. One HTML page that needs nothing else,
/// in one language or several below each other. Pure; the same version gives the same page.
/// </summary>
internal static class DatasetCard
{
    private const string Style = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1b2733;background:#fff}h1{line-height:1.2}h2{margin-top:2rem;border-bottom:2px solid #0b6e99}"
        + "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #c9d3da;vertical-align:top}.n{text-align:right;font-variant-numeric:tabular-nums}"
        + ".scroll{overflow-x:auto}.simulated{background:#fff3cd;border:2px solid #b58900;padding:.5rem 1rem;font-weight:bold}code{overflow-wrap:anywhere}.hint{color:#44535f}article+article{margin-top:4rem;border-top:4px double #0b6e99}"
        + "nav a{margin-right:1rem}@media print{nav{display:none}}"
        // On a phone a row is a block whose first cell is its heading: five columns side by side show one.
        + "@media screen and (max-width:32em){thead{position:absolute;clip-path:inset(50%)}tr{display:block;border-bottom:1px solid #c3ccd2;padding:.4rem 0}"
        + "td,td.n{display:block;border:0;padding:.1rem 0;text-align:left;overflow-wrap:anywhere}td:first-child{font-weight:bold}td+td::before{content:attr(data-head) \": \";color:#44535f}}";

    /// <summary>The hash a Content-Security-Policy names so that the page's own style counts and no other.</summary>
    public static string StyleHash { get; } = $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}";

    public static string Html(FrozenVersion version, params ReadOnlySpan<string> languages)
    {
        var page = new StringBuilder();
        string title = HtmlEncode($"{DatasetWords.Title(version.About)}, v{DatasetWords.Number(version.About)}");
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"{languages[0]}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{Style}</style></head>\n<body>\n");
        if (languages.Length > 1)
        {
            page.Append("<nav>");
            foreach (string language in languages)
            {
                page.Append(CultureInfo.InvariantCulture, $"<a href=\"#{language}\" lang=\"{language}\">{(language == "vi" ? "Tiếng Việt" : "English")}</a>");
            }

            page.Append("</nav>\n");
        }

        page.Append("<main>\n");

        foreach (string language in languages)
        {
            new Card(version, CardTexts.Of(language), page).Write();
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>One language of the page while it is written.</summary>
    private sealed class Card(FrozenVersion version, CardTexts texts, StringBuilder page)
    {
        private string _heading = "";

        private bool IsVi => texts.Language == "vi";

        private CultureInfo Culture => CultureInfo.GetCultureInfo(IsVi ? "vi-VN" : "en-GB");

        public void Write()
        {
            DatasetVersion about = version.About;
            page.Append(CultureInfo.InvariantCulture, $"<article id=\"{texts.Language}\" lang=\"{texts.Language}\">\n<h1>{HtmlEncode(DatasetWords.Title(about))}, {texts.Version} {DatasetWords.Number(about)}</h1>\n");
            if (version.Tables.Channels.Any(channel => channel.Simulated))
            {
                page.Append(CultureInfo.InvariantCulture, $"<p class=\"simulated\">{(version.Tables.Channels.All(channel => channel.Simulated) ? texts.Simulated : texts.SomeSimulated)}</p>\n");
            }

            if (version.Tables.Practice is { IsLeftOut: false })
            {
                page.Append(CultureInfo.InvariantCulture, $"<p class=\"simulated\">{texts.SomePractice}</p>\n");
            }

            What(about);
            Where();
            Whole();
            Practice();
            Good();
            Instruments();
            Tests();
            page.Append("</article>\n");
        }

        private void What(DatasetVersion about)
        {
            Heading(texts.What);
            if (about.Dataset.Description.Length > 0)
            {
                Paragraph(HtmlEncode(about.Dataset.Description));
            }

            string first = DatasetWords.Time(about.HasFirstTimeUs ? about.FirstTimeUs : null);
            string last = DatasetWords.Time(about.HasLastTimeUs ? about.LastTimeUs : null);
            Paragraph($"{Count(version.Tables.Rows)} {texts.Readings}. {texts.From}: {first}. {texts.To}: {last}. {texts.Times}");
            Heading(texts.Who);
            Paragraph(HtmlEncode(about.Dataset.Creator) + (about.Dataset.Project.Length > 0 ? $". {texts.Project}: {HtmlEncode(about.Dataset.Project)}" : ""));
            Paragraph($"{texts.Frozen}: {DatasetWords.Time(about.HasFrozenTimeUs ? about.FrozenTimeUs : null)}, {HtmlEncode(version.HubName)}");
            Heading(texts.Licence);
            (string id, string title, string url) = DatasetWords.Licence(about.Dataset.Licence);
            Paragraph($"<a href=\"{HtmlEncode(url)}\">{HtmlEncode(title)} ({HtmlEncode(id)})</a>");
            Heading(texts.Cite);
            Paragraph($"<code>{HtmlEncode(DatasetWords.Citation(about))}</code>");
        }

        private void Where()
        {
            Heading(texts.Where);
            string[] sites = [.. version.Tables.Stretches.Where(stretch => stretch.Site.Length > 0)
                .Select(stretch => stretch.Latitude is { } latitude && stretch.Longitude is { } longitude ? $"{stretch.Site} ({Degrees(latitude)}, {Degrees(longitude)})" : stretch.Site).Distinct()];
            if (sites.Length > 0)
            {
                Paragraph(HtmlEncode(string.Join(" · ", sites)));
            }

            if (version.Tables.Stretches.Any(stretch => stretch.OnTrack))
            {
                Paragraph(texts.OnTrack);
            }

            Paragraph(DatasetWords.BoxOf(version.Tables.Channels) is { } box
                ? $"{texts.Box} {Degrees(box.South)}° … {Degrees(box.North)}° N, {Degrees(box.West)}° … {Degrees(box.East)}° E."
                : texts.NoPlace);
        }

        private void Whole()
        {
            Heading(texts.Whole);
            Hint(texts.WholeHint);
            Table([texts.Channel, texts.Expected, texts.Stored, texts.Gaps, texts.NoValue], version.Tables.Channels.Select(channel => (string[])
            [
                NameOf(channel),
                channel.Expected is { } expected ? Count(expected) : texts.NotDeclared,
                Count(channel.Rows),
                channel.Expected is { } wanted ? Count(Math.Max(0, wanted - channel.Rows)) : "–",
                Count(channel.MissingValues),
            ]));
        }

        private void Practice()
        {
            if (version.Tables.Practice is not { } practice)
            {
                return;
            }

            Heading(practice.IsLeftOut ? texts.PracticeOut : texts.PracticeIn);
            Hint(texts.PracticeHint);
            Paragraph($"{Count(practice.Rows)} {texts.Readings}.");
            Table([texts.Run, texts.From, texts.To, texts.Stored], practice.Runs.Select(run => (string[])
                [$"<code>{run.Run}</code>", DatasetWords.Time(run.FromUtcUs), run.ToUtcUs == long.MaxValue ? "…" : DatasetWords.Time(run.ToUtcUs), Count(run.Rows)]));
        }

        private void Good()
        {
            Heading(texts.Quality);
            Table([texts.Flag, texts.Stored, texts.Share], version.Tables.ByFlag.Select(of => (string[])
                [$"{of.Key} {DatasetWords.Flag(of.Key, IsVi)}", Count(of.Value), $"{(100.0 * of.Value / Math.Max(1, version.Tables.Rows)).ToString("0.##", Culture)} %"]));
        }

        private void Instruments()
        {
            Heading(texts.Instruments);
            var lines = from number in Enumerable.Range(0, version.Tables.Channels.Length)
                        let channel = version.Tables.Channels[number]
                        from used in version.StretchesOf(number).Select(stretch => (stretch.ProbeModel, stretch.ProbeSerial, stretch.Calibration, Clock: Clock(stretch))).Distinct()
                        select (string[])[NameOf(channel), Known(used.ProbeModel), Known(used.ProbeSerial), used.Calibration.Length > 0 ? $"<code>{used.Calibration[..8]}…</code>" : texts.None, used.Clock];
            Table([texts.Channel, texts.Model, texts.Serial, texts.Calibration, texts.Clock], lines);
        }

        private void Tests()
        {
            if (version.Tables.Rules.IsEmpty)
            {
                return;
            }

            // Channels of one property and the same limits are one line; so are the tests a channel is not put to.
            Heading(texts.Tests);
            Hint(texts.TestsHint);
            var known = version.Tables.Channels.ToDictionary(channel => channel.Name);
            string TestName(FrozenRule rule) => IsVi ? rule.NameVi : rule.NameEn;
            var lines = version.Tables.Rules
                .GroupBy(rule => (rule.Channel, Test: rule.Off ? "" : rule.Test, rule.Off, rule.FactId))
                .Select(of => (Rule: of.First(), Names: string.Join(", ", of.Select(TestName)), Thresholds: of.Key.Off ? texts.NotMade : IsVi ? of.First().ThresholdsVi : of.First().ThresholdsEn));
            Table([texts.Channel, texts.Test, texts.Thresholds, texts.Source], lines
                .GroupBy(line => (known[line.Rule.Channel].Property, line.Names, line.Thresholds, line.Rule.FactId))
                .Select(same => (string[])
                [
                    HtmlEncode($"{PropertyName(same.Key.Property)}: {string.Join(", ", same.Select(line => known[line.Rule.Channel].Station).Distinct())}"),
                    HtmlEncode(same.Key.Names),
                    HtmlEncode(same.Key.Thresholds),
                    same.Key.FactId.Length > 0 ? $"<code>{same.Key.FactId[..8]}…</code>" : texts.Registry,
                ]));
        }

        private static string Clock(FrozenStretch stretch) => HtmlEncode(stretch.TimeSource.Length > 0 ? $"{stretch.TimeState}, {stretch.TimeSource}" : stretch.TimeState);

        private string NameOf(FrozenChannel channel) =>
            HtmlEncode($"{channel.Station} {channel.Port}: {PropertyName(channel.Property)}{(Science.Units.UnitSymbols.Of(channel.UnitUcum) is { Length: > 0 } unit && unit != channel.Property && channel.UnitUcum != "[pH]" ? $", {unit}" : "")}{(channel.Simulated ? IsVi ? " (mô phỏng)" : " (simulated)" : "")}");

        private string PropertyName(string id) => ObservedProperties.Default.Find(id) is { } property ? Name(property) : id;

        private string Name(ObservedProperty property) => IsVi ? property.NameVi : property.NameEn;

        private string Count(long number) => number.ToString("N0", Culture);

        private string Degrees(double number) => number.ToString("0.######", Culture);

        private static string Known(string text) => text.Length > 0 ? HtmlEncode(text) : "–";

        private void Heading(string text)
        {
            _heading = text;
            page.Append(CultureInfo.InvariantCulture, $"<h2>{text}</h2>\n");
        }

        private void Paragraph(string html) => page.Append(CultureInfo.InvariantCulture, $"<p>{html}</p>\n");

        private void Hint(string text) => page.Append(CultureInfo.InvariantCulture, $"<p class=\"hint\">{text}</p>\n");

        /// <summary>Cells are HTML; columns of numbers stand to the right, with their heading.</summary>
        private void Table(string[] heads, IEnumerable<string[]> rows)
        {
            string[][] cells = [.. rows];
            string[] classes = [.. heads.Select((_, column) => cells.Any(row => IsNumber(row[column])) && cells.All(row => IsNumber(row[column]) || row[column] == "–" || row[column] == texts.NotDeclared) ? " class=\"n\"" : "")];
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{HtmlEncode(_heading)}\"><table>\n<thead><tr>");
            foreach ((string head, string kind) in heads.Zip(classes))
            {
                page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{kind}>{head}</th>");
            }

            page.Append("</tr></thead>\n<tbody>\n");
            foreach (string[] row in cells)
            {
                page.Append("<tr>");
                foreach ((string head, string kind, string cell) in heads.Zip(classes, row))
                {
                    page.Append(CultureInfo.InvariantCulture, $"<td{kind} data-head=\"{head}\">{cell}</td>");
                }

                page.Append("</tr>\n");
            }

            page.Append("</tbody>\n</table></div>\n");
        }

        /// <summary>"1.234", "99,5 %".</summary>
        private static bool IsNumber(string cell) => cell.Length > 0 && char.IsAsciiDigit(cell[0]) && (char.IsAsciiDigit(cell[^1]) || cell[^1] == '%');
    }
}
