using System.Collections.Immutable;

namespace StemLab.Hub.Facts;

/// <summary>Says everything that is wrong with a calibration's method, a check or a drift spread. Pure.</summary>
internal static class CalibrationProblems
{
    private const int MostPoints = 64;
    private const long LongestAgeUs = 31L * 86_400_000_000;

    public static IEnumerable<FactProblem> Of(Calibration calibration)
    {
        const string Path = "calibration";
        CalibrationMethod? method = calibration.Method;
        bool hasLine = method is null || method.Form is not (CalibrationForm.Polynomial or CalibrationForm.Table);
        if (hasLine && (!double.IsFinite(calibration.Slope) || calibration.Slope == 0))
        {
            yield return new($"{Path}.slope", $"is {calibration.Slope}; expected a finite number other than 0");
        }

        if (!double.IsFinite(calibration.Offset) || (!hasLine && !double.IsFinite(calibration.Slope)))
        {
            yield return new($"{Path}.offset", $"is {calibration.Offset}; expected a finite number");
        }

        if (method is null)
        {
            yield break;
        }

        foreach (FactProblem problem in Form(method).Concat(Points($"{Path}.method.points", method.Points)).Concat(Numbers(method)).Concat(Compensations(method)))
        {
            yield return problem;
        }
    }

    public static IEnumerable<FactProblem> Of(CalibrationCheck check)
    {
        if (check.Points.IsDefaultOrEmpty)
        {
            yield return new("calibration_check.points", "is empty; expected what the probe read in at least one standard");
            yield break;
        }

        foreach (FactProblem problem in Points("calibration_check.points", check.Points))
        {
            yield return problem;
        }

        if (check.Points.Select(point => point.Reference).Distinct().Count() != check.Points.Length)
        {
            yield return new("calibration_check.points", "names one standard twice; expected different ones");
        }
    }

    public static IEnumerable<FactProblem> Of(DriftSpread spread)
    {
        if (spread.FromCalibration.IsEmpty)
        {
            yield return new("drift_spread.from_calibration", "is empty; expected the fact id of the calibration it starts from");
        }

        if (spread.ToFact.IsEmpty || spread.ToFact == spread.FromCalibration)
        {
            yield return new("drift_spread.to_fact", "expected the fact id of a later check or calibration of the same probe");
        }

        if (spread.Way != DriftSpread.Linear)
        {
            yield return new("drift_spread.way", $"is '{spread.Way}'; expected linear");
        }

        if (spread.Start.Boot == spread.End.Boot && spread.End.Us <= spread.Start.Us)
        {
            yield return new("drift_spread.end", "is not after drift_spread.start");
        }
    }

    private static IEnumerable<FactProblem> Form(CalibrationMethod method)
    {
        const string Path = "calibration.method";
        if (!Enum.IsDefined(method.Form))
        {
            yield return new($"{Path}.form", "is not one of offset, factor, linear, polynomial, table, ph, oxygen, oxygen_saturation, conductivity_25");
        }

        bool isPolynomial = method.Form == CalibrationForm.Polynomial;
        if (method.Coefficients.IsDefault || (isPolynomial ? method.Coefficients.Length is < 2 or > 4 : method.Coefficients.Length > 0) || method.Coefficients.Any(value => !double.IsFinite(value)))
        {
            yield return new($"{Path}.coefficients", isPolynomial ? "expected 2 to 4 finite numbers" : "expected none but for a polynomial");
        }
        else if (isPolynomial && method.Coefficients.Skip(1).All(value => value == 0))
        {
            yield return new($"{Path}.coefficients", "make every reading the same value; expected one of the powers 1 to 3 other than 0");
        }

        if (method.Form != CalibrationForm.Table || method.Points.IsDefault)
        {
            yield break;
        }

        if (method.Points.Length < 2 || method.Points.Zip(method.Points.Skip(1)).Any(pair => !(pair.Second.Raw > pair.First.Raw)))
        {
            yield return new($"{Path}.points", "expected at least 2, ascending in raw, no raw twice");
        }
    }

    private static IEnumerable<FactProblem> Points(string path, ImmutableArray<StandardReading> points)
    {
        if (points.IsDefault || points.Length > MostPoints)
        {
            yield return new(path, $"expected at most {MostPoints}");
            yield break;
        }

        for (int i = 0; i < points.Length; i++)
        {
            StandardReading point = points[i];
            bool isFinite = double.IsFinite(point.Raw) && double.IsFinite(point.Reference) && double.IsFinite(point.RawSd) && double.IsFinite(point.ReferenceSigma);
            if (!isFinite || point.RawSd < 0 || point.ReferenceSigma < 0 || point.Celsius is { } celsius && !(celsius is >= -5 and <= 110) || point.Standard.Length > 64)
            {
                yield return new($"{path}[{i}]", "expected finite raw and reference, noise and sigma of 0 or more, -5 to 110 Cel, a name of at most 64 characters");
            }
        }
    }

    private static IEnumerable<FactProblem> Numbers(CalibrationMethod method)
    {
        (string Name, double? Value, double Min, double Max)[] numbers =
        [
            ("residual_sd", method.ResidualSd, 0, double.MaxValue),
            ("slope_percent", method.SlopePercent, -1000, 1000),
            ("slope_percent_error", method.SlopePercentError, 0, 1000),
            ("reference_celsius", method.ReferenceCelsius, -5, 60),
            ("reference_salinity", method.ReferenceSalinity, 0, 45),
            ("reference_pressure_hpa", method.ReferencePressureHPa, 300, 1300),
            ("alpha_per_celsius", method.AlphaPerCelsius, 0, 0.05),
        ];
        foreach ((string name, double? value, double min, double max) in numbers)
        {
            if (value is { } stated && !(stated >= min && stated <= max))
            {
                yield return new($"calibration.method.{name}", $"is {stated}; expected {min} to {max}");
            }
        }
    }

    private static IEnumerable<FactProblem> Compensations(CalibrationMethod method)
    {
        const string Path = "calibration.method.compensations";
        if (method.Compensations.IsDefault)
        {
            yield return new(Path, "is absent; expected a list");
            yield break;
        }

        CompensationRole[] wanted = Roles(method.Form);
        CompensationRole[] stated = [.. method.Compensations.Select(compensation => compensation.Role)];
        if (!stated.Order().SequenceEqual(wanted.Order()))
        {
            yield return new(Path, wanted.Length == 0 ? "expected none for this form" : $"expected exactly {string.Join(", ", wanted).ToLowerInvariant()}");
        }

        foreach (Compensation compensation in method.Compensations)
        {
            if (compensation.MaxAgeUs is <= 0 or > LongestAgeUs || compensation.Default is { } value && !double.IsFinite(value) || compensation.Property.Length is < 1 or > 64)
            {
                yield return new(Path, $"for {compensation.Role} expected a max_age_us above 0 and at most 31 days, a property, and a finite default or none");
            }
        }
    }

    /// <summary>What a form needs to know besides the reading.</summary>
    public static CompensationRole[] Roles(CalibrationForm form) => form switch
    {
        CalibrationForm.Ph or CalibrationForm.Conductivity25 => [CompensationRole.Temperature],
        CalibrationForm.Oxygen => [CompensationRole.Temperature, CompensationRole.Salinity],
        CalibrationForm.OxygenSaturation => [CompensationRole.Temperature, CompensationRole.Pressure],
        _ => [],
    };
}
