using StemLab.Science.Units;

namespace StemLab.Science.Calibration;

/// <summary>Spreads the drift between two calibrations of one probe evenly over the time between them. Immutable; pure.</summary>
/// <param name="BeforeUtcUs">UTC of the first calibration, µs.</param>
/// <param name="Before">Raw to value then.</param>
/// <param name="AfterUtcUs">UTC of the second, µs; later than the first.</param>
/// <param name="After">Raw to value then.</param>
public sealed record DriftSpread(long BeforeUtcUs, AffineMap Before, long AfterUtcUs, AffineMap After)
{
    /// <summary>The map at a moment: the first one before, the second one after, a straight way from one to the other between.</summary>
    /// <param name="utcUs">UTC, µs.</param>
    /// <returns>Raw to value.</returns>
    public AffineMap At(long utcUs)
    {
        if (AfterUtcUs <= BeforeUtcUs || utcUs <= BeforeUtcUs)
            return Before;
        if (utcUs >= AfterUtcUs)
            return After;
        var part = (double)(utcUs - BeforeUtcUs) / (AfterUtcUs - BeforeUtcUs);
        return new AffineMap(Before.Slope + (After.Slope - Before.Slope) * part, Before.Offset + (After.Offset - Before.Offset) * part);
    }

    /// <summary>How far both calibrations lie apart for a reading: the band to draw around the corrected value.</summary>
    /// <param name="raw">Native unit.</param>
    /// <returns>Unit of the channel, 0 or more.</returns>
    public double Band(double raw) => Math.Abs(After.Apply(raw) - Before.Apply(raw));
}
