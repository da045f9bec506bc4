namespace StemLab.Science.Quality;

/// <summary>Does the value fit what was measured beside it? Density inversion, QARTOD multivariate (test 9) and neighbour (test 11). Pure.</summary>
public static class CompanionChecks
{
    /// <summary>Flags both values where density falls with depth by more than allowed.</summary>
    /// <param name="densityKgM3">Potential density along a cast, kg/m3; NaN = missing.</param>
    /// <param name="depthM">Depth or pressure, m or dbar, positive down; NaN = missing.</param>
    /// <param name="suspect">A change per step below this = suspect, kg/m3 (negative); null = not asked.</param>
    /// <param name="fail">A change per step below this = fail, kg/m3 (negative); null = not asked.</param>
    /// <param name="flags">Receives one verdict per value; a missing one also hides the next; 2 for a lone value.</param>
    public static void DensityInversion(ReadOnlySpan<double> densityKgM3, ReadOnlySpan<double> depthM, double? suspect, double? fail, Span<QcFlag> flags)
    {
        Series.SameLength(densityKgM3.Length, depthM.Length, nameof(depthM));
        Series.SameLength(densityKgM3.Length, flags.Length, nameof(flags));
        flags.Fill(densityKgM3.Length == 1 ? QcFlag.NotEvaluated : QcFlag.Pass);
        if (densityKgM3.Length < 2)
            return;
        for (var i = 1; i < flags.Length; i++)
        {
            var down = depthM[i] - depthM[i - 1];
            var change = double.IsNaN(down) ? double.NaN : Math.Sign(down) * (densityKgM3[i] - densityKgM3[i - 1]);
            var verdict = change < fail ? QcFlag.Fail : change < suspect ? QcFlag.Suspect : QcFlag.Pass;
            flags[i - 1] = QcFlags.Stronger(flags[i - 1], verdict);
            flags[i] = verdict;
        }

        for (var i = flags.Length - 1; i >= 0; i--)
        {
            if (IsMissing(densityKgM3, depthM, i) || (i > 0 && IsMissing(densityKgM3, depthM, i - 1)))
                flags[i] = QcFlag.Missing;
        }
    }

    /// <summary>Suspects a value that differs too much from the neighbour station's nearest one.</summary>
    /// <param name="values">This station; any unit; NaN = missing.</param>
    /// <param name="tUs">UTC of each value, µs.</param>
    /// <param name="neighbour">The other station, same unit; NaN = missing.</param>
    /// <param name="neighbourTUs">UTC of each of its values, µs, ascending.</param>
    /// <param name="withinUs">How far apart in time two values may be compared, µs.</param>
    /// <param name="limit">A larger difference = suspect; unit of the values.</param>
    /// <param name="flags">Receives one verdict per value; 2 where the neighbour has nothing near.</param>
    public static void Neighbour(
        ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, ReadOnlySpan<double> neighbour, ReadOnlySpan<long> neighbourTUs, long withinUs, double limit, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        Series.SameLength(neighbour.Length, neighbourTUs.Length, nameof(neighbourTUs));
        Series.NotNegative(limit, nameof(limit));
        for (var i = 0; i < values.Length; i++)
            flags[i] = NeighbourAt(values[i], tUs[i], neighbour, neighbourTUs, LowerBound(neighbourTUs, tUs[i]), withinUs, limit);
    }

    /// <summary>Suspects a jump that a companion, which should have jumped too, did not see.</summary>
    /// <param name="rate">Rate-of-change verdicts of this property.</param>
    /// <param name="tUs">UTC of each, µs.</param>
    /// <param name="companionRate">Rate-of-change verdicts of the companion.</param>
    /// <param name="companionTUs">UTC of each, µs, ascending.</param>
    /// <param name="withinUs">How far apart the jumps may be, µs.</param>
    /// <param name="flags">Receives one verdict per value; 2 where the companion has nothing near.</param>
    public static void Multivariate(ReadOnlySpan<QcFlag> rate, ReadOnlySpan<long> tUs, ReadOnlySpan<QcFlag> companionRate, ReadOnlySpan<long> companionTUs, long withinUs, Span<QcFlag> flags)
    {
        Series.SameLength(rate.Length, tUs.Length, nameof(tUs));
        Series.SameLength(rate.Length, flags.Length, nameof(flags));
        Series.SameLength(companionRate.Length, companionTUs.Length, nameof(companionTUs));
        for (var i = 0; i < rate.Length; i++)
            flags[i] = MultivariateAt(rate[i], tUs[i], companionRate, companionTUs, withinUs);
    }

