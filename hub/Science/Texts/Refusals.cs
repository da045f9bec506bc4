using StemLab.Science.Calibration;
using StemLab.Science.Statistics;
using StemLab.Science.Time;

namespace StemLab.Science.Texts;

/// <summary>Why not, and what to do, in both languages. Pure; safe from any thread.</summary>
public static class Refusals
{
    internal static SentenceTable Table { get; } = SentenceTable.Load("refusals.json");

    /// <summary>Why a calibration is refused.</summary>
    /// <param name="refusal">Not None.</param>
    /// <returns>One sentence.</returns>
    public static Sentence Say(CalibrationRefusal refusal) => Table.Say($"{nameof(CalibrationRefusal)}.{refusal}");

    /// <summary>Why no curve was drawn.</summary>
    /// <param name="refusal">Not None.</param>
    /// <returns>One sentence.</returns>
    public static Sentence Say(FitRefusal refusal) => Table.Say($"{nameof(FitRefusal)}.{refusal}");

    /// <summary>Why it is not steady yet.</summary>
    /// <param name="wait">Not None.</param>
    /// <returns>One sentence.</returns>
    public static Sentence Say(SteadyWait wait) => Table.Say($"{nameof(SteadyWait)}.{wait}");

    /// <summary>Why a bucket test says nothing.</summary>
    /// <param name="refusal">Not None.</param>
    /// <returns>One sentence.</returns>
    public static Sentence Say(BucketRefusal refusal) => Table.Say($"{nameof(BucketRefusal)}.{refusal}");

    /// <summary>Why a tie or an anchor was left out.</summary>
    /// <param name="reason">Any.</param>
    /// <returns>One sentence.</returns>
    public static Sentence Say(OutlierReason reason) => Table.Say($"{nameof(OutlierReason)}.{reason}");

    /// <summary>What the phones together are worth.</summary>
    /// <param name="agreement">Any.</param>
    /// <returns>One sentence.</returns>
    public static Sentence Say(PhoneAgreement agreement) => Table.Say($"{nameof(PhoneAgreement)}.{agreement}");
}
