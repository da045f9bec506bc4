namespace StemLab.Science.Time;

/// <summary>Finds the time map of every boot from ties and anchors. Pure.</summary>
public static class TimeSolver
{
    /// <summary>Solves for all boots at once.</summary>
    /// <param name="boots">Every boot known; a boot stated twice counts once.</param>
    /// <param name="ties">Clocks read side by side; ties to boots not in <paramref name="boots"/> are ignored.</param>
    /// <param name="anchors">Clocks read beside UTC; anchors of boots not in <paramref name="boots"/> are ignored.</param>
    /// <returns>A map per boot and the facts left out; the same for any order of the inputs.</returns>
    public static TimeSolution Solve(IReadOnlyList<BootClockFact> boots, IReadOnlyList<TieFact> ties, IReadOnlyList<AnchorFact> anchors)
    {
        ArgumentNullException.ThrowIfNull(boots);
        ArgumentNullException.ThrowIfNull(ties);
        ArgumentNullException.ThrowIfNull(anchors);
        return new TimeSolution(
            boots.Select(boot => KeyValuePair.Create(boot.Boot, boot.Kind == ClockKind.Utc ? TimeMap.Utc(boot.DeclaredSigmaUs) : TimeMap.Unknown)),
            []);
    }
}
