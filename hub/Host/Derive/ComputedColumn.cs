using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Formulas;
using StemLab.Science.Properties;
using StemLab.Science.Quality;
using StemLab.Science.Texts;
using StemLab.Science.Units;
using StemLab.Science.Water;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>One input of a derived channel, found.</summary>
/// <param name="Channel">Its channel; empty = the constant.</param>
/// <param name="ToFormula">From the channel's unit to the one the formula takes.</param>
/// <param name="Constant">In the formula's unit.</param>
/// <param name="Range">Where the formula holds, in the formula's unit.</param>
/// <param name="MaxAgeUs">Oldest reading that still counts, µs.</param>
internal readonly record struct ComputedInput(string Channel, AffineMap ToFormula, double Constant, ValueRange Range, long MaxAgeUs);

/// <summary>How the rows of a derived channel are computed: a listed quantity or a free formula with every input found. Immutable, pure, safe from any thread.</summary>
internal sealed class ComputedColumn : IEquatable<ComputedColumn>
{
    private readonly DerivedQuantity? _quantity;
    private readonly Formula? _formula;
    private readonly AffineMap _toChannel;

    /// <param name="fact">That defines it.</param>
    /// <param name="computation">A <see cref="DerivedQuantity"/> or a <see cref="Formula"/>.</param>
    /// <param name="inputs">In the order the computation takes them.</param>
    /// <param name="lead">The one whose rows set the times.</param>
    /// <param name="toChannel">From the computation's unit to the channel's.</param>
    public ComputedColumn(Id128 fact, object computation, ImmutableArray<ComputedInput> inputs, int lead, AffineMap toChannel)
    {
        Fact = fact;
        _quantity = computation as DerivedQuantity;
        _formula = computation as Formula;
        Inputs = inputs;
        Lead = lead;
        _toChannel = toChannel;
    }

    public Id128 Fact { get; }

    public ImmutableArray<ComputedInput> Inputs { get; }

    /// <summary>Index of the input whose rows set the times.</summary>
    public int Lead { get; }

    /// <summary>What a definition computes, for people.</summary>
    public static Sentence NameOf(DerivedChannelBody body)
    {
        DerivedQuantity? quantity = QuantityOf(body.Formula);
        string text = body.Formula.Length > 0 ? body.Formula : body.Expression;
        return quantity?.Name ?? new Sentence(text, text);
    }

    /// <summary>The listed quantity; null for an id this version does not know.</summary>
    public static DerivedQuantity? QuantityOf(string formulaId) => DerivedQuantities.All.FirstOrDefault(quantity => quantity.FormulaId == formulaId);

    /// <summary>The value at one moment, unit of the channel; NaN where there is none, and then why.</summary>
    /// <param name="x">One per input, in the formula's units, all numbers.</param>
    public double Value(double[] x, out FlagReasons why)
    {
        why = FlagReasons.None;
        double value;
        if (_formula is not null)
        {
            FormulaValue computed = _formula.Compute(x);
            value = computed.Value;
            why = computed.Problem == FormulaProblem.DividedByZero ? FlagReasons.DividedByZero : FlagReasons.None;
        }
        else
        {
            value = _quantity!.Formula(x);
            for (int i = 0; i < x.Length; i++)
            {
                why |= Inputs[i].Range.Contains(x[i]) ? FlagReasons.None : FlagReasons.OutsideValidity;
            }
        }

        value = _toChannel.Apply(value);
        if (double.IsFinite(value))
        {
            return value;
        }

        why |= (why & FlagReasons.DividedByZero) == 0 ? FlagReasons.NotDefined : FlagReasons.None;
        return double.NaN;
    }

    /// <summary>Standard uncertainty of the value to first order: how far it moves when each input moves by its own.</summary>
    /// <param name="x">As for <see cref="Value"/>; left as it was.</param>
    /// <param name="u">Of each input, same units; 0 = none. NaN anywhere = not known, and then neither is the result.</param>
    /// <remarks>Numeric form of JCGM 100:2008, 5.1.3 note 2: half of f(x + u) - f(x - u), summed in squares; inputs are taken as independent.</remarks>
    public double Uncertainty(double[] x, ReadOnlySpan<double> u)
    {
        double squares = 0;
        for (int i = 0; i < x.Length; i++)
        {
            if (u[i] == 0)
            {
                continue;
            }

            double at = x[i];
            x[i] = at + u[i];
            double above = Value(x, out _);
            x[i] = at - u[i];
            double below = Value(x, out _);
            x[i] = at;
            squares += (above - below) * (above - below) / 4;
        }

        return Math.Sqrt(squares);
    }

    public bool Equals(ComputedColumn? other) =>
        other is not null && Fact == other.Fact && Lead == other.Lead && _toChannel == other._toChannel && Inputs.AsSpan().SequenceEqual(other.Inputs.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as ComputedColumn);

    public override int GetHashCode() => HashCode.Combine(Fact, Lead, _toChannel, Inputs.Length);
}
