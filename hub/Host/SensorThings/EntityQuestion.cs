using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace StemLab.Hub.SensorThings;

/// <summary>An entity joined to those asked for.</summary>
internal sealed record Expansion(string Way, EntityQuestion Options);

/// <summary>The query options. Immutable, pure.</summary>
internal sealed record EntityQuestion
{
    /// <summary>Entities in one answer where $top does not say; and most whatever it says.</summary>
    public const int UsualTop = 100;

    public const int MostTop = 1_000;

    /// <summary>$skip reaches so far; further on, the answer's own next link goes by time.</summary>
    public const int MostSkip = 10_000;

    private static readonly string[] Known = ["$filter", "$orderby", "$top", "$skip", "$count", "$select", "$expand", "$skiptoken", "$resultFormat"];

    public FilterNode? Filter { get; init; }

    public ImmutableArray<(FilterNode Key, bool Descends)> OrderBy { get; init; } = [];

    public int Top { get; init; } = UsualTop;

    public int Skip { get; init; }

    public bool Count { get; init; }

    /// <summary>Properties wanted; empty = all.</summary>
    public ImmutableArray<string> Select { get; init; } = [];

    public ImmutableArray<Expansion> Expand { get; init; } = [];

    /// <summary>Where the page before ended: UTC µs and how many observations of that moment were given; absent = from the start.</summary>
    public (long UtcUs, int Given)? After { get; init; }

    public static EntityQuestion Read(IEnumerable<KeyValuePair<string, StringValues>> query) => Read([.. query.Select(pair => (pair.Key, pair.Value.Count == 1 ? pair.Value[0] ?? "" : throw SensorThingsProblem.Form($"{pair.Key} is given {pair.Value.Count} times")))], isInner: false);

    private static EntityQuestion Read(ImmutableArray<(string Key, string Value)> given, bool isInner)
    {
        var options = new EntityQuestion();
        foreach ((string key, string value) in given)
        {
            options = key switch
            {
                "$filter" => options with { Filter = FilterText.Filter(value) },
                "$orderby" => options with { OrderBy = FilterText.OrderBy(value) },
                "$top" => options with { Top = Math.Min(MostTop, Whole(key, value, int.MaxValue)) },
                "$skip" => options with { Skip = Whole(key, value, MostSkip) },
                "$count" => options with { Count = value switch { "true" => true, "false" => false, _ => throw SensorThingsProblem.Form($"$count is true or false, not '{value}'") } },
                "$select" => options with { Select = [.. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] },
                "$expand" when isInner => throw SensorThingsProblem.NotOffered("$expand goes one level deep here; ask for the next level by its own address"),
                "$expand" => options with { Expand = [.. Split(value, ',').Select(Expanded)] },
                "$skiptoken" => options with { After = Token(value) },
                "$resultFormat" => throw SensorThingsProblem.NotOffered("$resultFormat: only JSON is offered here; for CSV freeze a dataset"),
                _ => throw SensorThingsProblem.Form($"'{key}' is not an option; there are {string.Join(", ", Known)}"),
            };
        }

        return options;
    }

    private static Expansion Expanded(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        string way = (open < 0 ? text : text[..open]).Trim();
        if (way.Contains('/', StringComparison.Ordinal))
        {
            throw SensorThingsProblem.NotOffered("$expand goes one level deep here; ask for the next level by its own address");
        }

        if (open < 0)
        {
            return new Expansion(way, new EntityQuestion());
        }

        string inner = text.TrimEnd() is var whole && whole.EndsWith(')') ? whole[(open + 1)..^1] : throw SensorThingsProblem.Form($"$expand: '{text}' lacks its ')'");
        return new Expansion(way, Read([.. Split(inner, ';').Select(Pair)], isInner: true));
    }

    private static (string Key, string Value) Pair(string text)
    {
        string[] sides = text.Split('=', 2);
        return sides.Length == 2 ? (sides[0].Trim(), sides[1].Trim()) : throw SensorThingsProblem.Form($"$expand: '{text}' is not an option with a value");
    }

    /// <summary>Parts between separators that stand in no brackets and no text.</summary>
    private static IEnumerable<string> Split(string text, char separator)
    {
        (int start, int deep, bool quoted) = (0, 0, false);
        for (int i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '\'';
            deep += quoted ? 0 : text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == separator && deep == 0 && !quoted)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static int Whole(string key, string text, int most) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most
        ? number
        : throw SensorThingsProblem.Form($"{key} is a whole number from 0 to {most}, not '{text}'{(key == "$skip" ? "; further on go by @iot.nextLink, or narrow phenomenonTime" : "")}");

    private static (long UtcUs, int Given) Token(string text) =>
        text.Split('.') is [var time, var count] && long.TryParse(time, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long utcUs) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given <= MostSkip
            ? (utcUs, given)
            : throw SensorThingsProblem.Form($"$skiptoken '{text}' is not one this hub gave");
}
