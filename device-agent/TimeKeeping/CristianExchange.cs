using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>
/// What one exchange with the hub's clock tells, after Cristian (Distributed Computing 3, 1989): the reply was made between t0 and t3 of our clock, so in the middle of them,
/// give or take half of the round trip, whatever the asymmetry. Pure.
/// </summary>
internal static class CristianExchange
{
    /// <summary>Most that two quartz clocks drift apart during the exchange, as a fraction: 200 ppm.</summary>
    private const int DriftDivisor = 5_000;

    /// <summary>A tie from one exchange; false where the reply is not to this request or its times contradict each other.</summary>
    /// <param name="boot">Our boot.</param>
    /// <param name="t0Us">Our clock when the request left.</param>
    /// <param name="t3Us">Our clock when the reply came.</param>
    /// <param name="reply">The hub's times.</param>
    /// <param name="tie">Our boot is a, the hub's is b.</param>
    public static bool TryTie(Id128 boot, long t0Us, long t3Us, TimeReply reply, out ClockTie tie)
    {
        tie = new ClockTie();
        if (reply.T0Us != t0Us || !Id128.TryRead(reply.HubBootId.Span, out _) || t3Us < t0Us || reply.T2Us < reply.T1Us)
        {
            return false;
        }

        var roundTrip = (t3Us - t0Us) - (reply.T2Us - reply.T1Us);
        var drift = ((t3Us - t0Us) / DriftDivisor) + 1;
        if (roundTrip < -(drift + 2))
        {
            return false;
        }

        tie.BootA = boot.ToByteString();
        tie.TAUs = t0Us + ((t3Us - t0Us) / 2);
        tie.BootB = reply.HubBootId;
        tie.TBUs = reply.T1Us + ((reply.T2Us - reply.T1Us) / 2);

        // Half the round trip rounded up, the drift within it, and 1 µs for the truncation of each of the four readings and two halvings.
        tie.SigmaUs = ((Math.Max(roundTrip, 0) + 1) / 2) + drift + 3;
        return true;
    }

    /// <summary>The sharpest tie; null of none. Ties with different hub boots are not mixed: the latest boot counts.</summary>
    public static ClockTie? Best(IReadOnlyList<ClockTie> ties) =>
        ties.Count == 0 ? null : ties.Where(tie => tie.BootB.Equals(ties[^1].BootB)).MinBy(tie => tie.SigmaUs);
}
