using System.Collections.Immutable;
using System.Numerics;
using StemLab.Hub.Facts;
using StemLab.Science.Calibration;
using StemLab.Science.Quality;
using StemLab.Science.Units;
using StemLab.Science.Water;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>
/// One calibration with a method, as it acts on one series: raw in the native unit to value in the channel's unit. Immutable, pure.
/// <code>
///   raw ─ toInput ─ x ─┬─ slope, offset ─┐
///                      ├─ polynomial ────┼─ y ─ compensation: pivot + (y - pivot) · gain(siblings) ─ toChannel ─ value
///                      └─ table ─────────┘
/// </code>
/// </summary>
internal sealed class ProbeCurve : IEquatable<ProbeCurve>
{
    private const double KelvinOfZero = 273.15;
    private const double UsualPressureHPa = 1013.25;

    private readonly Id128 _calibration;
    private readonly CalibrationMethod _method;
    private readonly AffineMap _toInput;
    private readonly AffineMap _line;
    private readonly AffineMap _toChannel;
    private readonly ErrorModel? _errors;

    /// <summary>Polynomial or table, x to y; null for the other forms.</summary>
    private readonly CalibrationCurve? _bent;
    private readonly double _lowest;
    private readonly double _highest;
    private readonly double _referenceSaturation;

    public ProbeCurve(Id128 fact, Calibration calibration, AffineMap toInput, AffineMap toChannel)
    {
        _calibration = fact;
        _method = calibration.Method ?? throw new ArgumentException("BUG: a calibration without a method is a map", nameof(calibration));
        (_toInput, _toChannel) = (toInput, toChannel);
        _line = new AffineMap(calibration.Slope, calibration.Offset);
        _errors = ErrorModel.Of(_method);
        _bent = _method.Form switch
        {
            CalibrationForm.Polynomial => CalibrationCurve.OfPowers(_method.Coefficients),
            CalibrationForm.Table => CalibrationCurve.OfTable([.. _method.Points.Select(point => new CalibrationPoint(point.Raw, point.Reference))]),
            _ => null,
        };
        bool hasEnds = _method.Points.Select(point => point.Raw).Distinct().Count() > 1;
        (_lowest, _highest) = hasEnds
            ? (_method.Points.Min(point => point.Raw), _method.Points.Max(point => point.Raw))
            : (double.NegativeInfinity, double.PositiveInfinity);
        _referenceSaturation = _method.Form == CalibrationForm.Oxygen ? Oxygen.SaturationMgL(ReferenceCelsius, ReferenceSalinity, ReferencePressureHPa) : double.NaN;
    }

    /// <summary>True where one affine map says it all.</summary>
    public bool IsLine => _method.Form is CalibrationForm.Offset or CalibrationForm.Factor or CalibrationForm.Linear;

    /// <summary>That map; defined where <see cref="IsLine"/>.</summary>
    public AffineMap Affine => _toInput.Then(_line).Then(_toChannel);

    /// <summary>What else must be known; at most two.</summary>
    public ImmutableArray<Compensation> Needs => _method.Compensations;

    private double ReferenceCelsius => _method.ReferenceCelsius ?? 25;

    private double ReferenceSalinity => _method.ReferenceSalinity ?? 0;

    private double ReferencePressureHPa => _method.ReferencePressureHPa ?? UsualPressureHPa;

    /// <summary>The value of a compensating property where nobody measured it.</summary>
    public double DefaultOf(Compensation need) => need.Default ?? need.Role switch
    {
        CompensationRole.Temperature => ReferenceCelsius,
        CompensationRole.Salinity => ReferenceSalinity,
        _ => ReferencePressureHPa,
    };

    /// <summary>What the probe in standards should have given against what this curve made of it then: the line from one to the other, in the channel's unit.</summary>
    public AffineMap Correction(IReadOnlyList<StandardReading> check)
    {
        double[] seen = [.. check.Select(point => OfInput(point))];
        double[] wanted = [.. check.Select(point => point.Reference)];
        (double slope, double offset) = (1, wanted.Average() - seen.Average());
        double spread = seen.Sum(value => (value - seen.Average()) * (value - seen.Average()));
        if (spread > 0)
        {
            double fitted = seen.Zip(wanted, (value, reference) => (value - seen.Average()) * (reference - wanted.Average())).Sum() / spread;

            // Standards nearly alike, or read in the wrong order, say nothing about the slope: then only the shift is believed.
            (slope, offset) = fitted is >= 0.25 and <= 4 ? (fitted, wanted.Average() - (fitted * seen.Average())) : (slope, offset);
        }

        return _toChannel.TryInvert(out AffineMap back) ? back.Then(new AffineMap(slope, offset)).Then(_toChannel) : AffineMap.Identity;
    }

    /// <summary>Values of rows. <paramref name="first"/> and <paramref name="second"/> hold what <see cref="Needs"/> names, in its order; empty where it names less.</summary>
    /// <param name="uncertainty">Receives the standard uncertainty, unit of the channel, NaN = not known; empty = not wanted.</param>
    public void Values(ReadOnlySpan<double> raw, ReadOnlySpan<double> first, ReadOnlySpan<double> second, Span<double> value, Span<double> uncertainty)
    {
        if (IsLine)
        {
            Affine.Apply(raw, value);
            Uncertain(raw, uncertainty);
            return;
        }

        Uncertain(raw, uncertainty);
        if (_bent is null)
        {
            Compensated(raw, first, second, value, uncertainty);
            return;
        }

        _toInput.Apply(raw, value);
        _bent.Apply(value[..raw.Length], value);
        _toChannel.Apply(value, value);
    }

