using System.Collections.Immutable;

namespace StemLab.Science.Quality;

/// <summary>The tests, numbered as in QARTOD where QARTOD numbers them. Stable: stored and exported.</summary>
public enum QcTest
{
    /// <summary>No test.</summary>
    None = 0,

    /// <summary>Did data come in time?</summary>
    TimeGap = 1,

    /// <summary>Has the raw text its form?</summary>
    Syntax = 2,

    /// <summary>Is the place possible?</summary>
    Location = 3,

    /// <summary>Is the value where values can be?</summary>
    GrossRange = 4,

    /// <summary>Is it usual for the season?</summary>
    Climatology = 5,

    /// <summary>Does it jump away and back?</summary>
    Spike = 6,

    /// <summary>Does it change too fast?</summary>
    RateOfChange = 7,

    /// <summary>Is the sensor stuck?</summary>
    FlatLine = 8,

    /// <summary>Did what should change with it stay still?</summary>
    Multivariate = 9,

    /// <summary>Is the signal too quiet?</summary>
    AttenuatedSignal = 10,

    /// <summary>Does the station next to it say something else?</summary>
    Neighbour = 11,

    /// <summary>Do two values share one time?</summary>
    DuplicateTime = 12,

    /// <summary>Does lighter water lie under heavier?</summary>
    DensityInversion = 13,

    /// <summary>Is the formula used where it holds, on inputs that are there and good?</summary>
    Derived = 14,

    /// <summary>Does the calibration speak of this value, and is it still valid?</summary>
    Calibration = 15,
}

/// <summary>What every test said of one value, and what that makes together. The default value is no verdict at all. Immutable; 8 bytes.</summary>
/// <param name="Bits">Four bits per test, at 4 · its number; the lowest four are the joined flag. Stable: may be stored.</param>
public readonly record struct QcVerdict(ulong Bits)
{
    /// <summary>Who is named first when several tests say the same: the one that says most about the cause.</summary>
    private static readonly ImmutableArray<QcTest> _mostTelling =
    [
        QcTest.GrossRange, QcTest.FlatLine, QcTest.Spike, QcTest.RateOfChange, QcTest.Calibration, QcTest.Derived, QcTest.Neighbour, QcTest.Multivariate,
        QcTest.Climatology, QcTest.AttenuatedSignal, QcTest.DensityInversion, QcTest.Location, QcTest.TimeGap, QcTest.DuplicateTime, QcTest.Syntax,
    ];

    /// <summary>There is no value.</summary>
    public static QcVerdict Missing { get; } = new((ulong)QcFlag.Missing);

    /// <summary>No test was made.</summary>
    public static QcVerdict NotEvaluated { get; } = new((ulong)QcFlag.NotEvaluated);

    /// <summary>All tests joined: 4 over 3 over 1 over 2 over 9; 0 for the default value.</summary>
    public QcFlag Flag => (QcFlag)(Bits & 15);

    /// <summary>The test that decided, where the flag is suspect or fail; else None.</summary>
    public QcTest Reason
    {
        get
        {
            var flag = Flag;
            if (flag is not (QcFlag.Suspect or QcFlag.Fail))
                return QcTest.None;
            foreach (var test in _mostTelling)
            {
                if (Of(test) == flag)
                    return test;
            }

            return QcTest.None;
        }
    }

    /// <summary>What one test said.</summary>
    /// <param name="test">Any test.</param>
    /// <returns>Its flag; 0 where it was not made.</returns>
    public QcFlag Of(QcTest test) => test == QcTest.None ? 0 : (QcFlag)((Bits >> (4 * (int)test)) & 15);

    /// <summary>The same with one more test, or another word of one.</summary>
    /// <param name="test">Not None.</param>
    /// <param name="flag">What it says; 0 = it was not made.</param>
    /// <returns>The new verdict, joined anew.</returns>
    public QcVerdict With(QcTest test, QcFlag flag)
    {
        if (test is QcTest.None or > QcTest.Calibration)
            throw new ArgumentException($"{test} is no test.", nameof(test));
        var shift = 4 * (int)test;
        var others = Bits & ~(15UL << shift) & ~15UL;
        var before = Of(test);
        var tests = others | ((ulong)flag << shift);
        // Only a weaker word makes all be asked again.
        var joined = before == 0 || before == flag ? QcFlags.Stronger(Flag, flag) : Join(tests, Flag == QcFlag.Missing);
        return new QcVerdict(tests | (ulong)joined);
    }

    /// <summary>Every test made, in the order of their numbers.</summary>
    /// <returns>Tests and flags; empty when none was made.</returns>
    public ImmutableArray<(QcTest Test, QcFlag Flag)> Tests()
    {
        var made = ImmutableArray.CreateBuilder<(QcTest, QcFlag)>();
        for (var test = QcTest.TimeGap; test <= QcTest.Calibration; test++)
        {
            if (Of(test) != 0)
                made.Add((test, Of(test)));
        }

        return made.ToImmutable();
    }

    private static QcFlag Join(ulong tests, bool isMissing)
    {
        var joined = isMissing ? QcFlag.Missing : QcFlag.NotEvaluated;
        for (var rest = tests >> 4; rest != 0; rest >>= 4)
            joined = QcFlags.Stronger(joined, (QcFlag)(rest & 15));
        return joined;
    }
}

/// <summary>A verdict that is new or has changed.</summary>
/// <param name="TUs">UTC of the value, µs.</param>
/// <param name="Verdict">What it is now.</param>
public readonly record struct VerdictChange(long TUs, QcVerdict Verdict);
