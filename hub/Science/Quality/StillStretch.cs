namespace StemLab.Science.Quality;

/// <summary>The longest stretch up to the last value that does not move, value by value. Not safe across threads.</summary>
internal sealed class StillStretch
{
    private readonly int _suspectSteps;
    private readonly int _failSteps;
    private readonly int _longest;
    private readonly double _tolerance;
    private readonly bool _atZero;
    private readonly Extremes _low = new(isLeast: true);
    private readonly Extremes _high = new(isLeast: false);
    private long _start;
    private long _next;

    /// <param name="suspectSteps">Still over so many steps back = suspect.</param>
    /// <param name="failSteps">Still over so many steps back = fail.</param>
    /// <param name="tolerance">Movement below this is none, unit of the values; in StemLab's mode 0 = not moving at all.</param>
    /// <param name="mode">Strictly below in the way of IOOS.</param>
    internal StillStretch(int suspectSteps, int failSteps, double tolerance, QcMode mode)
    {
        (_suspectSteps, _failSteps, _longest) = (suspectSteps, failSteps, Math.Max(suspectSteps, failSteps));
        _tolerance = tolerance;
        _atZero = tolerance == 0 && mode == QcMode.StemLab;
    }

    /// <summary>Takes the next value; NaN = missing, left out of the stretch.</summary>
    internal QcFlag Add(double value)
    {
        var i = _next++;
        if (double.IsNaN(value))
            return QcFlag.Missing;
        _low.Add(i, value);
        _high.Add(i, value);
        if (i - _start > _longest)
            Shorten(i - _longest);
        // The smallest start from which nothing moves; it never goes back.
        while (!_low.IsEmpty && !IsStill(_high.Value - _low.Value))
            Shorten(_start + 1);
        var still = i - _start;
        return still >= _failSteps && i >= _failSteps && !_low.IsEmpty ? QcFlag.Fail
            : still >= _suspectSteps && i >= _suspectSteps && !_low.IsEmpty ? QcFlag.Suspect
            : QcFlag.Pass;
    }

    private bool IsStill(double range) => range < _tolerance || (_atZero && range == 0);

    private void Shorten(long start)
    {
        _start = start;
        _low.DropBefore(start);
        _high.DropBefore(start);
    }
}
