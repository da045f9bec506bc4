using StemLab.Hub.Derive;
using StemLab.Store;

namespace StemLab.Hub.History;

/// <summary>Where the merge stands in one series. One thread.</summary>
internal sealed class SeriesCursor(SeriesDerivation series, RowRuns runs, SiblingRows siblings, SeriesDerivation? baseline, SiblingRows? siblingsThen, bool withUncertainty)
{
    public SeriesDerivation Series { get; } = series;

    /// <summary>Verdicts on its rows.</summary>
    public required SeriesFlags Flags { get; init; }

    /// <summary>The current run, derived.</summary>
    public DerivedColumns Columns { get; } = new(withUncertainty);

    /// <summary>The current run under the baseline; absent where there is none.</summary>
    public DerivedColumns? Baseline { get; } = baseline is null ? null : new DerivedColumns();

    public RowRun Run { get; private set; }

    public int At { get; private set; }

    public int Count => Columns.Count;

    /// <summary>Derives the next run; false at the end.</summary>
    public bool Advance()
    {
        if (!runs.MoveNext())
        {
            return false;
        }

        Run = runs.Current;
        Series.Apply(Run.TUs.Span, Run.Raw.Span, Run.Missing.Span, siblings, Columns);
        Flags.Apply(Run.TUs.Span, Columns);
        baseline?.Values(Run.TUs.Span, Run.Raw.Span, Run.Missing.Span, siblingsThen, Baseline!);
        At = 0;
        return true;
    }

    public void PassTo(int row) => At = row;

    public int CompareTo(SeriesCursor other) => CompareRow(At, other);

    /// <summary>Order of one of this cursor's rows against the other's current one.</summary>
    public int CompareRow(int row, SeriesCursor other)
    {
        var utc = Columns.UtcUs[row].CompareTo(other.At < other.Count ? other.Columns.UtcUs[other.At] : long.MaxValue);
        if (utc != 0)
        {
            return utc;
        }

        var boot = Series.BootNo.CompareTo(other.Series.BootNo);
        boot = boot != 0 ? boot : Series.Entry.Boot.Value.CompareTo(other.Series.Entry.Boot.Value);
        if (boot != 0)
        {
            return boot;
        }

        var t = Run.TUs.Span[row].CompareTo(other.Run.TUs.Span[other.At]);
        return t != 0 ? t : Series.Id.Value.CompareTo(other.Series.Id.Value);
    }
}
