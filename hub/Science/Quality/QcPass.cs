namespace StemLab.Science.Quality;

/// <summary>
/// The tests of one channel, value by value in time order: batch and live run the same one, so they cannot disagree. What it knows of the past
/// is bounded by the windows of the rules. Not safe across threads.
/// </summary>
public sealed class QcPass
{
    private readonly QcRules _rules;
    private readonly GrossRangeRule? _range;
    private readonly StillStretch? _still;
    private readonly SignalWindow? _window;
    private readonly double _spikeSuspect;
    private readonly double _spikeFail;
    private readonly double _rateSuspect;
    private readonly double _rateFail;

    private int _count;
    private long _lastUs;
    private double _last = double.NaN;
    private double _beforeLast = double.NaN;

    /// <summary>Starts before the first value.</summary>
    /// <param name="rules">The tests; neighbour and companion are not its matter.</param>
    /// <exception cref="ArgumentException">A threshold makes no sense.</exception>
    public QcPass(QcRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        rules.Refuse();
        _rules = rules;
        _range = rules.GrossRange;
        var isIoos = rules.Mode == QcMode.Ioos;
        (_spikeSuspect, _spikeFail) = (Or(rules.Spike?.Suspect, isIoos), Or(rules.Spike?.Fail, isIoos));
        (_rateSuspect, _rateFail) = (rules.Rate?.Suspect ?? double.PositiveInfinity, rules.Rate?.Fail ?? double.PositiveInfinity);
        if (rules.FlatLine is { } flat)
            _still = new StillStretch(rules.Steps(flat.SuspectSeconds), rules.Steps(flat.FailSeconds), flat.Tolerance, rules.Mode);
        if (rules.Attenuation is { } quiet)
            _window = new SignalWindow(quiet.Measure, quiet.PeriodSeconds, quiet.Fewest);
    }

    /// <summary>Takes the next value.</summary>
    /// <param name="tUs">Not before the last one, µs.</param>
    /// <param name="value">In the unit of the rules; NaN = missing.</param>
    /// <param name="spikeBefore">The spike verdict of the value before, now that its neighbour is known; 0 where there is none.</param>
    /// <returns>The verdict of this value, its spike still open.</returns>
    public QcVerdict Add(long tUs, double value, out QcFlag spikeBefore)
    {
        var isMissing = double.IsNaN(value);
        var tests = 0UL;
        var joined = isMissing ? QcFlag.Missing : QcFlag.NotEvaluated;
        if (_range is { } range)
        {
            var flag = isMissing ? QcFlag.Missing : !range.Fail.Contains(value) ? QcFlag.Fail : range.Suspect is { } usual && !usual.Contains(value) ? QcFlag.Suspect : QcFlag.Pass;
            Put(QcTest.GrossRange, flag, ref tests, ref joined);
        }

        if (_rules.Climatology is { } climatology)
            Put(QcTest.Climatology, climatology.Judge(value, tUs, double.NaN, _rules.Mode), ref tests, ref joined);
        spikeBefore = 0;
        if (_rules.Spike is { } spike)
        {
            Put(QcTest.Spike, isMissing ? QcFlag.Missing : QcFlag.NotEvaluated, ref tests, ref joined);
            // The first of all has no value before it: NaN says so.
            if (_count > 0)
                spikeBefore = double.IsNaN(_last) ? QcFlag.Missing : double.IsNaN(_beforeLast) || isMissing ? QcFlag.NotEvaluated : ChangeChecks.Spiked(_beforeLast, _last, value, _spikeSuspect, _spikeFail, spike.Method);
        }

        if (_rules.Rate is not null)
            Put(QcTest.RateOfChange, isMissing ? QcFlag.Missing : Rate(tUs, value), ref tests, ref joined);
        if (_still is not null)
            Put(QcTest.FlatLine, _still.Add(value), ref tests, ref joined);
        if (_window is not null)
        {
            var liveliness = _window.Add(tUs, value);
            Put(QcTest.AttenuatedSignal, isMissing ? QcFlag.Missing : StillnessChecks.Below(liveliness, _rules.Attenuation!.Suspect, _rules.Attenuation.Fail), ref tests, ref joined);
        }

        (_beforeLast, _last, _lastUs) = (_last, value, tUs);
        _count = _count == int.MaxValue ? _count : _count + 1;
        return new QcVerdict(tests | (ulong)joined);
    }

    private static double Or(double? threshold, bool zeroIsNone) => threshold is not { } stated || (stated == 0 && zeroIsNone) ? double.PositiveInfinity : stated;

    private static void Put(QcTest test, QcFlag flag, ref ulong tests, ref QcFlag joined)
    {
        tests |= (ulong)flag << (4 * (int)test);
        joined = QcFlags.Stronger(joined, flag);
    }

    private QcFlag Rate(long tUs, double value) =>
        double.IsNaN(_last) ? QcFlag.Pass : ChangeChecks.Rated(Series.Seconds(tUs, _lastUs, _rules.Mode), Math.Abs(value - _last), _rateSuspect, _rateFail, _rules.Mode);
}
