namespace StemLab.Agent.Sampling;

/// <summary>Absolute deadlines: phase + k × interval. It never drifts, because no deadline is counted from the one before. Pure.</summary>
/// <param name="IntervalUs">Greater than zero.</param>
/// <param name="PhaseUs">Shifts the grid, so that not every probe of a class is read in the same millisecond.</param>
internal readonly record struct Grid(long IntervalUs, long PhaseUs)
{
    /// <summary>The first deadline at or after a time.</summary>
    public long AtOrAfter(long tUs)
    {
        var into = (tUs - PhaseUs) % IntervalUs;
        into = into < 0 ? into + IntervalUs : into;
        return into == 0 ? tUs : tUs - into + IntervalUs;
    }

    /// <summary>The deadline after one just served, given that it is now: those already past are skipped, and <paramref name="missed"/> says how many.</summary>
    public long After(long deadlineUs, long nowUs, out long missed)
    {
        var next = AtOrAfter(Math.Max(deadlineUs + 1, nowUs));
        missed = ((next - deadlineUs) / IntervalUs) - 1;
        return next;
    }
}
