namespace StemLab.Hub.Import;

/// <summary>Quality codes of other networks as QARTOD flags. Pure.</summary>
internal static class FlagCodes
{
    private static readonly string[] Ends = ["_qc", "_qual", "_flag", "_quality", "_qartod", "_qf", "_quality_flag", "_qc_flag", " flag", " qc", " quality", "-flag", "-qc"];
    private static readonly string[] Begins = ["f_", "qc_", "flag_", "qf_", "q_", "quality_"];
    private static readonly string[] Whole = ["flag", "qc", "quality", "qf", "quality_flag", "qc_flag", "qartod_flag", "co", "chất lượng", "cờ"];

    /// <summary>The measured column a flag column speaks of, by its name; empty = the columns before it; null = it is no flag column.</summary>
    public static string? OfWhom(string name)
    {
        var lower = name.Trim().ToLowerInvariant();
        if (Whole.Contains(lower))
        {
            return "";
        }

        if (lower.EndsWith("_cd", StringComparison.Ordinal) && ColumnNames.UsgsCode(lower[..^3]) is not null)
        {
            return lower[..^3];
        }

        var begin = Begins.FirstOrDefault(mark => lower.StartsWith(mark, StringComparison.Ordinal) && lower.Length > mark.Length);
        if (begin is not null)
        {
            return lower[begin.Length..];
        }

        var end = Ends.FirstOrDefault(mark => lower.EndsWith(mark, StringComparison.Ordinal) && lower.Length > mark.Length);
        return end is null ? null : lower[..^end.Length];
    }

    /// <summary>The code a text is looked up by: of NERRS flags "&lt;-3&gt; [GQM] (CSM)" the number in its angles.</summary>
    public static ReadOnlySpan<char> CodeOf(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var close = text.IndexOf('>');
        return text.Length > 2 && text[0] == '<' && close > 1 ? text[..(close + 1)] : text;
    }

    /// <summary>QARTOD 1, 2, 3, 4, 9; 0 = says nothing; null = nobody knows this code.</summary>
    public static int? Guess(ReadOnlySpan<char> code) => code switch
    {
        "" or "NULL" or "null" or "NA" or "NaN" or "None" or "none" => 0,
        "<0>" or "<3>" or "<4>" or "<5>" => 1,
        "<-1>" => 2,
        "<1>" => 3,
        "<-3>" or "<-4>" or "<-5>" => 4,
        "<-2>" => 9,
        "1" or "G" or "g" or "good" or "Good" or "GOOD" or "ok" or "OK" or "pass" or "Pass" or "PASS" or "P" or "A" or "tốt" => 1,
        "2" or "U" or "not evaluated" or "unknown" => 2,
        "3" or "S" or "s" or "suspect" or "Suspect" or "SUSPECT" or "Q" or "questionable" or "nghi ngờ" => 3,
        "4" or "B" or "b" or "bad" or "Bad" or "BAD" or "fail" or "Fail" or "FAIL" or "F" or "E" or "R" or "hỏng" => 4,
        "9" or "M" or "missing" or "Missing" => 9,
        _ => null,
    };
}
