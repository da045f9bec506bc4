namespace StemLab.Hub.Facts;

/// <summary>What one comparison of two clocks said: at <paramref name="AtUs"/> of the first, the second was ahead by <paramref name="OffsetUs"/>, within <paramref name="SigmaUs"/>.</summary>
internal readonly record struct ClockSample(long AtUs, long OffsetUs, long SigmaUs)
{
    /// <summary>Two crystals part by at most this much until a rate is learnt.</summary>
    public const long DriftPpm = 50;

    /// <summary>Below this a fresher comparison changes nothing a person could see; keeps a steady boot to about one fact an hour.</summary>
    public const long WorthwhileUs = 100_000;

    /// <summary>The half-width this sample still gives at another time of the first clock.</summary>
    public long SigmaAt(long atUs)
    {
        Int128 widened = SigmaUs + (Int128.Abs((Int128)atUs - AtUs) * DriftPpm / 1_000_000);
        return widened > long.MaxValue ? long.MaxValue : (long)widened;
    }

    /// <summary>True where the two cannot both hold.</summary>
    public bool Contradicts(ClockSample other) =>
        Int128.Abs((Int128)OffsetUs - other.OffsetUs) > (Int128)SigmaUs + other.SigmaAt(AtUs);

    /// <summary>The automatic rule: a comparison becomes a fact only if it shrinks sigma at least twofold or moves the map by more than sigma. (The one that ends a boot is the caller's to state.)</summary>
    public bool IsWorthStating(IEnumerable<ClockSample> stated)
    {
        ClockSample? best = null;
        foreach (ClockSample sample in stated)
        {
            best = best is { } other && other.SigmaAt(AtUs) <= sample.SigmaAt(AtUs) ? other : sample;
        }

        if (best is not { } known)
        {
            return true;
        }

        long sigma = known.SigmaAt(AtUs);
        bool moves = Int128.Abs((Int128)OffsetUs - known.OffsetUs) > sigma;
        bool sharper = SigmaUs <= known.SigmaUs / 2;
        bool fresher = Math.Max(SigmaUs, WorthwhileUs) <= sigma / 2;
        return moves || sharper || fresher;
    }
}
