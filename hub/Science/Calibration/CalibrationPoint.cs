namespace StemLab.Science.Calibration;

/// <summary>One standard measured by the probe.</summary>
/// <param name="Raw">What the probe gave, in its native unit.</param>
/// <param name="Reference">What it should have given, in the unit of the channel.</param>
/// <param name="RawSd">Noise of the raw value while it was steady (standard deviation), native unit; 0 = not known.</param>
/// <param name="ReferenceSigma">Half-width of the standard's own uncertainty, unit of the channel; 0 = not stated.</param>
public readonly record struct CalibrationPoint(double Raw, double Reference, double RawSd = 0, double ReferenceSigma = 0);

/// <summary>What is fitted through the points.</summary>
public enum CalibrationKind
{
    /// <summary>Reference = raw + offset. One point or more.</summary>
    Offset = 1,

    /// <summary>Reference = factor · raw, as a cell constant. One point or more.</summary>
    Factor,

    /// <summary>Reference = offset + slope · raw. Two points or more.</summary>
    Linear,

    /// <summary>Second degree. Three points or more.</summary>
    Quadratic,

    /// <summary>Third degree. Four points or more.</summary>
    Cubic,

    /// <summary>Straight lines from point to point. Two points or more.</summary>
    Table,
}

/// <summary>Why a calibration is not accepted.</summary>
public enum CalibrationRefusal
{
    /// <summary>It is accepted.</summary>
    None = 0,

    /// <summary>Fewer points than the kind needs.</summary>
    TooFewPoints,

    /// <summary>NaN or infinite numbers, or a negative noise.</summary>
    NotANumber,

    /// <summary>Raw values of different standards are the same, or as near as their noise.</summary>
    PointsCoincide,

    /// <summary>The same raw value has different references, or the curve turns back between the points.</summary>
    PointsContradict,

    /// <summary>A factor far from 1: wrong standard, wrong unit, or a broken probe.</summary>
    FactorOutOfRange,

    /// <summary>The electrode answers the wrong way round.</summary>
    WrongSign,

    /// <summary>The slope of the electrode is below 85 % or above 110 % of the ideal.</summary>
    SlopeOutOfRange,

    /// <summary>With other buffers the same readings would make a healthy electrode: the wrong bottle was stated.</summary>
    WrongBuffer,

    /// <summary>The potential at pH 7 is beyond ± 60 mV.</summary>
    OffsetOutOfRange,
}
