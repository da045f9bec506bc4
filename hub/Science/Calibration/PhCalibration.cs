using System.Collections.Immutable;
using StemLab.Science.Statistics;
using StemLab.Science.Units;
using StemLab.Science.Water;

namespace StemLab.Science.Calibration;

/// <summary>One buffer measured by a pH electrode.</summary>
/// <param name="MilliVolt">Potential, mV.</param>
/// <param name="Buffer">The bottle.</param>
/// <param name="Celsius">Temperature of the buffer, °C.</param>
public readonly record struct PhPoint(double MilliVolt, PhBuffer Buffer, double Celsius);

/// <summary>A pH electrode's calibration, with what it says about the electrode. Immutable.</summary>
/// <param name="SlopeMVPerPh">At the calibration temperature, mV per pH; negative.</param>
/// <param name="OffsetMV">Potential at pH 7, mV; 0 for an ideal electrode.</param>
/// <param name="CalibrationCelsius">Mean temperature of the buffers, °C.</param>
/// <param name="SlopePercent">Of the ideal (Nernst) slope, %; 92 … 102 is good.</param>
/// <param name="SlopePercentError">Standard error of it, %; null with two buffers.</param>
/// <param name="LargestResidualPh">Largest distance of a buffer from the line, pH; 0 with two buffers.</param>
/// <param name="IsDoubtful">True for a slope of 85 … 92 % or above 102 %, or an offset beyond ± 30 mV: usable, but clean the electrode.</param>
public sealed record PhCalibration(
    double SlopeMVPerPh, double OffsetMV, double CalibrationCelsius, double SlopePercent, double? SlopePercentError, double LargestResidualPh, bool IsDoubtful)
{
    /// <summary>Below, either way, the electrode has not noticed that the bottle is another one: 3 mV a pH.</summary>
    private const double FewestPercent = 5;

    /// <summary>pH of a potential at a temperature.</summary>
    /// <param name="milliVolt">mV; NaN stays NaN.</param>
    /// <param name="celsius">Water temperature, °C.</param>
    /// <returns>pH.</returns>
    public double Ph(double milliVolt, double celsius) => Electrochemistry.Ph(milliVolt, OffsetMV, SlopeMVPerPh, CalibrationCelsius, celsius);

    /// <summary>The map from mV to pH at one temperature.</summary>
    /// <param name="celsius">Water temperature, °C.</param>
    /// <returns>pH = slope · mV + offset.</returns>
    public AffineMap At(double celsius)
    {
        var slope = SlopeMVPerPh * (celsius + 273.15) / (CalibrationCelsius + 273.15);
        return new AffineMap(1 / slope, 7 - OffsetMV / slope);
    }

    /// <summary>Fits a line through two or three buffers, or says why not.</summary>
    /// <param name="points">Two or more different buffers.</param>
    /// <param name="refusal">Why there is none; None when there is.</param>
    /// <param name="likely">With <see cref="CalibrationRefusal.WrongBuffer"/>: the bottles that would make a healthy electrode, in the order of the points.</param>
    /// <returns>The calibration; null when refused.</returns>
    /// <remarks>Limits are common laboratory practice. Potentials at different temperatures are compared through the ideal slope at each.</remarks>
    public static PhCalibration? Fit(IReadOnlyList<PhPoint> points, out CalibrationRefusal refusal, out ImmutableArray<PhBuffer> likely)
    {
        ArgumentNullException.ThrowIfNull(points);
        likely = [];
        var line = Line(points, [.. points.Select(point => point.Buffer)], out refusal);
        if (refusal is CalibrationRefusal.SlopeOutOfRange or CalibrationRefusal.WrongSign && OtherBottles(points) is { } others)
            (refusal, likely) = (CalibrationRefusal.WrongBuffer, others);
        return refusal == CalibrationRefusal.None ? line : null;
    }

    private static PhCalibration? Line(IReadOnlyList<PhPoint> points, PhBuffer[] buffers, out CalibrationRefusal refusal)
    {
        var n = points.Count;
        double[] away = [.. points.Select((point, i) => Electrochemistry.NernstSlopeMVPerPh(point.Celsius) * (Electrochemistry.BufferPh(buffers[i], point.Celsius) - 7))];
        double[] milliVolt = [.. points.Select(point => point.MilliVolt)];
        refusal = n < 2 ? CalibrationRefusal.TooFewPoints
            : away.Any(value => !double.IsFinite(value)) || milliVolt.Any(value => !double.IsFinite(value)) ? CalibrationRefusal.NotANumber
            : buffers.Distinct().Count() < 2 ? CalibrationRefusal.PointsCoincide
            : CalibrationRefusal.None;
        if (refusal != CalibrationRefusal.None || LeastSquares.Solve(LeastSquares.Powers(away, 1), LeastSquares.Exact(milliVolt)) is not { } solution)
            return null;

        var (offset, percent) = (solution.Parameters[0], -100 * solution.Parameters[1]);
        var celsius = points.Average(point => point.Celsius);
        var slope = solution.Parameters[1] * Electrochemistry.NernstSlopeMVPerPh(celsius);
        refusal = Math.Abs(percent) < FewestPercent ? CalibrationRefusal.PointsCoincide
            : percent < 0 ? CalibrationRefusal.WrongSign
            : percent is < 85 or > 110 ? CalibrationRefusal.SlopeOutOfRange
            : Math.Abs(offset) > 60 ? CalibrationRefusal.OffsetOutOfRange
            : CalibrationRefusal.None;
        return new PhCalibration(
            slope,
            offset,
            celsius,
            percent,
            solution.StandardErrors is { } errors ? 100 * errors[1] : null,
            solution.Residuals.Max(residual => Math.Abs(residual / slope)),
            percent is < 92 or > 102 || Math.Abs(offset) > 30);
    }

    /// <summary>The only other set of bottles with which the electrode would be healthy, of the shelf the person took from, else of the other; null when there is none or more than one.</summary>
    private static ImmutableArray<PhBuffer>? OtherBottles(IReadOnlyList<PhPoint> points)
    {
        PhBuffer[] technical = [PhBuffer.Phthalate4, PhBuffer.Technical7, PhBuffer.Technical10];
        PhBuffer[] standard = [PhBuffer.Tetroxalate168, PhBuffer.Phthalate4, PhBuffer.Phosphate686, PhBuffer.Borax918];
        if (points.Count > 3)
            return null;
        return points.All(point => technical.Contains(point.Buffer)) ? OnlyOne(points, technical) ?? OnlyOne(points, standard) : OnlyOne(points, standard) ?? OnlyOne(points, technical);
    }

    private static ImmutableArray<PhBuffer>? OnlyOne(IReadOnlyList<PhPoint> points, PhBuffer[] all)
    {
        ImmutableArray<PhBuffer>? found = null;
        for (var code = 0; code < Math.Pow(all.Length, points.Count); code++)
        {
            var buffers = points.Select((_, i) => all[code / (int)Math.Pow(all.Length, i) % all.Length]).ToArray();
            if (Line(points, buffers, out var refusal) is not { IsDoubtful: false, LargestResidualPh: < 0.1 } || refusal != CalibrationRefusal.None)
                continue;
            if (found is not null)
                return null;
            found = [.. buffers];
        }

        return found;
    }
}
