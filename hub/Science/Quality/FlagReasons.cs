using System.Diagnostics.CodeAnalysis;

namespace StemLab.Science.Quality;

/// <summary>Why a value bears its flag: one bit a cause, so that a row carries all of them. The low byte speaks of how the value was made, the rest of how it was judged.</summary>
[Flags]
[SuppressMessage("Design", "CA1028", Justification = "The bits travel as they are.")]
public enum FlagReasons : uint
{
    /// <summary>Nothing to explain.</summary>
    None = 0,

    /// <summary>An input of the value (temperature, salinity…) was missing or too old; a default stood in.</summary>
    InputMissing = 1 << 0,

    /// <summary>The calibration was past its date.</summary>
    CalibrationOverdue = 1 << 1,

    /// <summary>Outside where the formula holds, or beyond the standards of the calibration.</summary>
    OutsideValidity = 1 << 2,

    /// <summary>Nothing leads from what the probe gave to a value.</summary>
    NoValue = 1 << 3,

    /// <summary>An input of the value was itself suspect or failed.</summary>
    InputFlagged = 1 << 4,

    /// <summary>An input of the value was not tested: the value is not surer than what it rests on.</summary>
    InputNotEvaluated = 1 << 5,

    /// <summary>The formula divides by zero here.</summary>
    DividedByZero = 1 << 6,

    /// <summary>The formula has no value here: a root or logarithm of what has none, or beyond all bounds.</summary>
    NotDefined = 1 << 7,

    /// <summary>QARTOD 4: outside where values can be, or usually are.</summary>
    GrossRange = 1 << 8,

    /// <summary>QARTOD 5: unusual for the season.</summary>
    Climatology = 1 << 9,

    /// <summary>QARTOD 6: away and back.</summary>
    Spike = 1 << 10,

    /// <summary>QARTOD 7: changes too fast.</summary>
    RateOfChange = 1 << 11,

    /// <summary>QARTOD 8: does not move.</summary>
    FlatLine = 1 << 12,

    /// <summary>QARTOD 10: moves too little.</summary>
    AttenuatedSignal = 1 << 13,

    /// <summary>QARTOD 9: jumps while its companion does not.</summary>
    Multivariate = 1 << 14,

    /// <summary>QARTOD 11: differs from the neighbour.</summary>
    Neighbour = 1 << 15,

    /// <summary>A person said so; the sentence stands in their fact.</summary>
    Person = 1 << 16,
}
