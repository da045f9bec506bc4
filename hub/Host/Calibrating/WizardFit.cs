using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Calibration;
using StemLab.Science.Units;
using StemLab.Science.Water;
using StemLab.V1;
using CalibrationMethod = StemLab.Hub.Facts.CalibrationMethod;
using Compensation = StemLab.Hub.Facts.Compensation;
using StandardReading = StemLab.Hub.Facts.StandardReading;

namespace StemLab.Hub.Calibrating;

/// <summary>What the points of a wizard make: the map and the method of a calibration, or the refusal. Immutable, pure.</summary>
internal sealed record WizardFit(CalibrationRefusal Refusal, ImmutableArray<string> Likely, int Point, AffineMap Map, CalibrationMethod? Method, PhCalibration? Ph, CalibrationCurve? Curve)
{
    private const long SiblingAgeUs = 60_000_000;
    private const double PinnedCelsius = 25;

    public static WizardFit Of(Wizard wizard)
    {
        var points = wizard.Points;
        return wizard.Way switch
        {
            CalibrationWay.PhBuffers => Buffers(wizard),
            CalibrationWay.ConductivityStandard => Free(
                wizard,
                points.Length == 0 ? new CalibrationOutcome(null, CalibrationRefusal.TooFewPoints) : CalibrationFits.Conductivity([.. points.Select(PointOf)], [.. points.Select(point => point.Celsius ?? PinnedCelsius)]),
                points.Length > 1 ? CalibrationForm.Linear : CalibrationForm.Factor),
            CalibrationWay.Oxygen => OfOxygen(wizard),
            CalibrationWay.Offset => Free(wizard, CalibrationKind.Offset, CalibrationForm.Offset),
            CalibrationWay.Factor => Free(wizard, CalibrationKind.Factor, CalibrationForm.Factor),
            CalibrationWay.Turbidity or CalibrationWay.Linear => Free(wizard, CalibrationKind.Linear, CalibrationForm.Linear),
            CalibrationWay.Quadratic => Free(wizard, CalibrationKind.Quadratic, CalibrationForm.Polynomial),
            CalibrationWay.Cubic => Free(wizard, CalibrationKind.Cubic, CalibrationForm.Polynomial),
            _ => Free(wizard, CalibrationKind.Table, CalibrationForm.Table),
        };
    }

    /// <summary>Value of the calibration for a raw value at the standard's temperature.</summary>
    public double? ValueAt(WizardPoint point) => Refusal != CalibrationRefusal.None ? null
        : Ph is not null ? 7 + ((Map.Apply(point.Raw) - 7) * ((Method!.ReferenceCelsius ?? PinnedCelsius) + 273.15) / ((point.Celsius ?? PinnedCelsius) + 273.15))
        : Curve?.Apply(point.Raw);

    private static CalibrationPoint PointOf(WizardPoint point) => new(point.Raw, point.Reference, point.RawSd, point.ReferenceSigma);

    private static WizardFit Refused(CalibrationRefusal why, ImmutableArray<string> likely = default, int point = 0) => new(why, likely.IsDefault ? [] : likely, point, default, null, null, null);

    private static WizardFit Free(Wizard wizard, CalibrationKind kind, CalibrationForm form) => Free(wizard, CalibrationFits.Fit(kind, [.. wizard.Points.Select(PointOf)]), form);

    private static WizardFit Free(Wizard wizard, CalibrationOutcome outcome, CalibrationForm form, ImmutableArray<Compensation> compensations = default, WizardPoint? at = null)
    {
        if (outcome.Curve is not { } curve)
        {
            return Refused(outcome.Refusal, point: outcome.Point is { } index ? wizard.Points[index].Number : 0);
        }

        var residual = curve.StandardUncertainty(curve.Points[curve.Points.Length / 2].Raw);
        var method = new CalibrationMethod(
            form,
            form == CalibrationForm.Polynomial ? curve.Coefficients : [],
            Readings(wizard, form == CalibrationForm.Table),
            compensations.IsDefault ? [] : compensations,
            double.IsFinite(residual) ? residual : null,
            ReferenceCelsius: at?.Celsius,
            ReferenceSalinity: at?.Salinity,
            ReferencePressureHPa: at?.PressureHPa);
        return new WizardFit(CalibrationRefusal.None, [], 0, curve.Affine ?? AffineMap.Identity, method, null, curve);
    }

