using StemLab.Hub.Facts;

namespace StemLab.Hub.Derive;

/// <summary>Standard uncertainty of a calibration's value at x: what the fit leaves over, carried to x by the points it was fitted through. Immutable.</summary>
/// <remarks>u(x)² = sd² · zᵀ (Σ z zᵀ)⁻¹ z with z = 1, (x - mean) / scale, … as in any text on linear regression; grows beyond the points.</remarks>
internal sealed class ErrorModel
{
    private readonly double _sd;
    private readonly double _mean;
    private readonly double _scale;
    private readonly double[] _powers;

    private ErrorModel(double sd, double mean, double scale, double[] powers)
    {
        (_sd, _mean, _scale, _powers) = (sd, mean, scale, powers);
    }

    /// <summary>Null where the calibration does not say how well it fits: then nothing is known.</summary>
    public static ErrorModel? Of(CalibrationMethod method)
    {
        if (method.ResidualSd is not { } sd)
        {
            return null;
        }

        double[] x = [.. method.Points.Select(point => point.Raw)];
        int degree = method.Form switch
        {
            CalibrationForm.Offset or CalibrationForm.Table or CalibrationForm.Factor => 0,
            CalibrationForm.Polynomial => method.Coefficients.Length - 1,
            _ => 1,
        };
        double squares = x.Sum(value => value * value);
        if (method.Form == CalibrationForm.Factor && squares > 0)
        {
            return new ErrorModel(sd, 0, 1, [0, 0, 1 / squares]);
        }

        if (method.Form == CalibrationForm.Offset && x.Length > 0)
        {
            return new ErrorModel(sd, 0, 1, [1.0 / x.Length]);
        }

        return degree > 0 && x.Distinct().Count() > degree && Regression(sd, x, degree) is { } model ? model : new ErrorModel(sd, 0, 1, [1]);
    }

    /// <summary>In the unit of the calibration's value, 0 or more; NaN for NaN.</summary>
    public double At(double x)
    {
        double z = (x - _mean) / _scale;
        double variance = 0;
        for (int i = _powers.Length - 1; i >= 0; i--)
        {
            variance = (variance * z) + _powers[i];
        }

        return _sd * Math.Sqrt(Math.Max(0, variance));
    }

    private static ErrorModel? Regression(double sd, double[] x, int degree)
    {
        double mean = x.Average();
        double scale = x.Max(value => Math.Abs(value - mean));
        int n = degree + 1;
        double[,] normal = new double[n, 2 * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                normal[i, j] = x.Sum(value => Math.Pow((value - mean) / scale, i + j));
            }

            normal[i, n + i] = 1;
        }

        if (!TryInvert(normal, n))
        {
            return null;
        }

        double[] powers = new double[(2 * degree) + 1];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                powers[i + j] += normal[i, n + j];
            }
        }

        return new ErrorModel(sd, mean, scale, powers);
    }

    /// <summary>Gauss-Jordan on [M | 1], in place; the matrix is symmetric, positive definite and at most 4 by 4.</summary>
    private static bool TryInvert(double[,] m, int n)
    {
        for (int pivot = 0; pivot < n; pivot++)
        {
            double by = m[pivot, pivot];
            if (!(Math.Abs(by) > 1e-12))
            {
                return false;
            }

            for (int column = 0; column < 2 * n; column++)
            {
                m[pivot, column] /= by;
            }

            for (int row = 0; row < n; row++)
            {
                double factor = m[row, pivot];
                for (int column = 0; row != pivot && column < 2 * n; column++)
                {
                    m[row, column] -= factor * m[pivot, column];
                }
            }
        }

        return true;
    }
}
