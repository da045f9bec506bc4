using System.Diagnostics.CodeAnalysis;

namespace StemLab.Science.Quality;

/// <summary>Verdict on one value, as in QARTOD. The default value (0) is no verdict at all.</summary>
/// <remarks>Source: U.S. IOOS, Manual for the Use of Real-Time Oceanographic Data Quality Control Flags, version 1.2.</remarks>
[SuppressMessage("Naming", "CA1711", Justification = "Flag is QARTOD's own word, and this is no set of bits.")]
public enum QcFlag : byte
{
    /// <summary>Tested and believable.</summary>
    Pass = 1,

    /// <summary>Could not be tested.</summary>
    NotEvaluated = 2,

    /// <summary>Unusual: a person should look.</summary>
    Suspect = 3,

    /// <summary>Cannot be right.</summary>
    Fail = 4,

    /// <summary>There is no value.</summary>
    Missing = 9,
}

/// <summary>Which rules where IOOS and StemLab differ.</summary>
public enum QcMode
{
    /// <summary>
    /// StemLab: intervals are real seconds, a threshold of 0 is a threshold, tolerance 0 flags values that do not move at all,
    /// equal times leave the rate untested (2), a single value is not evaluated, a missing value is always 9.
    /// </summary>
    StemLab = 0,

    /// <summary>Exactly as ioos_qc 9c1853a4 does it, accidents included; for comparison with other laboratories.</summary>
    Ioos = 1,
}

/// <summary>Joins verdicts.</summary>
public static class QcFlags
{
    /// <summary>Marks a missing time in arrays of µs.</summary>
    public const long MissingTime = long.MinValue;

    /// <summary>The stronger of two verdicts: 4 over 3 over 1 over 2 over 9.</summary>
    /// <param name="one">A verdict.</param>
    /// <param name="other">Another.</param>
    /// <returns>The one that counts; pass beats not evaluated, anything beats missing.</returns>
    public static QcFlag Stronger(QcFlag one, QcFlag other) => Strength(one) >= Strength(other) ? one : other;

    /// <summary>Joins the verdicts of several tests on the same values.</summary>
    /// <param name="tests">One array per test, all of one length.</param>
    /// <returns>The strongest verdict per value.</returns>
    /// <exception cref="ArgumentException">The arrays differ in length, or there are none.</exception>
    public static QcFlag[] Aggregate(IReadOnlyList<QcFlag[]> tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        if (tests.Count == 0 || tests.Any(test => test.Length != tests[0].Length))
            throw new ArgumentException("Verdicts to join need the same number of values.", nameof(tests));
        var joined = new QcFlag[tests[0].Length];
        Array.Fill(joined, QcFlag.Missing);
        foreach (var test in tests)
        {
            for (var i = 0; i < joined.Length; i++)
                joined[i] = Stronger(joined[i], test[i]);
        }

        return joined;
    }

    /// <summary>Four bits per flag: 9 → 1, 2 → 2, 1 → 3, 3 → 4, 4 → 5, all else 0.</summary>
    private static int Strength(QcFlag flag) => (byte)flag > 15 ? 0 : (int)((0x10_0005_4230UL >> (4 * (byte)flag)) & 15);
}
