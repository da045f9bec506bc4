using System.Collections.Immutable;

namespace StemLab.Science.Time;

/// <summary>A phone's clock read beside the hub's: one round of the exchange on the join page.</summary>
/// <param name="Phone">The seat; one phone has one voice.</param>
/// <param name="HubTUs">The hub's boot time it was answered with, µs.</param>
/// <param name="PhoneUtcUs">The phone's UTC in the middle of the round, µs since 1970-01-01T00:00:00Z.</param>
/// <param name="RoundTripUs">How long the round took, µs, 0 or more.</param>
public readonly record struct PhoneReading(UInt128 Phone, long HubTUs, long PhoneUtcUs, long RoundTripUs);

/// <summary>What the phones together are worth.</summary>
public enum PhoneAgreement
{
    /// <summary>Nobody said anything usable.</summary>
    NoPhones = 0,

    /// <summary>Too few phones, or they do not agree: ask the teacher to confirm the time they suggest.</summary>
    AskTeacher,

    /// <summary>Enough phones agree: an anchor may be set.</summary>
    Agreed,
}

/// <summary>A phone that says another time.</summary>
/// <param name="Phone">The seat.</param>
/// <param name="OffByUs">Its clock less the others', µs; a day off = 86,400,000,000.</param>
public readonly record struct PhoneOutlier(UInt128 Phone, long OffByUs);

/// <summary>What many phones say about the time. Immutable.</summary>
/// <param name="Agreement">What it is worth.</param>
/// <param name="UtcUs">UTC at the hub time asked for, µs since 1970; 0 without phones.</param>
/// <param name="SigmaUs">Half-width of a bound that holds in at least 99.9 % of cases, µs; where the teacher is asked: the bound once he or she has confirmed it to the minute; <see cref="long.MaxValue"/> without phones.</param>
/// <param name="Phones">Phones heard.</param>
/// <param name="Agreeing">Phones in the largest agreeing set.</param>
/// <param name="Outliers">The others, by seat.</param>
public sealed record PhoneVerdict(PhoneAgreement Agreement, long UtcUs, long SigmaUs, int Phones, int Agreeing, ImmutableArray<PhoneOutlier> Outliers);

/// <summary>Many phones make one anchor: the median of the largest set that agrees. Pure.</summary>
/// <remarks>
/// At least five phones and 60 % within five seconds, else a teacher must confirm: with phone clocks of 0.4 s deviation and 5 % badly wrong, a
/// simulation of 20,000 classes gave a worst error of a day with one to three phones. The bound joins the phones' own spread with that prior.
/// </remarks>
public static class PhoneClocks
{
    /// <summary>Fewest phones that need no teacher.</summary>
    public const int FewestPhones = 5;

    private const double Majority = 0.6;
    private const long WithinUs = 5_000_000;
    private const long LongestRoundUs = 10_000_000;

    /// <summary>A phone's own deviation where the class is too small to tell, µs, and how many phones that knowledge is worth.</summary>
    private const double PriorSdUs = 400_000, PriorPhones = 10;

    /// <summary>What all phones may have in common (one network, one operator), µs.</summary>
    private const long CommonUs = 100_000;

    /// <summary>A teacher who confirms hours and minutes vouches for this, µs.</summary>
    private const long ConfirmedUs = 60_000_000;

    private const long FarthestUs = 1_000_000_000_000_000_000;