    /// <summary>Marks rows beyond the lowest or highest standard.</summary>
    public void Cover(ReadOnlySpan<double> raw, Span<FlagReasons> reason)
    {
        if (double.IsInfinity(_lowest))
        {
            return;
        }

        for (int i = 0; i < raw.Length; i++)
        {
            double x = _toInput.Apply(raw[i]);
            reason[i] |= x < _lowest || x > _highest ? FlagReasons.OutsideValidity : 0;
        }
    }

    public bool Equals(ProbeCurve? other) => other is not null && _calibration == other._calibration && _toInput == other._toInput && _toChannel == other._toChannel;

    public override bool Equals(object? obj) => Equals(obj as ProbeCurve);

    public override int GetHashCode() => HashCode.Combine(_calibration, _toInput, _toChannel);

    /// <summary>What this curve makes of a standard, in the calibration's own unit, at the standard's temperature.</summary>
    private double OfInput(StandardReading point)
    {
        double[] value = new double[1];
        double raw = _toInput.TryInvert(out AffineMap back) ? back.Apply(point.Raw) : double.NaN;
        double[] siblings = [.. Needs.Select(need => need.Role == CompensationRole.Temperature && point.Celsius is { } celsius ? celsius : DefaultOf(need))];
        Values([raw], siblings.AsSpan(0, Math.Min(1, siblings.Length)), siblings.Length > 1 ? siblings.AsSpan(1, 1) : [], value, []);
        return _toChannel.TryInvert(out AffineMap own) ? own.Apply(value[0]) : double.NaN;
    }

    private void Compensated(ReadOnlySpan<double> raw, ReadOnlySpan<double> first, ReadOnlySpan<double> second, Span<double> value, Span<double> uncertainty)
    {
        double pivot = _method.Form == CalibrationForm.Ph ? 7 : 0;
        AffineMap away = _toInput.Then(_line).Then(new AffineMap(1, -pivot));
        Span<double> gain = value[..raw.Length];
        Gains(first, second, gain);
        for (int i = 0; i < uncertainty.Length; i++)
        {
            uncertainty[i] *= Math.Abs(gain[i]);
        }

        (double slope, double offset) = (_toChannel.Slope, _toChannel.Apply(pivot));
        int row = 0;
        for (; row <= raw.Length - Vector<double>.Count; row += Vector<double>.Count)
        {
            Vector<double> distance = (new Vector<double>(raw[row..]) * away.Slope) + new Vector<double>(away.Offset);
            Vector<double> steep = new Vector<double>(gain[row..]) * slope;
            ((steep * distance) + new Vector<double>(offset)).CopyTo(value[row..]);
        }

        for (; row < raw.Length; row++)
        {
            value[row] = (slope * gain[row] * away.Apply(raw[row])) + offset;
        }
    }

    /// <summary>The gain of each row; siblings as in <see cref="Values"/>.</summary>
    private void Gains(ReadOnlySpan<double> first, ReadOnlySpan<double> second, Span<double> gain)
    {
        int i = 0;
        if (_method.Form == CalibrationForm.Ph)
        {
            ReadOnlySpan<double> celsius = Needs[0].Role == CompensationRole.Temperature ? first : second;
            Vector<double> reference = new(ReferenceCelsius + KelvinOfZero);
            for (; i <= gain.Length - Vector<double>.Count; i += Vector<double>.Count)
            {
                (reference / (new Vector<double>(celsius[i..]) + new Vector<double>(KelvinOfZero))).CopyTo(gain[i..]);
            }
        }

        // Siblings speak more slowly than the probe: many rows share a gain.
        while (i < gain.Length)
        {
            (double one, double two) = (first[i], second.IsEmpty ? 0 : second[i]);
            gain[i] = Gain(one, two);
            for (i++; i < gain.Length && first[i] == one && (second.IsEmpty || second[i] == two); i++)
            {
                gain[i] = gain[i - 1];
            }
        }
    }

    /// <summary>How much more the value is than at the calibration's reference; siblings in the order of <see cref="Needs"/>.</summary>
    private double Gain(double first, double second)
    {
        double celsius = Of(CompensationRole.Temperature, first, second);
        return _method.Form switch
        {
            CalibrationForm.Ph => (ReferenceCelsius + KelvinOfZero) / (celsius + KelvinOfZero),
            CalibrationForm.Conductivity25 => 1 / (1 + ((_method.AlphaPerCelsius ?? FreshWater.UsualAlphaPerCelsius) * (celsius - 25))),
            CalibrationForm.Oxygen => Oxygen.SaturationMgL(celsius, Of(CompensationRole.Salinity, first, second), ReferencePressureHPa) / _referenceSaturation,
            _ => Oxygen.SaturationMgL(celsius, 0, ReferencePressureHPa) / Oxygen.SaturationMgL(celsius, 0, Of(CompensationRole.Pressure, first, second)),
        };
    }

    private double Of(CompensationRole role, double first, double second) => Needs[0].Role == role ? first : second;

    private void Uncertain(ReadOnlySpan<double> raw, Span<double> uncertainty)
    {
        if (uncertainty.IsEmpty)
        {
            return;
        }

        if (_errors is null)
        {
            uncertainty.Fill(double.NaN);
            return;
        }

        double scale = Math.Abs(_toChannel.Slope);
        for (int i = 0; i < raw.Length; i++)
        {
            uncertainty[i] = scale * _errors.At(_toInput.Apply(raw[i]));
        }
    }
}
