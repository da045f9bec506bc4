using StemLab.Science.Texts;

namespace StemLab.Science.Quality;

/// <summary>Flags in words a 12-year-old understands, in both languages. Pure; safe from any thread.</summary>
public static class QcReasons
{
    internal static SentenceTable Table { get; } = SentenceTable.Load("qc-reasons.json");

    /// <summary>The name of a test, for people.</summary>
    /// <param name="test">Not None.</param>
    /// <returns>A few words.</returns>
    public static Sentence Name(QcTest test) => Table.Say($"{Key(test)}.name");

    /// <summary>The stable code of a test's verdict: "spike.suspect". For exports and rpcs.</summary>
    /// <param name="test">Not None.</param>
    /// <param name="flag">Its flag.</param>
    /// <returns>Test and flag in lower case, a point between.</returns>
    public static string Code(QcTest test, QcFlag flag) => $"{Key(test)}.{Key(flag)}";

    /// <summary>What a test's verdict means and what to look for.</summary>
    /// <param name="test">Not None.</param>
    /// <param name="flag">Its flag.</param>
    /// <param name="group">Group of the observed property ("water", "air", …): the words fit what is measured; null = general words.</param>
    /// <returns>One sentence in both languages.</returns>
    public static Sentence Say(QcTest test, QcFlag flag, string? group = null)
    {
        var code = Code(test, flag);
        if (group is not null && Table.Has($"{code}.{group}"))
            return Table.Say($"{code}.{group}");
        if (Table.Has(code))
            return Table.Say(code);
        // Passed and missing read alike for every test.
        var (name, frame) = (Name(test), Table.Raw(Key(flag)));
        return new Sentence(frame.En.Replace("{0}", name.En, StringComparison.Ordinal), frame.Vi.Replace("{0}", name.Vi, StringComparison.Ordinal));
    }

    /// <summary>What a whole verdict means: the reason where there is one, else the flag.</summary>
    /// <param name="verdict">A verdict; not the default value.</param>
    /// <param name="group">Group of the observed property; null = general words.</param>
    /// <returns>One sentence in both languages.</returns>
    public static Sentence Say(QcVerdict verdict, string? group = null) =>
        verdict.Reason != QcTest.None ? Say(verdict.Reason, verdict.Flag, group) : Table.Say($"all.{Key(verdict.Flag)}");

    internal static string Key(QcTest test) => test switch
    {
        QcTest.TimeGap => "time_gap",
        QcTest.Syntax => "syntax",
        QcTest.Location => "location",
        QcTest.GrossRange => "gross_range",
        QcTest.Climatology => "climatology",
        QcTest.Spike => "spike",
        QcTest.RateOfChange => "rate_of_change",
        QcTest.FlatLine => "flat_line",
        QcTest.Multivariate => "multivariate",
        QcTest.AttenuatedSignal => "attenuated_signal",
        QcTest.Neighbour => "neighbour",
        QcTest.DuplicateTime => "duplicate_time",
        QcTest.DensityInversion => "density_inversion",
        QcTest.Derived => "derived",
        QcTest.Calibration => "calibration",
        _ => throw new ArgumentException($"{test} is no test.", nameof(test)),
    };

    internal static string Key(QcFlag flag) => flag switch
    {
        QcFlag.Pass => "pass",
        QcFlag.NotEvaluated => "not_evaluated",
        QcFlag.Suspect => "suspect",
        QcFlag.Fail => "fail",
        QcFlag.Missing => "missing",
        _ => throw new ArgumentException($"{flag} is no verdict.", nameof(flag)),
    };
}
