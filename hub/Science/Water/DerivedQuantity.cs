using System.Collections.Immutable;
using StemLab.Science.Properties;
using StemLab.Science.Quality;
using StemLab.Science.Texts;

namespace StemLab.Science.Water;

/// <summary>One input of a derived quantity.</summary>
/// <param name="PropertyId">The observed property, or a parameter's name where none is observed ("latitude").</param>
/// <param name="UnitUcum">The unit the formula takes it in.</param>
/// <param name="Range">Where the formula holds, in that unit.</param>
/// <param name="Default">Used where nothing is measured or given, in that unit; null = must be there.</param>
public sealed record DerivedInput(string PropertyId, string UnitUcum, ValueRange Range, double? Default = null);

/// <summary>A derived value with its verdict.</summary>
/// <param name="Value">In the unit of the quantity; NaN where an input is missing or the formula has no answer.</param>
/// <param name="Flag">The worst input flag; missing input → 9; outside the formula's range → 3.</param>
/// <param name="Outside">The input that lies outside the formula's range or is missing; null = none.</param>
public readonly record struct DerivedValue(double Value, QcFlag Flag, string? Outside);

/// <summary>A quantity computed from others. Immutable.</summary>
/// <param name="FormulaId">Stable name and version of the formula: "oxygen-saturation-benson-krause/1".</param>
/// <param name="PropertyId">The observed property it yields.</param>
/// <param name="UnitUcum">The unit it yields.</param>
/// <param name="Inputs">In the order of the formula.</param>
/// <param name="Formula">Inputs in their units to the value in its unit; NaN in, NaN out.</param>
public sealed record DerivedQuantity(string FormulaId, string PropertyId, string UnitUcum, ImmutableArray<DerivedInput> Inputs, Func<double[], double> Formula)
{
    /// <summary>What it is called in a list to choose from.</summary>
    public Sentence Name => DerivedQuantities.Names.Say(FormulaId);

    /// <summary>Computes one value.</summary>
    /// <param name="inputs">One per input, in its unit; NaN = missing: the default is taken where there is one.</param>
    /// <param name="flags">Verdict of each input; empty = all pass.</param>
    /// <returns>The value and what to think of it.</returns>
    public DerivedValue Compute(ReadOnlySpan<double> inputs, ReadOnlySpan<QcFlag> flags)
    {
        if (inputs.Length != Inputs.Length || (flags.Length != 0 && flags.Length != Inputs.Length))
            throw new ArgumentException($"{FormulaId} takes {Inputs.Length} inputs.", nameof(inputs));
        var used = new double[inputs.Length];
        var worst = QcFlag.Pass;
        string? outside = null;
        for (var i = 0; i < used.Length; i++)
        {
            used[i] = double.IsNaN(inputs[i]) ? Inputs[i].Default ?? double.NaN : inputs[i];
            if (double.IsNaN(used[i]))
                return new DerivedValue(double.NaN, QcFlag.Missing, Inputs[i].PropertyId);
            if (!double.IsNaN(inputs[i]) && flags.Length > 0)
                worst = Worse(worst, flags[i]);
            if (!Inputs[i].Range.Contains(used[i]))
                (worst, outside) = (Worse(worst, QcFlag.Suspect), outside ?? Inputs[i].PropertyId);
        }

        var value = Formula(used);
        return double.IsFinite(value) ? new DerivedValue(value, worst, outside) : new DerivedValue(double.NaN, QcFlag.Missing, outside);
    }

    /// <summary>For an input, not evaluated is worse than pass: the result is not surer than what it rests on.</summary>
    private static QcFlag Worse(QcFlag one, QcFlag other) => Rank(one) >= Rank(other) ? one : other;

    private static int Rank(QcFlag flag) => flag switch { QcFlag.Missing => 5, QcFlag.Fail => 4, QcFlag.Suspect => 3, QcFlag.NotEvaluated => 2, _ => 1 };
}
