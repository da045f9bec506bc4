using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Formulas;
using StemLab.Science.Properties;
using StemLab.Science.Texts;
using StemLab.Science.Units;
using StemLab.Science.Water;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>One thing wrong with a derived channel.</summary>
/// <param name="Field">Of the definition: "inputs[1].channel".</param>
internal readonly record struct DerivedProblem(string Field, Sentence Sentence);

/// <summary>Finds the inputs of one definition among channels and lays their units on each other; collects every problem. One definition, one instance.</summary>
internal sealed class DerivedFinding
{
    /// <summary>Age allowed where the definition names none and nobody knows how often the input is measured, µs.</summary>
    public const long UsualAgeUs = 300_000_000;

    private const long LeastAgeUs = 30_000_000;

    private static readonly ValueRange Anything = new(double.NegativeInfinity, double.PositiveInfinity);

    private readonly Id128 _fact;
    private readonly DerivedChannelBody _body;
    private readonly Func<string, ChannelView?> _find;
    private readonly List<DerivedProblem> _problems = [];

    private DerivedFinding(Id128 fact, DerivedChannelBody body, Func<string, ChannelView?> find) => (_fact, _body, _find) = (fact, body, find);

    /// <summary>UCUM code of the channel's values; empty with problems.</summary>
    public string UnitUcum { get; private set; } = "";

    /// <summary>Null with problems.</summary>
    public ComputedColumn? Column { get; private set; }

    public IReadOnlyList<DerivedProblem> Problems => _problems;

    /// <param name="find">The channels there are; derived ones it may rest on among them.</param>
    public static DerivedFinding Of(Id128 fact, DerivedChannelBody body, Func<string, ChannelView?> find)
    {
        var finding = new DerivedFinding(fact, body, find);
        if (body.Formula.Length > 0)
        {
            finding.Listed();
        }
        else
        {
            finding.Free();
        }

        return finding;
    }

    private void Listed()
    {
        if (ComputedColumn.QuantityOf(_body.Formula) is not { } quantity)
        {
            _problems.Add(new("formula_id", DerivedWords.UnknownFormula(_body.Formula)));
            return;
        }

        for (int i = 0; i < _body.Inputs.Length; i++)
        {
            if (quantity.Inputs.All(input => input.PropertyId != _body.Inputs[i].Name))
            {
                _problems.Add(new($"inputs[{i}].name", DerivedWords.UnknownInput(_body.Inputs[i].Name, quantity.Inputs.Select(input => input.PropertyId))));
            }
        }

        var inputs = ImmutableArray.CreateBuilder<ComputedInput>(quantity.Inputs.Length);
        foreach (DerivedInput wanted in quantity.Inputs)
        {
            int at = IndexOf(wanted.PropertyId);
            if (at >= 0)
            {
                inputs.Add(Bound(at, wanted.UnitUcum, wanted.Range));
            }
            else if (wanted.Default is { } usual)
            {
                inputs.Add(new ComputedInput("", AffineMap.Identity, usual, wanted.Range, 0));
            }
            else
            {
                _problems.Add(new("inputs", DerivedWords.MissingInput(wanted.PropertyId)));
            }
        }

        string unit = quantity.UnitUcum;
        AffineMap toChannel = AffineMap.Identity;
        if (ObservedProperties.Default.Find(quantity.PropertyId) is { } registered && registered.UnitUcum != unit && Ucum.TryConvert(unit, registered.UnitUcum, out toChannel))
        {
            unit = registered.UnitUcum;
        }

        Finish(quantity, [.. quantity.Inputs.Select(input => input.PropertyId)], inputs, toChannel, unit);
    }

