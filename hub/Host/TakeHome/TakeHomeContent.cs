using System.Collections.Immutable;
using StemLab.Hub.Facts;

namespace StemLab.Hub.TakeHome;

/// <summary>Everything one group takes home. Immutable.</summary>
internal sealed record TakeHomeContent
{
    /// <summary>Of the lesson, else of the run; may be empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>The mascot in the reader's language; empty = of no group.</summary>
    public string Group { get; init; } = "";

    public string School { get; init; } = "";

    public required ImmutableArray<RunView> Runs { get; init; }

    public ImmutableArray<(KeptSample Sample, long AtUs)> Samples { get; init; } = [];

    public ImmutableArray<TakeHomePrediction> Predictions { get; init; } = [];

    public ImmutableArray<TakeHomeNote> Notes { get; init; } = [];

    /// <summary>Columns that could not be calculated, each with the reason, for people.</summary>
    public ImmutableArray<string> Refused { get; init; } = [];
}

/// <summary>What a group thought before it measured.</summary>
/// <param name="Channel">Channel name; empty = of none.</param>
/// <param name="Where">Site or question, for people; may be empty.</param>
/// <param name="Number">In the channel's unit; absent = drawn or written.</param>
/// <param name="Curve">Drawn: seconds from the start of the run, and values in the channel's unit; empty = not drawn.</param>
/// <param name="Words">Written; may be empty.</param>
internal sealed record TakeHomePrediction(string Channel, string Where, double? Number, ImmutableArray<(double Second, double Value)> Curve, string Words);

/// <summary>What a group wrote on its graph.</summary>
/// <param name="Channel">Channel name; empty = of the whole graph.</param>
/// <param name="StartUs">UTC µs; 0 = of no time.</param>
/// <param name="EndUs">UTC µs; equal to the start for a mark in one place.</param>
/// <param name="Text">As written.</param>
internal sealed record TakeHomeNote(string Channel, long StartUs, long EndUs, string Text);
