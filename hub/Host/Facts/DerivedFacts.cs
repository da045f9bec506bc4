using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StemLab.Science.Water;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>A channel computed from others of the same agent, for the past and from now on. Whether inputs and units fit is found when it is read: what it rests on changes.</summary>
/// <param name="Port">Name it appears under, [a-z0-9-]{1,32}.</param>
/// <param name="Formula">Id of a listed quantity; empty = <paramref name="Expression"/> says it.</param>
/// <param name="Expression">Free formula; empty with a listed quantity.</param>
/// <param name="Property">Of an expression: observed property it yields; empty = none, then the port's name.</param>
/// <param name="Unit">Of an expression: UCUM code of the result; empty = as it comes.</param>
/// <param name="Inputs">The first with a channel sets the times of the rows.</param>
/// <param name="MaxAgeUs">Oldest another input may be, µs; 0 = as usual for its interval.</param>
internal sealed record DerivedChannelBody(
    [property: JsonPropertyName("agent")] Id128 Agent,
    [property: JsonPropertyName("port")] string Port,
    [property: JsonPropertyName("formula")] string Formula,
    [property: JsonPropertyName("expression")] string Expression,
    [property: JsonPropertyName("property")] string Property,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("inputs")] ImmutableArray<DerivedBinding> Inputs,
    [property: JsonPropertyName("max_age_us")] long MaxAgeUs,
    [property: JsonPropertyName("note")] string Note) : FactBody
{
    public const string KindName = "derived_channel";

    public const int LongestExpression = 500;
    public const int MostInputs = 16;
    public const long LongestAgeUs = 3_600_000_000;

    private const int LongestPort = 32;
    private const int LongestName = 64;
    private const int LongestNote = 500;

    [JsonIgnore]
    public override string Kind => KindName;

    /// <summary>The property it yields; the port's name where the registry has none for it, or this version does not know the quantity.</summary>
    [JsonIgnore]
    public string Yields => Formula.Length > 0 ? DerivedQuantities.All.FirstOrDefault(quantity => quantity.FormulaId == Formula)?.PropertyId ?? Port : Property.Length > 0 ? Property : Port;

    /// <summary>Name of its channel.</summary>
    [JsonIgnore]
    public string Channel => $"agents/{Agent}/channels/{Port}~{Yields}";

    /// <summary>Everything wrong with its form.</summary>
    public IEnumerable<FactProblem> Problems()
    {
        if (Agent.IsEmpty)
        {
            yield return new("derived_channel.agent", "is empty; expected 32 lowercase hex digits");
        }

        if (Port.Length is 0 or > LongestPort || Port.Any(letter => letter is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')))
        {
            yield return new("port", $"is '{Port}'; expected 1 to {LongestPort} of a-z, 0-9 and -");
        }

        if (Formula.Length == 0 == (Expression.Length == 0))
        {
            yield return new("computation", "expected a formula_id or an expression, one of the two");
        }

        if (Expression.Length > LongestExpression)
        {
            yield return new("expression", $"is longer than {LongestExpression} characters");
        }

        if (Property.Length > LongestName || Property.Any(letter => letter is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' or '-')))
        {
            yield return new("observed_property", $"is '{Property}'; expected at most {LongestName} of a-z, 0-9, _ and -");
        }

        if (Unit.Length > LongestName)
        {
            yield return new("unit_ucum", $"is longer than {LongestName} characters");
        }

        if (Formula.Length > 0 && (Property.Length > 0 || Unit.Length > 0))
        {
            yield return new("formula_id", "brings its own property and unit; leave observed_property and unit_ucum empty");
        }

        if (MaxAgeUs is < 0 or > LongestAgeUs)
        {
            yield return new("max_age_us", $"is {MaxAgeUs}; expected 0 (as usual) to {LongestAgeUs}");
        }

        if (Note.Length > LongestNote)
        {
            yield return new("note", $"is longer than {LongestNote} characters");
        }

        if (Inputs.IsDefault || Inputs.Length > MostInputs)
        {
            yield return new("inputs", $"expected at most {MostInputs}");
            yield break;
        }

        for (int i = 0; i < Inputs.Length; i++)
        {
            foreach (FactProblem problem in Inputs[i].Problems($"inputs[{i}]"))
            {
                yield return problem;
            }
        }

        if (Inputs.Select(input => input.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() != Inputs.Length)
        {
            yield return new("inputs", "two of them bear one name");
        }
    }

    public DerivedChannelFact ToWire() => new() { Agent = $"agents/{Agent}", Definition = Definition() };

    public DerivedChannelDefinition Definition()
    {
        var definition = new DerivedChannelDefinition { Port = Port, ObservedProperty = Property, UnitUcum = Unit, MaxAgeUs = MaxAgeUs, Note = Note };
        if (Formula.Length > 0)
        {
            definition.FormulaId = Formula;
        }
        else
        {
            definition.Expression = Expression;
        }

        foreach (DerivedBinding input in Inputs)
        {
            var binding = new DerivedInputBinding { Name = input.Name, UnitUcum = input.Unit };
            if (input.Constant is { } constant)
            {
                binding.Constant = constant;
            }
            else
            {
                binding.Channel = input.Channel;
            }

            definition.Inputs.Add(binding);
        }

        return definition;
    }
}

/// <summary>Where one input of a derived channel comes from.</summary>
/// <param name="Name">Of the quantity's input, or as used in the expression.</param>
/// <param name="Channel">Its channel; empty with a constant.</param>
/// <param name="Unit">UCUM code the number is taken in; empty = the channel's own, the quantity's, or 1.</param>
/// <param name="Constant">Absent = the channel gives it.</param>
internal sealed record DerivedBinding(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("channel")] string Channel,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("constant"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Constant = null)
{
    private const int LongestName = 64;
    private const int LongestChannel = 250;

    public IEnumerable<FactProblem> Problems(string path)
    {
        if (Name.Length is 0 or > LongestName)
        {
            yield return new($"{path}.name", $"is {Name.Length} characters long; expected 1 to {LongestName}");
        }

        if (Channel.Length == 0 == (Constant is null) || Channel.Length > LongestChannel)
        {
            yield return new($"{path}.channel", "expected a channel or a constant, one of the two");
        }

        if (Constant is { } constant && !double.IsFinite(constant))
        {
            yield return new($"{path}.constant", "is not a finite number");
        }

        if (Unit.Length > LongestName)
        {
            yield return new($"{path}.unit_ucum", $"is longer than {LongestName} characters");
        }
    }
}
