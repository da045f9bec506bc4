using System.Collections.Immutable;

namespace StemLab.IotBindings;

/// <summary>One value of a device: how it is read, and what it is. Immutable.</summary>
/// <param name="Member">Path from the driver to a number: "ReadTemperature().DegreesCelsius".</param>
/// <param name="Quantity">Observed property.</param>
/// <param name="UnitUcum">UCUM code of that number.</param>
public sealed record IotValue(string Member, string Quantity, string UnitUcum);

/// <summary>
/// A device nobody has named here, as configuration says it. Driver: "Bmp180.Bmp180", or with what its constructor takes, "Max31865.Max31865(spi:1, Pt1000, ThreeWire, FromOhms(4300))", and after ";" what is done once before the first reading.
/// Outputs: "ReadTemperature().DegreesCelsius=air_temperature:Cel", parted by commas. Immutable.
/// </summary>
/// <param name="Driver">Type of the package, without Iot.Device.</param>
/// <param name="Takes">What its constructor takes; empty where nothing is written: then an I2C address.</param>
/// <param name="Steps">Calls and settings, in order.</param>
/// <param name="Values">At least one.</param>
public sealed record IotRecipe(string Driver, ImmutableArray<string> Takes, ImmutableArray<string> Steps, ImmutableArray<IotValue> Values)
{
    private const int MostValues = 16;

    /// <summary>What the two texts say; null where they do not hold, then <paramref name="problem"/> says why and what to write instead.</summary>
    public static IotRecipe? Read(string driver, string outputs, out string? problem)
    {
        var parts = Split(driver, ';');
        if (parts is not [{ Length: > 0 } type, .. var steps] || Call.Of(type) is not { } made || steps.Any(step => step.Length == 0))
        {
            problem = driver.Length == 0
                ? "Driver: missing; the driver's type in Iot.Device.Bindings, for example Bmp180.Bmp180"
                : $"Driver: '{driver}' is not like Bmp180.Bmp180 or Scd4x.Scd4x(i2c); StartPeriodicMeasurements()";
            return null;
        }

        var values = ImmutableArray.CreateBuilder<IotValue>();
        foreach (var output in Split(outputs, ','))
        {
            var (equals, colon) = (output.LastIndexOf('='), output.LastIndexOf(':'));
            if (equals < 1 || colon < equals + 2 || colon == output.Length - 1)
            {
                problem = $"Outputs: '{output}' is not MEMBER=PROPERTY:UNIT, for example ReadTemperature().DegreesCelsius=air_temperature:Cel";
                return null;
            }

            values.Add(new IotValue(output[..equals].Trim(), output[(equals + 1)..colon].Trim(), output[(colon + 1)..].Trim()));
        }

        problem = values.Count > MostValues ? $"Outputs: has {values.Count}; a device gives at most {MostValues}"
            : values.FirstOrDefault(value => !IsName(value.Quantity)) is { } odd ? $"Outputs: '{odd.Quantity}' is no observed property; one is like air_temperature: a to z, 0 to 9 and _"
            : values.GroupBy(value => value.Quantity).FirstOrDefault(group => group.Count() > 1) is { } twice ? $"Outputs: {twice.Key} is there twice"
            : null;
        return problem is null ? new IotRecipe(made.Name, made.Arguments, [.. steps], values.ToImmutable()) : null;
    }

    /// <summary>True where it sits on an I2C bus.</summary>
    public bool IsOnI2c => Takes.IsEmpty || Takes.Contains(Words.I2c);

    /// <summary>Parts of a text between marks that stand in no parentheses, trimmed. An unclosed parenthesis takes the rest.</summary>
    internal static string[] Split(string text, char mark)
    {
        var parts = new List<string>();
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (text[i] == mark && depth == 0)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        return [.. parts, text[start..].Trim()];
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 64 && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>Words that stand for what the agent hands a driver.</summary>
    internal static class Words
    {
        public const string I2c = "i2c";
        public const string Spi = "spi";
        public const string Gpio = "gpio";
        public const string Out = "out";
        public const string Unused = "_";
    }

    /// <summary>A name with or without arguments. Immutable.</summary>
    /// <param name="Name">Letters, digits, dots.</param>
    /// <param name="Arguments">Between its parentheses.</param>
    /// <param name="IsCall">It has parentheses.</param>
    internal sealed record Call(string Name, ImmutableArray<string> Arguments, bool IsCall)
    {
        /// <summary>Null for what is none.</summary>
        public static Call? Of(string text)
        {
            var open = text.IndexOf('(', StringComparison.Ordinal);
            var name = (open < 0 ? text : text[..open]).Trim();
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_') || (open >= 0 && text[^1] != ')'))
            {
                return null;
            }

            var inside = open < 0 ? "" : text[(open + 1)..^1].Trim();
            return new Call(name, inside.Length == 0 ? [] : [.. Split(inside, ',')], open >= 0);
        }
    }
}
