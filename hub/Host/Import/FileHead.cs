using System.Buffers;
using System.Collections.Immutable;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Import;

/// <summary>
/// The beginning of a file, cut into records: encoding, comment marks, delimiter, decimal mark, header, units. Immutable; made by <see cref="Read"/>.
/// </summary>
internal sealed record FileHead
{
    private const int HeadBytes = 1 << 19;
    private const int MostRecords = 500;

    /// <summary>Between a heading over several columns and a column's own name.</summary>
    public const string Below = " · ";

    // Before a decimal mark the other one sets thousands apart.
    private static readonly SearchValues<char> Grouped = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> GroupedByCommas = SearchValues.Create("0123456789,");
    private static readonly string[] Delimiters = ["\t", ";", "|", ","];

    public required string Encoding { get; init; }

    public required double EncodingConfidence { get; init; }

    public required string Delimiter { get; init; }

    public required string Decimal { get; init; }

    public ImmutableArray<string> Comments { get; init; } = [];

    /// <summary>Records before the readings.</summary>
    public int Skip { get; init; }

    /// <summary>Fields of a record.</summary>
    public int Fields { get; init; }

    /// <summary>One name a field; empty where the header has none.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>One text a field from a row of units; empty without.</summary>
    public ImmutableArray<string> Units { get; init; } = [];

    /// <summary>Records with readings.</summary>
    public ImmutableArray<string[]> Rows { get; init; } = [];

    /// <summary>The header had one name less than there are fields.</summary>
    public bool IsHeaderShort { get; init; }

    /// <exception cref="RefusedException">No table in it.</exception>
    public static FileHead Read(System.IO.Stream file)
    {
        var bytes = new byte[HeadBytes];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var (encoding, confidence) = Charsets.Guess(bytes.AsSpan(0, count));
        using var reader = new StreamReader(new MemoryStream(bytes, 0, count), Charsets.Of(encoding), detectEncodingFromByteOrderMarks: true);
        var text = reader.ReadToEnd();
        if (text.Length == 0)
        {
            throw new RefusedException("The file is empty", "Tệp trống");
        }

        if (text.AsSpan(0, Math.Min(text.Length, 4096)).Count('\0') > 8)
        {
            throw new RefusedException("This is no text: save the table as CSV first", "Đây không phải văn bản: hãy lưu bảng thành CSV trước");
        }

        // The last line is cut where the file goes on.
        if (count == bytes.Length && text.LastIndexOf('\n') is > 0 and var end)
        {
            text = text[..(end + 1)];
        }

        return Cut(text, encoding, confidence);
    }

    private static FileHead Cut(string text, string encoding, double confidence)
    {
        var comments = CommentsOf(text);
        var (delimiter, records) = Delimited(text, comments);
        var modes = Latter(records).GroupBy(record => record.Length).OrderByDescending(group => group.Count()).ThenByDescending(group => records.Count(record => record.Length == group.Key)).ThenByDescending(group => group.Key).ToArray();
        if (modes.Length == 0 || modes[0].Key < 2)
        {
            throw new RefusedException(
                "No table was found: expected a time and at least one value in a line, separated by comma, semicolon, tab, | or blanks",
                "Không thấy bảng nào: mỗi dòng cần có thời gian và ít nhất một giá trị, cách nhau bằng dấu phẩy, chấm phẩy, tab, | hoặc dấu cách");
        }

        var fields = modes[0].Key;
        var first = FirstOfData(records, fields);
        if (first < 0)
        {
            throw new RefusedException("No line with a time and values was found", "Không thấy dòng nào có thời gian và giá trị");
        }

        var rows = records.Skip(first).ToArray();
        var head = new FileHead
        {
            Encoding = encoding,
            EncodingConfidence = confidence,
            Delimiter = delimiter,
            Decimal = DecimalOf(rows, delimiter),
            Comments = comments,
            Skip = first,
            Fields = fields,
            Rows = [.. rows.Where(row => row.Length >= fields)],
        };
        return head.WithHeader(records[..first], CommentHeader(text, comments, delimiter, fields));
    }

    /// <summary>Digits with what stands in a date or a time of day between them.</summary>
    private static bool IsMoment(string cell) => cell.Length > 0 && char.IsAsciiDigit(cell[0]) && cell.AsSpan(1).ContainsAny(":/-");

