namespace StemLab.Science.Units;

/// <summary>A parsed UCUM unit: base = (value + zero) · mantissa · 10^exponent. Immutable.</summary>
/// <remarks>The power of ten is kept apart so that steps between prefixes (mS/cm to uS/cm) are exact.</remarks>
public sealed class Unit
{
    internal Unit(string code, Dimension dimension, double mantissa, int exponent, UnitTraits traits, decimal zero = 0, string annotation = "")
    {
        Code = code;
        Dimension = dimension;
        Mantissa = mantissa;
        Exponent = exponent;
        Traits = traits;
        Zero = zero;
        Annotation = annotation;
    }

    /// <summary>The code as written, UCUM case-sensitive: "mg/L".</summary>
    public string Code { get; }

    /// <summary>What kind of quantity it measures.</summary>
    public Dimension Dimension { get; }

    /// <summary>The texts in braces, joined: "NTU" for "{NTU}"; empty where there is none.</summary>
    public string Annotation { get; }

    /// <summary>True for a temperature scale whose zero is not absolute: Cel, [degF].</summary>
    public bool HasZeroOffset => Zero != 0;

    /// <summary>Size of the unit in base units, without the power of ten; pure number.</summary>
    internal double Mantissa { get; }

    internal int Exponent { get; }

    internal UnitTraits Traits { get; }

    /// <summary>Added before scaling: K = (value + zero) · size.</summary>
    internal decimal Zero { get; }

    /// <inheritdoc/>
    public override string ToString() => Code;
}

[Flags]
internal enum UnitTraits
{
    None = 0,

    /// <summary>Takes prefixes.</summary>
    Metric = 1,

    /// <summary>Has its own zero or is a logarithm: stands alone, no powers, no products.</summary>
    Special = 2,
}