    private static ImmutableArray<StandardReading> Readings(Wizard wizard, bool sorted)
    {
        var readings = wizard.Points.Select(point => new StandardReading(point.Raw, point.Reference, point.RawSd, point.ReferenceSigma, point.Celsius, point.Standard));
        return [.. sorted ? readings.OrderBy(reading => reading.Raw) : readings];
    }

    /// <summary>An electrode's mV, or a board's pH pinned to 25 °C, which is the ideal electrode's mV again.</summary>
    private static WizardFit Buffers(Wizard wizard)
    {
        var toMilliVolt = AffineMap.Identity;
        if (wizard.XUnit == "[pH]")
        {
            var ideal = Electrochemistry.NernstSlopeMVPerPh(PinnedCelsius);
            toMilliVolt = new AffineMap(-ideal, 7 * ideal);
        }
        else if (!Ucum.TryConvert(wizard.XUnit, "mV", out toMilliVolt))
        {
            return Refused(CalibrationRefusal.NotANumber);
        }

        PhPoint[] points = [.. wizard.Points.Select(point => new PhPoint(toMilliVolt.Apply(point.Raw), Ways.BufferOf(point.Standard)!.Value, point.Celsius ?? PinnedCelsius))];
        if (PhCalibration.Fit(points, out var refusal, out var likely) is not { } ph)
        {
            return Refused(refusal, likely.IsDefault ? [] : [.. likely.Select(Ways.IdOf)]);
        }

        var map = toMilliVolt.Then(new AffineMap(1 / ph.SlopeMVPerPh, 7 - (ph.OffsetMV / ph.SlopeMVPerPh)));
        var method = new CalibrationMethod(
            CalibrationForm.Ph,
            [],
            Readings(wizard, sorted: false),
            [new Compensation(CompensationRole.Temperature, Compensation.UsualProperty(CompensationRole.Temperature), SiblingAgeUs)],
            ph.LargestResidualPh > 0 ? ph.LargestResidualPh : null,
            ph.SlopePercent,
            ph.SlopePercentError,
            ph.CalibrationCelsius);
        return new WizardFit(CalibrationRefusal.None, [], 0, map, method, ph, null);
    }

    private static WizardFit OfOxygen(Wizard wizard)
    {
        var air = wizard.Points.LastOrDefault(point => point.Standard == "do-air");
        var zero = wizard.Points.LastOrDefault(point => point.Standard == "do-zero");
        if (air is null)
        {
            return Refused(CalibrationRefusal.TooFewPoints);
        }

        var celsius = air.Celsius ?? PinnedCelsius;
        var isPercent = wizard.Property == "dissolved_oxygen_saturation";
        CompensationRole[] roles = CalibrationProblems.Roles(isPercent ? CalibrationForm.OxygenSaturation : CalibrationForm.Oxygen);
        ImmutableArray<Compensation> compensations = [.. roles.Select(role => new Compensation(role, Compensation.UsualProperty(role), SiblingAgeUs))];
        var at = air with { Celsius = celsius };
        if (!isPercent)
        {
            return Free(wizard, CalibrationFits.Oxygen(air.Raw, celsius, air.Salinity, air.PressureHPa, zero?.Raw), CalibrationForm.Oxygen, compensations, at);
        }

        var outcome = zero is null
            ? CalibrationFits.Fit(CalibrationKind.Factor, [new CalibrationPoint(air.Raw, 100, air.RawSd)])
            : CalibrationFits.Fit(CalibrationKind.Linear, [new CalibrationPoint(air.Raw, 100, air.RawSd), new CalibrationPoint(zero.Raw, 0, zero.RawSd)]);
        return Free(wizard, outcome, CalibrationForm.OxygenSaturation, compensations, at);
    }
}
