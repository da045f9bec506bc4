using System.Numerics;
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

    /// <summary>Value + part · (value at the end - value) of rows whose later value is a straight line of the value, or of raw; in place.</summary>
    /// <param name="raw">Native unit; asked for where the later calibration is a map of its own.</param>
    /// <param name="value">Holds what the earlier calibration says.</param>
    public void Spread(TimeMap map, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, Span<double> value)
    {
        double perUs = 1.0 / (EndUtcUs - StartUtcUs);
        AffineMap end = AfterMap ?? Correction;
        ReadOnlySpan<double> from = AfterMap is null ? value : raw;
        (Vector<double> endSlope, Vector<double> endOffset) = (new(end.Slope), new(end.Offset));
        int i = 0;
        while (i < tUs.Length)
        {
            (long originUs, long untilUs, long offsetUs, double rate) = map.Line(tUs[i]);
            double atOrigin = ((Int128)originUs + offsetUs - StartUtcUs) switch { var us => (double)us * perUs };
            double slope = (1 + rate) * perUs;
            int to = tUs[^1] < untilUs ? tUs.Length : i + LengthBefore(tUs[i..], untilUs);
            (Vector<double> at, Vector<double> step, Vector<long> origin) = (new(atOrigin), new(slope), new(originUs));
            for (; i <= to - Vector<double>.Count; i += Vector<double>.Count)
            {
                Vector<double> part = at + (step * Vector.ConvertToDouble(new Vector<long>(tUs[i..]) - origin));
                part = Vector.Min(Vector.Max(part, Vector<double>.Zero), Vector<double>.One);
                Vector<double> before = new(value[i..]);
                (before + (part * ((endSlope * new Vector<double>(from[i..])) + endOffset - before))).CopyTo(value[i..]);
            }

            for (; i < to; i++)
            {
                double part = Math.Clamp(atOrigin + (slope * (tUs[i] - originUs)), 0, 1);
                value[i] += part * (end.Apply(from[i]) - value[i]);
            }
        }
    }

    private static int LengthBefore(ReadOnlySpan<long> tUs, long untilUs)
    {
        int at = tUs.BinarySearch(untilUs);
        return at < 0 ? ~at : at;
    }
}
