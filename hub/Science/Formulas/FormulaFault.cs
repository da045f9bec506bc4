using System.Collections.Immutable;
using StemLab.Science.Texts;

namespace StemLab.Science.Formulas;

/// <summary>What is wrong with a formula's text.</summary>
public enum FormulaFaultCode
{
    /// <summary>Nothing is written.</summary>
    Empty = 1,

    /// <summary>Longer than a formula may be.</summary>
    TooLong,

    /// <summary>Too many parentheses inside each other, or too many parts.</summary>
    TooDeep,

    /// <summary>A character or word that cannot stand here.</summary>
    Unexpected,

    /// <summary>A value is missing here.</summary>
    ExpectedValue,

    /// <summary>A parenthesis, brace or quotation mark is never closed.</summary>
    Unclosed,

    /// <summary>No channel has this name.</summary>
    UnknownName,

    /// <summary>No channel has any name here.</summary>
    NoNames,

    /// <summary>No function has this name.</summary>
    UnknownFunction,

    /// <summary>The function takes another number of values.</summary>
    ArgumentCount,

    /// <summary>7,1 could be one number or two.</summary>
    AmbiguousComma,

    /// <summary>Not a number.</summary>
    BadNumber,

    /// <summary>Not a UCUM unit.</summary>
    BadUnit,

    /// <summary>Values of different kinds are added or compared.</summary>
    UnitsDiffer,

    /// <summary>Temperatures are added, or taken from a number.</summary>
    TemperatureSum,

    /// <summary>A temperature with a zero of its own is multiplied.</summary>
    TemperatureProduct,

    /// <summary>A logarithmic scale is multiplied.</summary>
    ScaleProduct,

    /// <summary>The function takes a number without a unit.</summary>
    NeedsNumber,

    /// <summary>The power makes no unit.</summary>
    PowerUnit,

    /// <summary>The result is of another kind than the unit asked for.</summary>
    ResultUnit,

    /// <summary>No channel is used.</summary>
    NoInputs,

    /// <summary>More channels than a formula may use.</summary>
    TooManyInputs,

    /// <summary>The first value of if is no comparison.</summary>
    NotACondition,
}

/// <summary>What is wrong, where, and with what words in the sentence. Immutable.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Position">Index of the first character meant, 0 … length of the text.</param>
/// <param name="Length">Characters meant; 0 = the place itself.</param>
/// <param name="Arguments">What the sentence is filled with, in its order; any language.</param>
public sealed record FormulaFault(FormulaFaultCode Code, int Position, int Length, ImmutableArray<string> Arguments)
{
    /// <summary>What is wrong and what to do, for people.</summary>
    public Sentence Say() => FormulaTexts.Table.Say(Code.ToString(), Arguments.AsSpan());
}

/// <summary>Why a formula has no value at one moment.</summary>
public enum FormulaProblem : byte
{
    /// <summary>It has one.</summary>
    None = 0,

    /// <summary>A channel it needs has no value.</summary>
    MissingInput,

    /// <summary>Something was divided by zero.</summary>
    DividedByZero,

    /// <summary>A root or logarithm of what has none.</summary>
    NotDefined,

    /// <summary>The number grew beyond all bounds.</summary>
    TooLarge,
}

/// <summary>The sentences of formulas.</summary>
public static class FormulaTexts
{
    internal static SentenceTable Table { get; } = SentenceTable.Load("formula-texts.json");

    /// <summary>Why there is no value, for people.</summary>
    /// <param name="problem">Not None.</param>
    /// <returns>One sentence in both languages.</returns>
    public static Sentence Say(FormulaProblem problem) => Table.Say(problem.ToString());
}
