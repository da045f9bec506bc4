using System.Collections.Immutable;
using StemLab.Hub.Facts;

namespace StemLab.Hub.TimeKeeping;

/// <summary>UTC as the hub knows it now, from the anchors of its running boot. Safe from any thread; the anchors are read again when the revision moves.</summary>
internal sealed class HubUtc(HubClock clock, FactLog facts)
{
    private volatile Anchors _anchors = new(-1, []);

    /// <summary>UTC µs and the half-width of its bound; null while no anchor is known.</summary>
    public (long UtcUs, long SigmaUs)? At(long hubTUs)
    {
        var current = facts.Current;
        var anchors = _anchors;
        if (anchors.Revision != current.Revision)
        {
            anchors = new Anchors(
                current.Revision,
                [.. current.Of<UtcAnchor>().Where(stated => stated.Body.Boot == clock.BootId)
                    .Select(stated => new ClockSample(stated.Body.TUs, stated.Body.UtcUs - stated.Body.TUs, stated.Body.SigmaUs))]);
            _anchors = anchors;
        }

        (long UtcUs, long SigmaUs)? best = null;
        foreach (var anchor in anchors.Samples)
        {
            var sigma = anchor.SigmaAt(hubTUs);
            if (best is null || sigma < best.Value.SigmaUs)
            {
                best = (hubTUs + anchor.OffsetUs, sigma);
            }
        }

        return best;
    }

    private sealed record Anchors(long Revision, ImmutableArray<ClockSample> Samples);
}
