using System.Numerics;

namespace StemLab.Science.Units;

/// <summary>y = slope · x + offset. The default value maps everything to 0; the neutral one is <see cref="Identity"/>.</summary>
/// <param name="Slope">Unit of y per unit of x.</param>
/// <param name="Offset">In the unit of y.</param>
public readonly record struct AffineMap(double Slope, double Offset)
{
    /// <summary>y = x.</summary>
    public static AffineMap Identity { get; } = new(1, 0);

    /// <summary>True for y = x.</summary>
    public bool IsIdentity => Slope == 1 && Offset == 0;

    /// <summary>Maps one value.</summary>
    /// <param name="value">x, in the unit the map starts from.</param>
    /// <returns>y, in the unit the map leads to; NaN stays NaN.</returns>
    public double Apply(double value) => Slope * value + Offset;

    /// <summary>Maps many values, each to the bit as <see cref="Apply(double)"/> does.</summary>
    /// <param name="values">x.</param>
    /// <param name="into">Receives y; at least as long as <paramref name="values"/>, may be the same memory.</param>
    /// <exception cref="ArgumentException"><paramref name="into"/> is shorter.</exception>
    public void Apply(ReadOnlySpan<double> values, Span<double> into)
    {
        if (into.Length < values.Length)
            throw new ArgumentException($"Room for {into.Length} of {values.Length} values", nameof(into));
        var (slope, offset) = (new Vector<double>(Slope), new Vector<double>(Offset));
        var i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
            ((slope * new Vector<double>(values[i..])) + offset).CopyTo(into[i..]);
        for (; i < values.Length; i++)
            into[i] = Apply(values[i]);
    }

    /// <summary>This map first, then the next.</summary>
    /// <param name="next">The map applied to this one's result.</param>
    /// <returns>Both in one.</returns>
    public AffineMap Then(AffineMap next) => new(next.Slope * Slope, next.Slope * Offset + next.Offset);

    /// <summary>The way back.</summary>
    /// <param name="inverse">x = inverse(y), where there is one.</param>
    /// <returns>False when the slope is 0 or not finite: then nothing leads back.</returns>
    public bool TryInvert(out AffineMap inverse)
    {
        inverse = new AffineMap(1 / Slope, -Offset / Slope);
        return Slope != 0 && double.IsFinite(inverse.Slope) && double.IsFinite(inverse.Offset);
    }
}
