using System.Globalization;
using System.Text.Json;
using StemLab.Science.Texts;

namespace StemLab.Hub.Operations;

/// <summary>What is wrong with JSON that a person wrote, in a person's words: where, and what. The reader's own words name types of the program. Pure.</summary>
internal static class JsonFault
{
    private const string Missing = "missing required properties including:";

    /// <summary>One sentence without its end: "line 2, column 13 (time.fields): the value is of the wrong kind".</summary>
    public static Sentence Of(JsonException fault)
    {
        var (en, vi) = What(fault.Message);
        if (fault.LineNumber is not { } line)
        {
            return new Sentence(en, vi);
        }

        var column = (fault.BytePositionInLine ?? 0) + 1;
        var name = NameOf(fault) is { Length: > 0 } path ? $" ({path})" : "";
        return new Sentence(
            string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, column {column}{name}: {en}"),
            string.Create(CultureInfo.InvariantCulture, $"dòng {line + 1}, cột {column}{name}: {vi}"));
    }

    /// <summary>Which key is meant: "time.fields"; empty = none.</summary>
    public static string NameOf(JsonException fault) => fault.Path is { Length: > 2 } path ? path.TrimStart('$', '.') : "";

    private static (string En, string Vi) What(string message)
    {
        if (message.IndexOf(Missing, StringComparison.Ordinal) is > 0 and var at)
        {
            var keys = message[(at + Missing.Length)..].Split(" Path:")[0].Trim(' ', '.');
            return ($"these keys are missing: {keys}", $"thiếu các khóa: {keys}");
        }

        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            var key = message.Split('\'').ElementAtOrDefault(1);
            return ($"there is no key '{key}'", $"không có khóa '{key}'");
        }

        if (message.Contains("null", StringComparison.Ordinal))
        {
            return ("null stands where a value must be", "có null ở chỗ phải có giá trị");
        }

        return message.Contains("could not be converted", StringComparison.Ordinal)
            ? ("the value is of the wrong kind", "giá trị không đúng kiểu")
            : ("what stands here is not JSON", "chỗ này không phải JSON");
    }
}