    /// <summary>Joins the readings of all phones.</summary>
    /// <param name="readings">Any number per phone, any order; of each phone the quickest round counts. Unusable ones are left out.</param>
    /// <param name="atTUs">Hub boot time the anchor is wanted for, µs.</param>
    /// <returns>The verdict; the same for any order of the readings.</returns>
    public static PhoneVerdict Judge(IReadOnlyList<PhoneReading> readings, long atTUs)
    {
        ArgumentNullException.ThrowIfNull(readings);
        var voices = readings.Where(IsUsable)
            .GroupBy(reading => reading.Phone)
            .Select(phone => phone.OrderBy(reading => reading.RoundTripUs).ThenBy(reading => reading.HubTUs).ThenBy(reading => reading.PhoneUtcUs).First())
            .OrderBy(reading => reading.PhoneUtcUs - reading.HubTUs).ThenBy(reading => reading.Phone)
            .ToArray();
        if (voices.Length == 0 || atTUs is < -FarthestUs or > FarthestUs)
            return new PhoneVerdict(PhoneAgreement.NoPhones, 0, long.MaxValue, 0, 0, []);

        var (first, count) = Largest(voices);
        var agreeing = voices.AsSpan(first, count);
        var offset = Median(agreeing);
        var enough = voices.Length >= FewestPhones && count >= Majority * voices.Length;
        var own = OwnSigma(agreeing, offset, atTUs);
        return new PhoneVerdict(
            enough ? PhoneAgreement.Agreed : PhoneAgreement.AskTeacher,
            atTUs + offset,
            enough ? own : Math.Max(own, ConfirmedUs),
            voices.Length,
            count,
            [.. voices.Where((_, i) => i < first || i >= first + count).OrderBy(reading => reading.Phone).Select(reading => new PhoneOutlier(reading.Phone, reading.PhoneUtcUs - reading.HubTUs - offset))]);
    }

    private static bool IsUsable(PhoneReading reading) =>
        reading.RoundTripUs is >= 0 and <= LongestRoundUs && reading.HubTUs is >= -FarthestUs and <= FarthestUs && reading.PhoneUtcUs is >= -FarthestUs and <= FarthestUs;

    /// <summary>The most phones within five seconds; of equals the closest together, then the earliest.</summary>
    private static (int First, int Count) Largest(PhoneReading[] voices)
    {
        long Offset(int i) => voices[i].PhoneUtcUs - voices[i].HubTUs;
        var (best, most, width, start) = (0, 0, long.MaxValue, 0);
        for (var end = 0; end < voices.Length; end++)
        {
            while (Offset(end) - Offset(start) > WithinUs)
                start++;
            var (count, span) = (end - start + 1, Offset(end) - Offset(start));
            if (count > most || (count == most && span < width))
                (best, most, width) = (start, count, span);
        }

        return (best, most);
    }

    private static long Median(ReadOnlySpan<PhoneReading> sorted)
    {
        var (low, high) = (sorted[(sorted.Length - 1) / 2], sorted[sorted.Length / 2]);
        var (a, b) = (low.PhoneUtcUs - low.HubTUs, high.PhoneUtcUs - high.HubTUs);
        return a + (b - a) / 2;
    }

    /// <summary>Doubt of the median, of the way there and back, and of the hub's own clock since the readings.</summary>
    private static long OwnSigma(ReadOnlySpan<PhoneReading> agreeing, long offset, long atTUs)
    {
        var (squares, farthest) = (0.0, 0L);
        var rounds = new long[agreeing.Length];
        var n = 0;
        foreach (var reading in agreeing)
        {
            var off = (double)(reading.PhoneUtcUs - reading.HubTUs - offset);
            squares += off * off;
            rounds[n++] = reading.RoundTripUs;
            farthest = Math.Max(farthest, Math.Abs(atTUs - reading.HubTUs));
        }

        Array.Sort(rounds);
        var sd = Math.Sqrt((squares + PriorPhones * PriorSdUs * PriorSdUs) / (n + PriorPhones));
        // 1.2533: a median is less sure than a mean. 3.29 with a margin for the few who tell the spread: 99.9 %.
        var doubt = 3.29 * (1 + 1 / (n + PriorPhones)) * 1.2533 * sd / Math.Sqrt(n);
        // A normal doubt and one that is even within its width: in quadrature, the even one taken 1.9-fold, their sum is covered to 99.9 % for every share of the two.
        var together = Math.Sqrt(doubt * doubt + 1.9 * CommonUs * 1.9 * CommonUs);
        // The median moves with the middle of the rounds, not with the slowest.
        return (long)Math.Ceiling(together) + rounds[n / 2] / 2 + OffsetBounds.Drift(farthest);
    }
}
