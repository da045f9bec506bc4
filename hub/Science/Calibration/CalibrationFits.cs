using System.Collections.Immutable;
using StemLab.Science.Statistics;
using StemLab.Science.Water;

namespace StemLab.Science.Calibration;

/// <summary>Fits calibrations, or says why not. Pure; safe from any thread.</summary>
public static class CalibrationFits
{
    /// <summary>A cell constant or gain outside this range is no calibration but a mistake.</summary>
    private const double SmallestFactor = 0.25, LargestFactor = 4;

    /// <summary>Fits any of the free kinds.</summary>
    /// <param name="kind">What is fitted.</param>
    /// <param name="points">The standards, in any order.</param>
    /// <returns>The curve, or the reason for refusing.</returns>
    public static CalibrationOutcome Fit(CalibrationKind kind, IReadOnlyList<CalibrationPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            if (!double.IsFinite(point.Raw) || !double.IsFinite(point.Reference) || !(point.RawSd >= 0) || !(point.ReferenceSigma >= 0))
                return new CalibrationOutcome(null, CalibrationRefusal.NotANumber, i);
        }

        if (points.Count < Fewest(kind))
            return new CalibrationOutcome(null, CalibrationRefusal.TooFewPoints);
        var sorted = points.OrderBy(point => point.Raw).ThenBy(point => point.Reference).ToImmutableArray();
        if (Fewest(kind) > 1 && Clash(kind, sorted, points) is { } clash)
            return clash;
        return kind switch
        {
            CalibrationKind.Offset => Accept(kind, sorted, [sorted.Average(point => point.Reference - point.Raw), 1]),
            CalibrationKind.Factor => Factor(sorted),
            CalibrationKind.Table => Accept(kind, sorted, []),
            _ => Polynomial(kind, sorted),
        };
    }

    /// <summary>A conductivity cell in one or more standards, each stated at 25 °C and measured at its own temperature.</summary>
    /// <param name="standards">Raw: measured at water temperature, not compensated; Reference: at 25 °C; one unit for both.</param>
    /// <param name="celsius">Temperature of each standard, °C.</param>
    /// <param name="alphaPerCelsius">Temperature coefficient of the standards, per °C.</param>
    /// <returns>One standard: a factor; more: a line.</returns>
    public static CalibrationOutcome Conductivity(IReadOnlyList<CalibrationPoint> standards, IReadOnlyList<double> celsius, double alphaPerCelsius = FreshWater.UsualAlphaPerCelsius)
    {
        ArgumentNullException.ThrowIfNull(standards);
        ArgumentNullException.ThrowIfNull(celsius);
        if (standards.Count != celsius.Count)
            throw new ArgumentException("Every standard needs its temperature.", nameof(celsius));
        var warm = standards.Select((point, i) => point with { Reference = point.Reference * (1 + alphaPerCelsius * (celsius[i] - 25)) }).ToArray();
        return Fit(warm.Length == 1 ? CalibrationKind.Factor : CalibrationKind.Linear, warm);
    }

    /// <summary>An oxygen probe in air-saturated water or wet air, and, better, also in water without oxygen.</summary>
    /// <param name="saturatedRaw">Reading at saturation, native unit.</param>
    /// <param name="celsius">Temperature there, °C.</param>
    /// <param name="salinity">Practical salinity there, unit 1; 0 in air.</param>
    /// <param name="pressureHPa">Air pressure there, hPa.</param>
    /// <param name="zeroRaw">Reading without oxygen, native unit; null = not measured.</param>
    /// <returns>A factor, or a line through both, to mg/L.</returns>
    public static CalibrationOutcome Oxygen(double saturatedRaw, double celsius, double salinity, double pressureHPa, double? zeroRaw = null)
    {
        var saturated = new CalibrationPoint(saturatedRaw, Water.Oxygen.SaturationMgL(celsius, salinity, pressureHPa));
        if (zeroRaw is not { } zero)
        {
            // The native unit may be mV: any positive factor will do.
            return saturatedRaw > 0 && double.IsFinite(saturated.Reference)
                ? Accept(CalibrationKind.Factor, [saturated], [0, saturated.Reference / saturatedRaw])
                : new CalibrationOutcome(null, double.IsFinite(saturatedRaw) && double.IsFinite(saturated.Reference) ? CalibrationRefusal.WrongSign : CalibrationRefusal.NotANumber, 0);
        }

        return zero >= saturatedRaw ? new CalibrationOutcome(null, CalibrationRefusal.WrongSign) : Fit(CalibrationKind.Linear, [saturated, new CalibrationPoint(zero, 0)]);
    }

    private static int Fewest(CalibrationKind kind) => kind switch
    {
        CalibrationKind.Offset or CalibrationKind.Factor => 1,
        CalibrationKind.Linear or CalibrationKind.Table => 2,
        CalibrationKind.Quadratic => 3,
        CalibrationKind.Cubic => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such calibration."),
    };

    /// <summary>Different standards the probe cannot tell apart.</summary>
    private static CalibrationOutcome? Clash(CalibrationKind kind, ImmutableArray<CalibrationPoint> sorted, IReadOnlyList<CalibrationPoint> points)
    {
        for (var i = 1; i < sorted.Length; i++)
        {
            var (a, b) = (sorted[i - 1], sorted[i]);
            var noise = 3 * Math.Sqrt(a.RawSd * a.RawSd + b.RawSd * b.RawSd);
            if (b.Raw - a.Raw > noise)
                continue;
            if (a.Reference != b.Reference)
                return new CalibrationOutcome(null, a.Raw == b.Raw ? CalibrationRefusal.PointsContradict : CalibrationRefusal.PointsCoincide, points.IndexOf(b));
            if (kind == CalibrationKind.Table)
                return new CalibrationOutcome(null, CalibrationRefusal.PointsCoincide, points.IndexOf(b));
        }

        return null;
    }

    private static CalibrationOutcome Factor(ImmutableArray<CalibrationPoint> points)
    {
        var squares = points.Sum(point => point.Raw * point.Raw);
        var factor = points.Sum(point => point.Raw * point.Reference) / squares;
        return factor is >= SmallestFactor and <= LargestFactor
            ? Accept(CalibrationKind.Factor, points, [0, factor])
            : new CalibrationOutcome(null, CalibrationRefusal.FactorOutOfRange);
    }

    private static CalibrationOutcome Polynomial(CalibrationKind kind, ImmutableArray<CalibrationPoint> points)
    {
        var degree = Fewest(kind) - 1;
        double[] raw = [.. points.Select(point => point.Raw)], reference = [.. points.Select(point => point.Reference)];
        if (LeastSquares.Solve(LeastSquares.Powers(raw, degree), LeastSquares.Exact(reference)) is not { } solution)
            return new CalibrationOutcome(null, CalibrationRefusal.PointsCoincide);
        var outcome = Accept(kind, points, [.. solution.Parameters]);
        return TurnsBack(outcome.Curve!) ? new CalibrationOutcome(null, CalibrationRefusal.PointsContradict) : outcome;
    }

    /// <summary>A curve that rises and falls between its points gives one value for two readings.</summary>
    private static bool TurnsBack(CalibrationCurve curve)
    {
        const int Steps = 200;
        var (low, width) = (curve.Points[0].Raw, curve.Points[^1].Raw - curve.Points[0].Raw);
        var (rises, falls) = (false, false);
        for (var i = 0; i < Steps; i++)
        {
            var step = curve.Apply(low + width * (i + 1) / Steps) - curve.Apply(low + width * i / Steps);
            rises |= step > 0;
            falls |= step < 0;
        }

        return rises == falls;
    }

    private static CalibrationOutcome Accept(CalibrationKind kind, ImmutableArray<CalibrationPoint> points, ImmutableArray<double> coefficients)
    {
        var draft = new CalibrationCurve(kind, points, coefficients, 0);
        var slope = kind == CalibrationKind.Table
            ? points.Skip(1).Zip(points, (b, a) => Math.Abs((b.Reference - a.Reference) / (b.Raw - a.Raw))).Max()
            : coefficients.Length == 2 ? Math.Abs(coefficients[1]) : Math.Abs((draft.Apply(points[^1].Raw) - draft.Apply(points[0].Raw)) / (points[^1].Raw - points[0].Raw));
        // A half-width that holds in 99.9 % is 3.3 standard deviations.
        var stated = points.Max(point => Math.Sqrt(Math.Pow(point.RawSd * slope, 2) + Math.Pow(point.ReferenceSigma / 3.3, 2)));
        var free = points.Length - kind switch { CalibrationKind.Offset or CalibrationKind.Factor => 1, CalibrationKind.Table => points.Length, _ => coefficients.Length };
        var left = free > 0 ? Math.Sqrt(draft.Residuals.Sum(residual => residual * residual) / free) : 0;
        return new CalibrationOutcome(new CalibrationCurve(kind, points, coefficients, Math.Max(stated, left)), CalibrationRefusal.None);
    }

    private static int? IndexOf(this IReadOnlyList<CalibrationPoint> points, CalibrationPoint point)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i] == point)
                return i;
        }

        return null;
    }
}
