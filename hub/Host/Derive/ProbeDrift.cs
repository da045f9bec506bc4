using StemLab.Science.Time;
using StemLab.Science.Units;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>
/// A drift spread over one span: the value goes evenly in UTC from what the calibration says at <paramref name="StartUtcUs"/> to what the check (or the later
/// calibration) says at <paramref name="EndUtcUs"/>, and stays there. Immutable, pure.
/// </summary>
/// <param name="Fact">The fact that says so.</param>
/// <param name="Correction">From a value to what it should be at the end; used where <paramref name="After"/> is absent.</param>
/// <param name="AfterMap">Raw to value at the end, where the later calibration is one affine map.</param>
/// <param name="After">The later calibration's curve, where it has a method.</param>
internal sealed record ProbeDrift(Id128 Fact, long StartUtcUs, long EndUtcUs, AffineMap Correction, AffineMap? AfterMap, ProbeCurve? After)
{
    /// <summary>How far along the drift each row lies: 0 at and before the start, 1 at and after the end.</summary>
    public void Parts(TimeMap map, ReadOnlySpan<long> tUs, Span<double> part)
    {
        double perUs = 1.0 / (EndUtcUs - StartUtcUs);
        int i = 0;
        while (i < tUs.Length)
        {
            // The map is a straight line between two knots; its rounding to whole µs is of no matter here.
            (long originUs, long untilUs, long offsetUs, double rate) = map.Line(tUs[i]);
            double atOrigin = ((Int128)originUs + offsetUs - StartUtcUs) switch { var us => (double)us * perUs };
            double slope = (1 + rate) * perUs;
            for (; i < tUs.Length && tUs[i] < untilUs; i++)
            {
                part[i] = Math.Clamp(atOrigin + (slope * (tUs[i] - originUs)), 0, 1);
            }
        }
    }
}
