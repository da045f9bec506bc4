using StemLab.Hub.Derive;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.History;

/// <summary>Consecutive derived rows of one series; valid until <see cref="ChannelRows.Release"/>.</summary>
/// <param name="Series">What they mean.</param>
/// <param name="Columns">Derived columns; the stretch is [From, From + Count).</param>
/// <param name="Run">The raw rows, same indexes.</param>
/// <param name="From">First row.</param>
/// <param name="Count">Number of rows.</param>
internal readonly record struct RowStretch(SeriesDerivation Series, DerivedColumns Columns, RowRun Run, int From, int Count)
{
    /// <summary>The same rows under the baseline, same indexes; absent = none asked for, or they meant something else then.</summary>
    public DerivedColumns? Baseline { get; init; }

    public TimeState TimeState => Series.Map.State;
}
