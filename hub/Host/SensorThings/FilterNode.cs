using System.Collections.Immutable;
using System.Globalization;

namespace StemLab.Hub.SensorThings;

/// <summary>One node of a $filter or $orderby expression. Immutable, pure. Values are double, string, bool, DateTimeOffset or null.</summary>
internal abstract record FilterNode
{
    /// <param name="look">The value at a path of the entity; null where it has none.</param>
    public abstract object? Value(Func<string, object?> look);

    /// <summary>All paths below.</summary>
    public abstract IEnumerable<string> Paths { get; }

    /// <summary>True where the expression holds; null and what is no truth value do not hold.</summary>
    public bool Holds(Func<string, object?> look) => Value(look) is true;

    /// <summary>The parts that all must hold.</summary>
    public IEnumerable<FilterNode> Parts() => this is FilterCall { Name: "and" } both ? both.Arguments.SelectMany(part => part.Parts()) : [this];
}

/// <summary>A constant.</summary>
internal sealed record FilterConstant(object? Constant) : FilterNode
{
    public override IEnumerable<string> Paths => [];

    public override object? Value(Func<string, object?> look) => Constant;
}

/// <summary>A property, or a property of an entity one step away: "result", "Datastream/id", "properties/simulated".</summary>
internal sealed record FilterPath(string Path) : FilterNode
{
    public override IEnumerable<string> Paths => [Path];

    public override object? Value(Func<string, object?> look) => look(Path);
}

/// <summary>An operator or function over its arguments.</summary>
internal sealed record FilterCall(string Name, ImmutableArray<FilterNode> Arguments) : FilterNode
{
    /// <summary>Functions and how many arguments they take.</summary>
    public static readonly ImmutableDictionary<string, int> Functions = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["substringof"] = 2,
        ["contains"] = 2,
        ["startswith"] = 2,
        ["endswith"] = 2,
        ["length"] = 1,
        ["indexof"] = 2,
        ["tolower"] = 1,
        ["toupper"] = 1,
        ["trim"] = 1,
        ["concat"] = 2,
        ["round"] = 1,
        ["floor"] = 1,
        ["ceiling"] = 1,
        ["year"] = 1,
        ["month"] = 1,
        ["day"] = 1,
        ["hour"] = 1,
        ["minute"] = 1,
        ["second"] = 1,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public override IEnumerable<string> Paths => Arguments.SelectMany(argument => argument.Paths);

    public override object? Value(Func<string, object?> look)
    {
        object? first = Arguments[0].Value(look);
        switch (Name)
        {
            case "and":
                return first is true && Arguments[1].Value(look) is true;
            case "or":
                return first is true || Arguments[1].Value(look) is true;
            case "not":
                return first is bool holds ? !holds : null;
        }

        object? second = Arguments.Length > 1 ? Arguments[1].Value(look) : null;
        return Name switch
        {
            "eq" => Same(first, second),
            "ne" => !Same(first, second),
            "gt" => Compare(first, second) > 0,
            "ge" => Compare(first, second) >= 0,
            "lt" => Compare(first, second) < 0,
            "le" => Compare(first, second) <= 0,
            "add" or "sub" or "mul" or "div" or "mod" => (first, second) is (double a, double b) ? Arithmetic(a, b) : null,
            "round" or "floor" or "ceiling" => first is double number ? Rounded(number) : null,
            "year" or "month" or "day" or "hour" or "minute" or "second" => first is DateTimeOffset time ? Part(time) : null,
            _ => first is string text ? Text(text, second as string) : null,
        };
    }

    /// <summary>-1, 0 or 1; null where the two cannot be compared.</summary>
    public static int? Compare(object? one, object? other) => (one, other) switch
    {
        (double a, double b) => a.CompareTo(b),
        (string a, string b) => Math.Sign(string.CompareOrdinal(a, b)),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (bool a, bool b) => a.CompareTo(b),
        _ => null,
    };

    private static bool Same(object? one, object? other) => one is null ? other is null : Compare(one, other) == 0;

    private double Arithmetic(double a, double b) => Name switch { "add" => a + b, "sub" => a - b, "mul" => a * b, "div" => a / b, _ => a % b };

    private double Rounded(double number) => Name switch { "round" => Math.Round(number, MidpointRounding.AwayFromZero), "floor" => Math.Floor(number), _ => Math.Ceiling(number) };

    private double Part(DateTimeOffset time)
    {
        DateTime utc = time.UtcDateTime;
        return Name switch { "year" => utc.Year, "month" => utc.Month, "day" => utc.Day, "hour" => utc.Hour, "minute" => utc.Minute, _ => utc.Second };
    }

    private object? Text(string text, string? other) => Name switch
    {
        "length" => (double)text.Length,
        "tolower" => text.ToLower(CultureInfo.InvariantCulture),
        "toupper" => text.ToUpper(CultureInfo.InvariantCulture),
        "trim" => text.Trim(),
        _ when other is null => null,
        "substringof" => other.Contains(text, StringComparison.Ordinal),
        "contains" => text.Contains(other, StringComparison.Ordinal),
        "startswith" => text.StartsWith(other, StringComparison.Ordinal),
        "endswith" => text.EndsWith(other, StringComparison.Ordinal),
        "indexof" => (double)text.IndexOf(other, StringComparison.Ordinal),
        "concat" => text + other,
        _ => null,
    };
}
