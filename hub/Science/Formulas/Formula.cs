using System.Collections.Immutable;
using StemLab.Science.Units;

namespace StemLab.Science.Formulas;

/// <summary>The value of a formula at one moment.</summary>
/// <param name="Value">In the unit of the formula; NaN where there is none.</param>
/// <param name="Problem">Why there is none.</param>
public readonly record struct FormulaValue(double Value, FormulaProblem Problem);

/// <summary>A formula, or what is wrong with it.</summary>
/// <param name="Formula">Null when refused.</param>
/// <param name="Fault">Null when read.</param>
public sealed record FormulaOutcome(Formula? Formula, FormulaFault? Fault);

/// <summary>
/// A free formula over channels, with its units checked when it is read. Immutable; safe from any thread.
/// Numbers without a unit take the unit they stand beside; a unit is written after a number: 5 "mg/L".
/// </summary>
public sealed class Formula
{
    /// <summary>Longest text of a formula, characters.</summary>
    public const int MostCharacters = 1000;

    /// <summary>Most different channels in one formula.</summary>
    public const int MostInputs = 16;

    private readonly FormulaNode _root;

    private Formula(string text, FormulaNode root, ImmutableArray<string> inputs, string unitUcum)
    {
        Text = text;
        _root = root;
        Inputs = inputs;
        UnitUcum = unitUcum;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Names of the channels it uses, in order of first use; values are given in this order. Whoever joins formulas looks for cycles here (<see cref="FormulaCycles"/>).</summary>
    public ImmutableArray<string> Inputs { get; }

    /// <summary>UCUM code of the result.</summary>
    public string UnitUcum { get; }

    /// <summary>Which names a text uses, without knowing any channel.</summary>
    /// <param name="text">A formula; any text.</param>
    /// <param name="names">In order of first use; empty when refused.</param>
    /// <returns>What is wrong with the writing; null = nothing (units are not checked).</returns>
    public static FormulaFault? NamesIn(string? text, out ImmutableArray<string> names)
    {
        names = [];
        if (TooLong(text) is { } fault)
            return fault;
        var reader = new FormulaReader(text ?? "", null);
        if (reader.ReadAll() is null)
            return reader.Fault;
        names = [.. reader.Inputs];
        return null;
    }

    /// <summary>Reads a formula and checks its units.</summary>
    /// <param name="text">Any text: "number(do) * 100 / dosat". Decimal point or comma; ; between values of a function.</param>
    /// <param name="unitsByName">UCUM code of each channel that may be used, by the name it has in formulas. A name of other characters than letters, digits and _ is written in braces.</param>
    /// <param name="unitUcum">UCUM code the result is wanted in; null = as it comes.</param>
    /// <returns>The formula, or the first fault with its place and what to do. Never throws on any text.</returns>
    public static FormulaOutcome Read(string? text, IReadOnlyDictionary<string, string> unitsByName, string? unitUcum = null)
    {
        ArgumentNullException.ThrowIfNull(unitsByName);
        if (TooLong(text) is { } tooLong)
            return new FormulaOutcome(null, tooLong);
        text ??= "";
        var units = new Dictionary<string, Unit?>(StringComparer.Ordinal);
        foreach (var (name, code) in unitsByName)
        {
            if (!Ucum.TryParse(code, out var unit))
                return Refused(FormulaFaultCode.BadUnit, text, code);
            units[name] = unit;
        }

        var reader = new FormulaReader(text, units);
        if (reader.ReadAll() is not { } part)
            return new FormulaOutcome(null, reader.Fault);
        if (reader.Inputs.Count == 0)
            return units.Count == 0 ? Refused(FormulaFaultCode.NoNames, text) : Refused(FormulaFaultCode.NoInputs, text, string.Join(", ", units.Keys.Order(StringComparer.Ordinal).Take(12)));
        if (unitUcum is not null)
        {
            if (!Ucum.TryParse(unitUcum, out var wanted))
                return Refused(FormulaFaultCode.BadUnit, text, unitUcum);
            if (FormulaUnits.In(part, wanted) is not { } shown)
                return Refused(FormulaFaultCode.ResultUnit, text, part.Code, unitUcum);
            part = shown;
        }

        return new FormulaOutcome(new Formula(text, part.Node, [.. reader.Inputs], part.Code), null);
    }

    /// <summary>The value at one moment.</summary>
    /// <param name="inputs">One per input, in its unit; NaN = missing.</param>
    /// <returns>The value, or why there is none.</returns>
    public FormulaValue Compute(ReadOnlySpan<double> inputs)
    {
        if (inputs.Length != Inputs.Length)
            throw new ArgumentException($"The formula takes {Inputs.Length} inputs.", nameof(inputs));
        var run = new FormulaRun(inputs);
        var value = _root.Value(ref run);
        return run.Problem == FormulaProblem.None ? new FormulaValue(value, FormulaProblem.None) : new FormulaValue(double.NaN, run.Problem);
    }

    private static FormulaFault? TooLong(string? text) => text?.Length > MostCharacters
        ? new FormulaFault(FormulaFaultCode.TooLong, MostCharacters, text.Length - MostCharacters, [MostCharacters.ToString(System.Globalization.CultureInfo.InvariantCulture)])
        : null;

    private static FormulaOutcome Refused(FormulaFaultCode code, string text, params string[] arguments) =>
        new(null, new FormulaFault(code, 0, text.Length, [.. arguments]));
}