    private void Free()
    {
        ObservedProperty? registered = ObservedProperties.Default.Find(_body.Property);
        string? wanted = registered?.UnitUcum ?? (_body.Unit.Length > 0 ? _body.Unit : null);
        if (_body.Unit.Length > 0 && !Ucum.TryParse(_body.Unit, out _))
        {
            _problems.Add(new("unit_ucum", DerivedWords.NoUnit(_body.Unit)));
            wanted = null;
        }
        else if (registered is not null && _body.Unit.Length > 0 && _body.Unit != registered.UnitUcum && !Ucum.TryConvert(_body.Unit, registered.UnitUcum, out _))
        {
            _problems.Add(new("unit_ucum", DerivedWords.Unit(_body.Property, _body.Unit, registered.UnitUcum)));
        }

        var units = new Dictionary<string, string>(StringComparer.Ordinal);
        var bound = new Dictionary<string, ComputedInput>(StringComparer.Ordinal);
        for (int i = 0; i < _body.Inputs.Length; i++)
        {
            DerivedBinding input = _body.Inputs[i];
            string own = input.Channel.Length > 0 ? _find(input.Channel)?.UnitUcum ?? "" : "";
            string unit = input.Unit.Length > 0 ? input.Unit : own.Length > 0 && Ucum.TryParse(own, out _) ? own : "1";
            if (!Ucum.TryParse(unit, out _))
            {
                _problems.Add(new($"inputs[{i}].unit_ucum", DerivedWords.NoUnit(unit)));
                continue;
            }

            units[input.Name] = unit;
            bound[input.Name] = Bound(i, unit, Anything);
        }

        FormulaOutcome read = Formula.Read(_body.Expression, units, wanted);
        if (read.Formula is not { } formula)
        {
            // A name that is missing only because its input was refused is told there.
            bool isTold = read.Fault!.Code == FormulaFaultCode.UnknownName && _problems.Count > 0;
            if (!isTold)
            {
                _problems.Add(new(read.Fault.Code == FormulaFaultCode.ResultUnit ? "unit_ucum" : "expression", read.Fault.Say()));
            }

            return;
        }

        for (int i = 0; i < _body.Inputs.Length; i++)
        {
            if (!formula.Inputs.Contains(_body.Inputs[i].Name))
            {
                _problems.Add(new($"inputs[{i}].name", DerivedWords.Unused(_body.Inputs[i].Name)));
            }
        }

        var inputs = ImmutableArray.CreateBuilder<ComputedInput>(formula.Inputs.Length);
        inputs.AddRange(formula.Inputs.Select(name => bound[name]));
        Finish(formula, formula.Inputs, inputs, AffineMap.Identity, formula.UnitUcum);
    }

    private void Finish(object computation, ImmutableArray<string> names, ImmutableArray<ComputedInput>.Builder inputs, AffineMap toChannel, string unit)
    {
        int lead = _body.Inputs.Where(input => input.Channel.Length > 0).Select(input => names.IndexOf(input.Name)).FirstOrDefault(index => index >= 0, -1);
        if (lead < 0 && _problems.Count == 0)
        {
            _problems.Add(new("inputs", DerivedWords.NoChannel));
        }

        if (_problems.Count == 0)
        {
            UnitUcum = unit;
            Column = new ComputedColumn(_fact, computation, inputs.ToImmutable(), lead, toChannel);
        }
    }

    private int IndexOf(string name)
    {
        for (int i = 0; i < _body.Inputs.Length; i++)
        {
            if (_body.Inputs[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A binding in the unit the computation takes; problems are noted.</summary>
    private ComputedInput Bound(int index, string unit, ValueRange range)
    {
        DerivedBinding input = _body.Inputs[index];
        AffineMap map = AffineMap.Identity;
        if (input.Constant is { } constant)
        {
            if (input.Unit.Length > 0 && input.Unit != unit && !Ucum.TryConvert(input.Unit, unit, out map))
            {
                _problems.Add(new($"inputs[{index}].unit_ucum", DerivedWords.Unit(input.Name, input.Unit, unit)));
                return default;
            }

            double value = map.Apply(constant);
            if (!range.Contains(value))
            {
                _problems.Add(new($"inputs[{index}].constant", DerivedWords.OutsideRange(input.Name, value, range.Min, range.Max)));
            }

            return new ComputedInput("", AffineMap.Identity, value, range, 0);
        }

        string field = $"inputs[{index}].channel";
        if (!input.Channel.StartsWith($"agents/{_body.Agent}/channels/", StringComparison.Ordinal))
        {
            _problems.Add(new(field, DerivedWords.OtherAgent(input.Channel)));
            return default;
        }

        if (_find(input.Channel) is not { } channel)
        {
            _problems.Add(new(field, DerivedWords.NoSuchChannel(input.Channel)));
            return default;
        }

        // A channel whose unit nobody knows is taken as the person says.
        bool isUnknown = channel.UnitUcum.Length == 0 && _body.Expression.Length > 0;
        if (channel.UnitUcum != unit && !isUnknown && !Ucum.TryConvert(channel.UnitUcum, unit, out map))
        {
            _problems.Add(new(field, DerivedWords.Unit(channel.DisplayName, channel.UnitUcum, unit)));
            return default;
        }

        long usual = channel.IntervalUs > 0 ? Math.Max(LeastAgeUs, channel.IntervalUs + (channel.IntervalUs / 2)) : UsualAgeUs;
        return new ComputedInput(input.Channel, map, double.NaN, range, _body.MaxAgeUs > 0 ? _body.MaxAgeUs : usual);
    }
}
