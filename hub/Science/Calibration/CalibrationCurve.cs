using System.Collections.Immutable;
using StemLab.Science.Statistics;
using StemLab.Science.Units;

namespace StemLab.Science.Calibration;

/// <summary>A fitted calibration: raw to value, with what is not known about it. Immutable; safe from any thread.</summary>
public sealed class CalibrationCurve
{
    private readonly ImmutableArray<double> _coefficients;
    private readonly double _sd;

    internal CalibrationCurve(CalibrationKind kind, ImmutableArray<CalibrationPoint> points, ImmutableArray<double> coefficients, double sd)
    {
        Kind = kind;
        Points = points;
        _coefficients = coefficients;
        _sd = sd;
    }

    /// <summary>A curve that was fitted before: powers of raw.</summary>
    /// <param name="coefficients">Of raw to the powers 0, 1, 2, 3; at least two.</param>
    /// <returns>The curve, without points: it says nothing of its uncertainty.</returns>
    public static CalibrationCurve OfPowers(ImmutableArray<double> coefficients) => new(CalibrationKind.Cubic, [], coefficients, double.NaN);

    /// <summary>A table that was made before.</summary>
    /// <param name="points">Two or more, ascending in raw, no two alike.</param>
    /// <returns>The curve.</returns>
    public static CalibrationCurve OfTable(ImmutableArray<CalibrationPoint> points) => new(CalibrationKind.Table, points, [], double.NaN);

    /// <summary>What was fitted.</summary>
    public CalibrationKind Kind { get; }

    /// <summary>The points, ascending in raw.</summary>
    public ImmutableArray<CalibrationPoint> Points { get; }

    /// <summary>Coefficients of raw to the powers 0, 1, 2, 3 in the unit of the channel; empty for a table.</summary>
    public ImmutableArray<double> Coefficients => _coefficients;

    /// <summary>Reference less fitted value at each point, unit of the channel.</summary>
    public ImmutableArray<double> Residuals => [.. Points.Select(point => point.Reference - Apply(point.Raw))];

    /// <summary>The curve as one affine map; null where it is not one.</summary>
    public AffineMap? Affine => Kind is CalibrationKind.Offset or CalibrationKind.Factor or CalibrationKind.Linear ? new AffineMap(_coefficients[1], _coefficients[0]) : null;

    /// <summary>The value of a raw reading.</summary>
    /// <param name="raw">Native unit; NaN stays NaN.</param>
    /// <returns>Unit of the channel; beyond the points the curve goes on.</returns>
    public double Apply(double raw)
    {
        if (Kind != CalibrationKind.Table)
            return _coefficients.Length == 2 ? _coefficients[0] + _coefficients[1] * raw : Polynomial(raw);
        return OnTable(Piece(raw), raw);
    }

    /// <summary>The values of many raw readings at once; the same bits as one by one.</summary>
    /// <param name="raw">Native unit; NaN stays NaN.</param>
    /// <param name="values">Receives one value per reading, unit of the channel; at least as long; may be the same memory.</param>
    public void Apply(ReadOnlySpan<double> raw, Span<double> values)
    {
        if (values.Length < raw.Length)
            throw new ArgumentException("The output is shorter than the input.", nameof(values));
        if (Kind != CalibrationKind.Table)
        {
            for (var i = 0; i < raw.Length; i++)
                values[i] = Apply(raw[i]);
            return;
        }

        var k = 1;
        for (var i = 0; i < raw.Length; i++)
        {
            // Neighbouring readings mostly lie on one piece.
            if (!((k == 1 || raw[i] > Points[k - 1].Raw) && (k == Points.Length - 1 || raw[i] <= Points[k].Raw)))
                k = Piece(raw[i]);
            values[i] = OnTable(k, raw[i]);
        }
    }

    /// <summary>True between the lowest and the highest standard.</summary>
    /// <param name="raw">Native unit.</param>
    /// <returns>Whether the calibration speaks of it.</returns>
    public bool Covers(double raw) => !Points.IsEmpty && raw >= Points[0].Raw && raw <= Points[^1].Raw;

    /// <summary>Standard uncertainty of a value from the calibration alone: noise, the standards' own, and what the fit leaves over.</summary>
    /// <param name="raw">Native unit.</param>
    /// <returns>Unit of the channel; grows beyond the points; 0 where no noise and no uncertainty was stated and the fit is exact.</returns>
    public double StandardUncertainty(double raw)
    {
        if (!double.IsFinite(raw))
            return double.NaN;
        switch (Kind)
        {
            case CalibrationKind.Offset:
                return _sd / Math.Sqrt(Points.Length);
            case CalibrationKind.Factor:
                return _sd * Math.Abs(raw) / Math.Sqrt(Points.Sum(point => point.Raw * point.Raw));
            case CalibrationKind.Table:
                return _sd;
            default:
                // The error of the value at x is that of the constant when x is the origin.
                var shifted = Points.Select(point => point.Raw - raw).ToArray();
                return LeastSquares.ErrorsPerUnitVariance(LeastSquares.Powers(shifted, _coefficients.Length - 1)) is { } errors ? _sd * errors[0] : double.NaN;
        }
    }

    /// <summary>Index of the point that ends the piece of the table a reading lies on; the first and last piece go on.</summary>
    private int Piece(double raw)
    {
        var (low, high) = (1, Points.Length - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (raw > Points[middle].Raw)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private double OnTable(int k, double raw)
    {
        var (a, b) = (Points[k - 1], Points[k]);
        return a.Reference + (b.Reference - a.Reference) * ((raw - a.Raw) / (b.Raw - a.Raw));
    }

    private double Polynomial(double raw)
    {
        var sum = 0.0;
        for (var i = _coefficients.Length - 1; i >= 0; i--)
            sum = sum * raw + _coefficients[i];
        return sum;
    }
}

/// <summary>A calibration, or why there is none.</summary>
/// <param name="Curve">The curve; null when refused.</param>
/// <param name="Refusal">Why there is none.</param>
/// <param name="Point">Index of the point to look at first; null = all of them.</param>
public sealed record CalibrationOutcome(CalibrationCurve? Curve, CalibrationRefusal Refusal, int? Point = null);
