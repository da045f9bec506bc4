using System.Globalization;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>What circuits write, read strictly. Pure; no text makes it throw.</summary>
internal static class EzoText
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>Exactly as many decimal numbers as there are places, parted by commas.</summary>
    public static bool TryNumbers(string text, Span<double> into)
    {
        var i = 0;
        foreach (var part in text.AsSpan().Split(','))
        {
            if (i == into.Length || !double.TryParse(text.AsSpan()[part], Decimal, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            {
                return false;
            }

            into[i++] = number;
        }

        return i == into.Length;
    }

    /// <summary>The answer to "i", <c>?I,pH,2.15</c>; a DO circuit calls itself DO or D.O.</summary>
    public static bool TryIdentity(string text, out string type, out string firmware)
    {
        (type, firmware) = ("", "");
        if (!TryAnswer(text, "I", out var rest) || rest.Split(',') is not [{ Length: > 0 } name, { Length: > 0 } version])
        {
            return false;
        }

        (type, firmware) = (name.Replace(".", "", StringComparison.Ordinal), version);
        return true;
    }

    /// <summary>What follows the name in the answer to a question, <c>?K,1.0</c> or, as some circuits write, <c>?,O,EC</c>.</summary>
    public static bool TryAnswer(string text, string name, out string rest)
    {
        var after = text.StartsWith("?,", StringComparison.Ordinal) ? text[2..] : text.StartsWith('?') ? text[1..] : "";
        var isAnswer = after.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (after.Length == name.Length || after[name.Length] == ',');
        rest = isAnswer && after.Length > name.Length ? after[(name.Length + 1)..] : "";
        return isAnswer;
    }

    /// <summary>True where the answer to the question after a setting says that setting: <c>?T,25.0</c> after <c>T,25</c>, <c>?S,0,uS</c> after <c>S,0</c>, <c>?S,c</c> after <c>S,c</c>.</summary>
    public static bool IsAnswerTo(string setting, string answer)
    {
        var parts = setting.Split(',');
        if (!TryAnswer(answer, parts[0], out var rest))
        {
            return false;
        }

        var said = rest.Split(',')[0];
        return double.TryParse(parts[1], Decimal, CultureInfo.InvariantCulture, out var wanted)
            ? double.TryParse(said, Decimal, CultureInfo.InvariantCulture, out var number) && Math.Abs(number - wanted) < 0.05
            : said.Equals(parts[1], StringComparison.OrdinalIgnoreCase);
    }
}
