namespace StemLab.Science.Properties;

/// <summary>A closed range of values in the unit of its property.</summary>
/// <param name="Min">Lowest value inside, in that unit.</param>
/// <param name="Max">Highest value inside, in that unit.</param>
public readonly record struct ValueRange(double Min, double Max)
{
    /// <summary>The range between two values, given in any order.</summary>
    /// <param name="one">One end, in the unit of the property.</param>
    /// <param name="other">The other end, in the same unit.</param>
    /// <returns>The range with its ends sorted.</returns>
    public static ValueRange Between(double one, double other) => new(Math.Min(one, other), Math.Max(one, other));

    /// <summary>True inside and on both ends; false for NaN.</summary>
    /// <param name="value">A value in the unit of the property.</param>
    /// <returns>Whether it lies inside.</returns>
    public bool Contains(double value) => value >= Min && value <= Max;
}

/// <summary>One thing that can be measured, with its names, unit and ranges. Immutable.</summary>
/// <param name="Id">Stable key: "water_temperature".</param>
/// <param name="NameEn">English name.</param>
/// <param name="NameVi">Vietnamese name.</param>
/// <param name="UnitUcum">UCUM code of the unit values are kept in.</param>
/// <param name="Symbol">That unit for people: "°C"; empty for pure numbers.</param>
/// <param name="Decimals">Digits worth showing after the decimal point, 0 to 6.</param>
/// <param name="ValidRange">Outside = impossible (start of the gross range test's fail span).</param>
/// <param name="SuspectRange">Outside = unusual in a tropical bay classroom; teachers override it.</param>
/// <param name="TypicalAccuracy">What a usual probe can do, in words.</param>
/// <param name="Group">water, air, soil, motion, electric, body, device or place.</param>
/// <param name="CfStandardName">CF standard name; null where CF has none.</param>
/// <param name="CfUnits">UDUNITS string for CF files.</param>
/// <param name="QudtUnit">QUDT unit IRI, shortened; null where there is none.</param>
public sealed record ObservedProperty(
    string Id,
    string NameEn,
    string NameVi,
    string UnitUcum,
    string Symbol,
    int Decimals,
    ValueRange ValidRange,
    ValueRange SuspectRange,
    string TypicalAccuracy,
    string Group,
    string? CfStandardName,
    string CfUnits,
    string? QudtUnit);

/// <summary>What a foreign message's key was taken to mean.</summary>
/// <param name="Property">The property.</param>
/// <param name="UnitUcum">UCUM code of the unit the value is taken to be in.</param>
public readonly record struct PropertyMatch(ObservedProperty Property, string UnitUcum);
