namespace StemLab.Science.Units;

/// <summary>
/// Powers of the base units m, s, g, rad, K, C, cd and mol, plus the name of an arbitrary or logarithmic scale.
/// Two units convert into each other only when their dimensions are equal. The default value is dimensionless.
/// </summary>
/// <param name="Metre">Power of m.</param>
/// <param name="Second">Power of s.</param>
/// <param name="Gram">Power of g.</param>
/// <param name="Radian">Power of rad; an angle is not a pure number here, as in UCUM.</param>
/// <param name="Kelvin">Power of K.</param>
/// <param name="Coulomb">Power of C.</param>
/// <param name="Candela">Power of cd.</param>
/// <param name="Mole">Power of mol; UCUM calls it a pure number, StemLab keeps amounts apart from counts.</param>
/// <param name="Scale">Null for proportional units; else the scale ("[pH]", "B[SPL]"), which converts only within itself.</param>
public readonly record struct Dimension(
    int Metre, int Second, int Gram, int Radian, int Kelvin, int Coulomb, int Candela, int Mole, string? Scale = null)
{
    /// <summary>True for pure numbers.</summary>
    public bool IsNone => this == default;

    internal Dimension Times(Dimension other, int power) => new(
        Metre + power * other.Metre,
        Second + power * other.Second,
        Gram + power * other.Gram,
        Radian + power * other.Radian,
        Kelvin + power * other.Kelvin,
        Coulomb + power * other.Coulomb,
        Candela + power * other.Candela,
        Mole + power * other.Mole,
        Scale ?? other.Scale);
}