    /// <summary>Names and units from the records before the readings, else from the last comment lines.</summary>
    private FileHead WithHeader(string[][] before, string[][] commented)
    {
        // A logger's own first line ("TOA5") is no header, though it has as many fields.
        var candidates = before.Where(record => record.Length >= Fields - 1 && record.Length > 1 && record[0] is not "TOA5").ToArray();
        var header = Array.FindIndex(candidates, record => IsHeader(record) && record.Any(TimeFinder.IsTimeName));
        header = header >= 0 ? header : Array.FindIndex(candidates, IsHeader);
        if (header < 0)
        {
            candidates = commented;
            header = candidates.Length > 0 ? 0 : -1;
        }

        if (header < 0)
        {
            return this with { Names = [.. Enumerable.Repeat("", Fields)] };
        }

        var names = candidates[header].Select(name => name.Trim()).ToArray();
        var isShort = names.Length == Fields - 1;
        if (isShort)
        {
            // One name less: the first field is a row number; or the last has no name, as where a delimiter or a remark trails.
            var isLast = Rows.All(row => row[Fields - 1].Length == 0) || (TimeFinder.IsTimeName(names[0]) && Rows.All(row => IsMoment(row[0])) && !Rows.Any(row => IsMoment(row[1])));
            names = isLast ? [.. names, ""] : ["", .. names];
        }

        if (!isShort && header > 0 && HasNamesOverSeveral(candidates[header - 1], names))
        {
            names = Under(candidates[header - 1], names);
        }
        else if (!isShort && header + 1 < candidates.Length && HasNamesOverSeveral(names, candidates[header + 1]))
        {
            names = Under(names, candidates[++header]);
        }

        var units = header + 1 < candidates.Length && LooksLikeUnits(candidates[header + 1]) ? candidates[header + 1].Select(unit => unit.Trim()).Take(Fields).ToArray() : [];
        return this with { Names = [.. names.Take(Fields)], Units = [.. units], IsHeaderShort = isShort };
    }

    private static bool IsHeader(string[] record) => record.Count(IsName) * 2 >= record.Count(cell => cell.Length > 0) && record.Any(IsName);

    /// <summary>Two rows of names: what stands above leaves cells empty or says them again, and what stands below tells those apart.</summary>
    private static bool HasNamesOverSeveral(string[] above, string[] below) =>
        above.Length == below.Length && IsHeader(above) && below.Count(IsName) >= 2 && below.All(cell => cell.Length == 0 || IsName(cell))
        && below.Count(cell => ColumnNames.UnitOf(cell) is not null) * 2 < below.Count(IsName)
        && Enumerable.Range(1, above.Length - 1).Count(at => below[at].Length > 0 && (above[at].Length == 0 || above[at] == above[at - 1])) * 4 >= below.Count(IsName);

    private static string[] Under(string[] above, string[] below)
    {
        var names = new string[above.Length];
        var heading = "";
        for (var at = 0; at < above.Length; at++)
        {
            heading = above[at].Trim().Length > 0 ? above[at].Trim() : heading;
            var own = below[at].Trim();
            names[at] = own.Length == 0 ? above[at].Trim() : heading.Length == 0 ? own : heading + Below + own;
        }

        return names;
    }

    private static bool IsName(string cell) => cell.Length > 0 && !char.IsAsciiDigit(cell[0]) && cell[0] is not '-' and not '.' && cell.Any(char.IsLetter);

    private static bool LooksLikeUnits(string[] record) =>
        record.Any(cell => ColumnNames.UnitOf(cell) is not null) && !record.Any(cell => cell.Length > 0 && double.TryParse(cell, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _) && cell is not ("1" or "1e-3"));

    private static ImmutableArray<string> CommentsOf(string text)
    {
        var marks = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan(0, Math.Min(text.Length, 1 << 14)).EnumerateLines())
        {
            if (line.StartsWith("#"))
            {
                marks.Add("#");
            }
            else if (line.StartsWith("//"))
            {
                marks.Add("//");
            }
            else if (line.StartsWith("%"))
            {
                marks.Add("%");
            }
        }