    /// <summary>One value against the neighbour's nearest.</summary>
    /// <param name="value">This station's; any unit; NaN = missing.</param>
    /// <param name="tUs">Its UTC, µs.</param>
    /// <param name="neighbour">The other station, same unit; NaN = missing.</param>
    /// <param name="neighbourTUs">UTC of each of its values, µs, ascending.</param>
    /// <param name="withinUs">How far apart in time two values may be compared, µs.</param>
    /// <param name="limit">A larger difference = suspect; unit of the values.</param>
    /// <returns>The verdict; 2 where the neighbour has nothing near.</returns>
    public static QcFlag NeighbourAt(double value, long tUs, ReadOnlySpan<double> neighbour, ReadOnlySpan<long> neighbourTUs, long withinUs, double limit) =>
        NeighbourAt(value, tUs, neighbour, neighbourTUs, LowerBound(neighbourTUs, tUs), withinUs, limit);

    /// <param name="after">First index of the neighbour whose time is not before <paramref name="tUs"/>.</param>
    internal static QcFlag NeighbourAt(double value, long tUs, ReadOnlySpan<double> neighbour, ReadOnlySpan<long> neighbourTUs, int after, long withinUs, double limit)
    {
        if (double.IsNaN(value))
            return QcFlag.Missing;
        var other = Nearest(neighbour, neighbourTUs, tUs, after, withinUs);
        return double.IsNaN(other) ? QcFlag.NotEvaluated : Math.Abs(value - other) > limit ? QcFlag.Suspect : QcFlag.Pass;
    }

    /// <summary>One jump against the companion's.</summary>
    /// <param name="rate">Rate-of-change verdict of the value.</param>
    /// <param name="tUs">Its UTC, µs.</param>
    /// <param name="companionRate">Rate-of-change verdicts of the companion.</param>
    /// <param name="companionTUs">UTC of each, µs, ascending.</param>
    /// <param name="withinUs">How far apart the jumps may be, µs.</param>
    /// <returns>The verdict; 2 where the companion has nothing near.</returns>
    public static QcFlag MultivariateAt(QcFlag rate, long tUs, ReadOnlySpan<QcFlag> companionRate, ReadOnlySpan<long> companionTUs, long withinUs)
    {
        if (rate is not (QcFlag.Suspect or QcFlag.Fail))
            return rate;
        var saw = false;
        var last = Series.Later(tUs, withinUs);
        for (var k = LowerBound(companionTUs, Series.Later(tUs, -withinUs)); k < companionTUs.Length && companionTUs[k] <= last; k++)
        {
            if (companionRate[k] is QcFlag.Suspect or QcFlag.Fail)
                return QcFlag.Pass;
            saw |= companionRate[k] == QcFlag.Pass;
        }

        return saw ? QcFlag.Suspect : QcFlag.NotEvaluated;
    }

    /// <summary>First index whose time is not before the given one.</summary>
    internal static int LowerBound(ReadOnlySpan<long> ascending, long value)
    {
        // Live data asks for the end.
        if (ascending.IsEmpty || ascending[^1] < value)
            return ascending.Length;
        var (low, high) = (0, ascending.Length - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ascending[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static bool IsMissing(ReadOnlySpan<double> one, ReadOnlySpan<double> other, int i) => double.IsNaN(one[i]) || double.IsNaN(other[i]);

    /// <summary>The value nearest in time that is there, the earlier of two as near; NaN where none is within reach.</summary>
    private static double Nearest(ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, long at, int after, long withinUs)
    {
        var before = after - 1;
        while (after < tUs.Length && double.IsNaN(values[after]) && Series.Distance(tUs[after], at) <= withinUs)
            after++;
        while (before >= 0 && double.IsNaN(values[before]) && Series.Distance(at, tUs[before]) <= withinUs)
            before--;
        var ahead = after < tUs.Length ? Series.Distance(tUs[after], at) : long.MaxValue;
        var behind = before >= 0 ? Series.Distance(at, tUs[before]) : long.MaxValue;
        return Math.Min(ahead, behind) > withinUs ? double.NaN : behind <= ahead ? values[before] : values[after];
    }
}
