using System.Globalization;
using StemLab.Hub.Derive;

namespace StemLab.Hub.TakeHome;

/// <summary>A table of a run as text that one kind of program opens by a double click: plain CSV, a spreadsheet of one language, CODAP. Pure but for the writer.</summary>
internal sealed class RunTableText(RunTableForm form, TakeHomeTexts texts, TimeZoneInfo zone)
{
    /// <summary>A sheet holds 1,048,576 lines; a phone opens far fewer.</summary>
    public const int MostLines = 200_000;

    /// <summary>CODAP draws every line as a dot.</summary>
    public const int MostLinesForCodap = 5_000;

    private bool IsVi => form == RunTableForm.ExcelVi;

    private char Next => IsVi ? ';' : ',';

    /// <summary>Spreadsheets take a file without this mark for their own old alphabet, and show "Ä‘á»™" for "độ".</summary>
    public bool HasMark => form is RunTableForm.ExcelVi or RunTableForm.ExcelEn;

    public string Name => form switch { RunTableForm.ExcelVi => "excel-vi", RunTableForm.ExcelEn => "excel-en", RunTableForm.Codap => "codap", _ => "readings" };

    public async Task WriteAsync(RunTable table, TextWriter into, Func<ChannelView, string> label, CancellationToken cancellationToken)
    {
        into.NewLine = HasMark ? "\r\n" : "\n";
        string[] times = HasMark ? [texts.Date, texts.Time, texts.SecondsFromStart] : form == RunTableForm.Codap ? ["time", "seconds"] : ["time_utc", "seconds"];
        await into.WriteLineAsync(string.Join(Next, [.. times.Select(Cell), .. table.Run.Channels.Select(channel => Cell(label(channel))), Cell(HasMark ? texts.Quality : "quality")]));
        for (var line = 0; line < table.Lines; line++)
        {
            if (table.Flag(line) == 0)
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            await into.WriteLineAsync(Line(table, line));
        }
    }

    private string Line(RunTable table, int line)
    {
        var at = DateTimeOffset.UnixEpoch.AddTicks(table.TimeUs(line) * 10);
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var seconds = Number(line * (table.StepUs / 1e6));
        List<string> cells = HasMark
            ? [local.ToString(IsVi ? "dd/MM/yyyy" : "yyyy-MM-dd", CultureInfo.InvariantCulture), local.ToString("HH:mm:ss", CultureInfo.InvariantCulture), seconds]
            : [at.ToString(table.StepUs % 1_000_000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), seconds];
        for (var i = 0; i < table.Run.Channels.Length; i++)
        {
            cells.Add(table.Value(line, i) is { } value ? Number(value) : "");
        }

        cells.Add(HasMark ? texts.FlagName(table.Flag(line)) : TakeHomeTexts.English.FlagName(table.Flag(line)));
        return string.Join(Next, cells);
    }

    /// <summary>Nine digits: more than any probe has, few enough that a mean of tenths stays readable.</summary>
    private string Number(double value)
    {
        var text = value.ToString("G9", CultureInfo.InvariantCulture);
        return IsVi ? text.Replace('.', ',') : text;
    }

    /// <summary>As the separator wants it, and nothing a spreadsheet would calculate.</summary>
    private static string Cell(string text)
    {
        text = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{text}" : text;
        return text.AsSpan().ContainsAny("\";,\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