        return [.. marks];
    }

    private static (string Delimiter, string[][] Records) Delimited(string text, ImmutableArray<string> comments)
    {
        (string Delimiter, string[][] Records, double Score) best = (",", [], -1);
        foreach (var delimiter in Delimiters)
        {
            var records = Records(text, delimiter, comments);
            var score = ScoreOf(records);
            if (score > best.Score + 0.05)
            {
                best = (delimiter, records, score);
            }

            // A decimal comma cuts as evenly as a comma that separates: the rarer mark goes first.
            if (score >= 0.8 && delimiter != ",")
            {
                break;
            }
        }

        if (best.Score <= 0)
        {
            best = (" ", Records(text, " ", comments), 0);
        }

        return (best.Delimiter, best.Records);
    }

    /// <summary>Share of the records that have the commonest number of fields; 0 where that is one.</summary>
    private static double ScoreOf(string[][] records)
    {
        if (records.Length == 0)
        {
            return 0;
        }

        records = Latter(records);
        var mode = records.GroupBy(record => record.Length).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First();
        return mode.Key < 2 ? 0 : (double)mode.Count() / records.Length;
    }

    private static string[][] Records(string text, string delimiter, ImmutableArray<string> comments)
    {
        var reader = new RecordReader(new StringReader(text), delimiter, comments);
        List<string[]> records = [];
        while (records.Count < MostRecords && reader.Read())
        {
            if (reader.Problem is null)
            {
                var record = new string[reader.Count];
                for (var i = 0; i < record.Length; i++)
                {
                    record[i] = reader.Field(i).Trim().ToString();
                }

                records.Add(record);
            }
        }

        return [.. records];
    }

    /// <summary>Comment lines right before the readings that have as many words as a record has fields: a header that hides behind its mark.</summary>
    private static string[][] CommentHeader(string text, ImmutableArray<string> comments, string delimiter, int fields)
    {
        List<string[]> found = [];
        foreach (var line in text[..Math.Min(text.Length, 1 << 16)].Split('\n'))
        {
            var mark = comments.FirstOrDefault(mark => line.StartsWith(mark, StringComparison.Ordinal));
            if (mark is null)
            {
                continue;
            }

            var words = Records(line[mark.Length..], delimiter, []);
            if (words.Length == 1 && words[0].Length == fields)
            {
                found.Add(words[0]);
            }
        }

        return [.. found];
    }

    /// <summary>The latter half: what stands above a table may be longer than a short table.</summary>
    private static string[][] Latter(string[][] records) => records[(records.Length / 2)..];

    /// <summary>The field in which most of the latter records have a time; -1 = none, as of times in parts and of epochs.</summary>
    private static int TimeField(string[][] records, int fields)
    {
        string[][] latter = [.. Latter(records).Where(record => record.Length >= fields)];
        return Enumerable.Range(0, fields).FirstOrDefault(field => latter.Count(record => IsTime(record[field])) * 2 > latter.Length, -1);
    }

    private static bool IsTime(string cell) => cell.Length > 5 && (TimeForms.TryRead(cell, "ymd", out _, out _) || TimeForms.TryRead(cell, "mdy", out _, out _) || TimeForms.TryRead(cell, "dmy", out _, out _));

    /// <summary>The first record that has a time and as many fields as most, and after which most records have.</summary>
    private static int FirstOfData(string[][] records, int fields)
    {
        var time = TimeField(records, fields);
        for (var i = 0; i < records.Length; i++)
        {
            if (IsWhole(records[i]) && records.Skip(i).Take(10).Count(IsWhole) * 2 > Math.Min(10, records.Length - i))
            {
                return i;
            }
        }

        return -1;

        // A line above that has a time elsewhere ("file created") and a line of formats ("5s 20d 14n") are none.
        bool IsWhole(string[] record) => record.Length >= fields && (time >= 0 ? IsTime(record[time]) : IsData(record));
    }

    private static bool IsData(string[] record)
    {
        if (record.Any(IsTime))
        {
            return true;
        }

        // Epochs, serial days and dates in parts are numbers.
        return record.Count(cell => cell.Length > 0 && (char.IsAsciiDigit(cell[0]) || cell[0] is '-' or '.')) * 2 > record.Count(cell => cell.Length > 0) && !record.Any(cell => cell.Length > 3 && IsName(cell) && !IsMissingWord(cell));
    }

    private static bool IsMissingWord(string cell) => cell.ToUpperInvariant() is "NULL" or "NAN" or "NONE" or "MISSING";

    private static string DecimalOf(string[][] rows, string delimiter)
    {
        if (delimiter == ",")
        {
            // Inside quotes a comma may still be a decimal mark.
            return rows.SelectMany(row => row).Count(IsCommaNumber) > rows.SelectMany(row => row).Count(IsPointNumber) ? "," : ".";
        }

        var (commas, points) = (0, 0);
        foreach (var cell in rows.SelectMany(row => row))
        {
            commas += IsCommaNumber(cell) ? 1 : 0;
            points += IsPointNumber(cell) ? 1 : 0;
        }

        return commas > points ? "," : ".";
    }

    private static bool IsCommaNumber(string cell) => IsNumberWith(cell, ',');

    private static bool IsPointNumber(string cell) => IsNumberWith(cell, '.');

    private static bool IsNumberWith(string cell, char mark)
    {
        var at = cell.LastIndexOf(mark);
        return at > 0 && at + 1 < cell.Length && char.IsAsciiDigit(cell[at - 1]) && char.IsAsciiDigit(cell[at + 1])
            && !cell.AsSpan(at).Contains(mark == ',' ? '.' : ',')
            && !cell.AsSpan(0, at).TrimStart('-').ContainsAnyExcept(mark == ',' ? Grouped : GroupedByCommas);
    }
}
