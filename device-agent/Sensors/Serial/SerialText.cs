using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StemLab.Agent.Sensors.Serial;

/// <summary>A value with the name its sender gave it.</summary>
/// <param name="Name">[a-z0-9_.-]{1,24}.</param>
/// <param name="Value">Finite.</param>
/// <param name="Unit">As written; empty where none was.</param>
internal readonly record struct NamedValue(string Name, double Value, string Unit);

/// <summary>What a line is.</summary>
internal enum LineKind
{
    /// <summary>Values.</summary>
    Values,

    /// <summary>A comment, a heading: nothing to measure.</summary>
    Heading,

    /// <summary>Nothing this program understands.</summary>
    Rejected,
}

/// <summary>
/// Reads what small boards write: a JSON object, <c>name=value unit</c> (also with a colon), or numbers under a heading of names, parted by commas, semicolons or tabs. Remembers the heading. No text makes it throw.
/// </summary>
internal sealed partial class SerialText
{
    private const int MostValues = 32;
    private const int LongestName = 24;
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private (string Name, string Unit)[] heading = [];

    /// <summary>Reads a line, one letter a byte; the values are added to <paramref name="into"/>, which is cleared first.</summary>
    public LineKind Read(string line, List<NamedValue> into)
    {
        into.Clear();
        var text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)).Trim();
        if (text.Length == 0 || text[0] == '#')
        {
            return LineKind.Heading;
        }

        if (text.Any(c => char.IsControl(c) && c != '\t') || text.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return LineKind.Rejected;
        }

        var kind = text[0] == '{' ? Json(text, into) : text.Contains('=', StringComparison.Ordinal) || Pair().IsMatch(text.Split([',', ';', '\t'])[0].Trim()) ? Pairs(text, into) : Columns(text, into);
        if (kind != LineKind.Values || into.Count is 0 or > MostValues || into.DistinctBy(value => value.Name).Count() != into.Count)
        {
            into.Clear();
            return kind == LineKind.Values ? LineKind.Rejected : kind;
        }

        return kind;
    }

    /// <summary>A name as a port may be called; empty where nothing is left of it.</summary>
    public static string NameOf(string text)
    {
        var name = string.Concat(text.Trim().ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '-' ? c : '_')).Trim('_');
        return name.Length <= LongestName ? name : name[..LongestName];
    }

    private static LineKind Json(string text, List<NamedValue> into)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                var (value, unit) = (entry.Value, "");
                if (value.ValueKind == JsonValueKind.Object)
                {
                    unit = value.TryGetProperty("unit", out var written) && written.ValueKind == JsonValueKind.String ? written.GetString()! : "";
                    _ = entry.Value.TryGetProperty("value", out value);
                }

                if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && NameOf(entry.Name) is { Length: > 0 } name)
                {
                    into.Add(new NamedValue(name, number, unit.Trim()));
                }
            }

            return LineKind.Values;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return LineKind.Rejected;
        }
    }

    private static LineKind Pairs(string text, List<NamedValue> into)
    {
        foreach (var part in text.Split([',', ';', '\t'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var match = Pair().Match(part);
            if (!match.Success || !TryNumber(match.Groups["value"].Value, out var value) || NameOf(match.Groups["name"].Value) is not { Length: > 0 } name)
            {
                return LineKind.Rejected;
            }

            into.Add(new NamedValue(name, value, match.Groups["unit"].Value.Trim()));
        }

        return LineKind.Values;
    }

    private LineKind Columns(string text, List<NamedValue> into)
    {
        var separator = text.Contains('\t', StringComparison.Ordinal) ? '\t' : text.Contains(';', StringComparison.Ordinal) ? ';' : ',';
        var fields = text.Split(separator, StringSplitOptions.TrimEntries);
        if (fields.Length <= MostValues && Array.TrueForAll(fields, field => Title().IsMatch(field)))
        {
            heading = [.. fields.Select(field => Title().Match(field)).Select(match => (NameOf(match.Groups["name"].Value), match.Groups["unit"].Value.Trim()))];
            return heading.Length > 1 || heading[0].Name.Length > 0 ? LineKind.Heading : LineKind.Rejected;
        }

        if (fields.Length != heading.Length)
        {
            return LineKind.Rejected;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            // An empty field is a value the sender has not: the others count.
            if (fields[i].Length == 0 || heading[i].Name.Length == 0)
            {
                continue;
            }

            if (!TryNumber(fields[i], out var value))
            {
                return LineKind.Rejected;
            }

            into.Add(new NamedValue(heading[i].Name, value, heading[i].Unit));
        }

        return LineKind.Values;
    }

    private static bool TryNumber(string text, out double value) => double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    [GeneratedRegex(@"^(?<name>[\p{L}_][\p{L}\p{N}_ .-]{0,23})\s*[=:]\s*(?<value>[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?<unit>[^\d\s=:][^=:]{0,15})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();

    [GeneratedRegex(@"^(?<name>[\p{L}_][\p{L}\p{N}_ .-]{0,23}?)\s*(?:[\[(](?<unit>[^\])]{0,15})[\])])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Title();
}
