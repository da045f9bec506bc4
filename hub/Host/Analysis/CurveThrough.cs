using StemLab.Hub.History;
using StemLab.Science.Statistics;
using StemLab.V1;

namespace StemLab.Hub.Analysis;

/// <summary>Draws a curve through readings, against time or another channel. Pure.</summary>
internal static class CurveThrough
{
    /// <summary>Points of a curve solved in one go.</summary>
    public const int MostPoints = 50_000;

    /// <summary>Points of a curve that is searched step by step.</summary>
    public const int MostSearched = 5_000;

    private const int Drawn = 200;

    public static int MostOf(CurveKind kind) => kind is CurveKind.Exponential or CurveKind.Power or CurveKind.Sine or CurveKind.Gaussian ? MostSearched : MostPoints;

    /// <summary>Against seconds since a moment; 0 = the first reading.</summary>
    public static FitReadingsResponse Time(SpanValues values, CurveKind kind, long zeroUs)
    {
        var zero = zeroUs != 0 || values.Count == 0 ? zeroUs : values.UtcUs[0];
        var answer = Fit(values, kind, values.SecondsSince(zero), values.Value, "s");
        answer.XZeroUs = zero;
        return answer;
    }

    /// <summary>Against another channel: its newest good reading at or before each one.</summary>
    public static FitReadingsResponse Channel(SpanValues values, ReadSpan beside, CurveKind kind, long mostAgeUs)
    {
        var x = new double[values.Count];
        var at = -1;
        for (var i = 0; i < x.Length; i++)
        {
            while (at + 1 < beside.Count && beside.UtcUs[at + 1] <= values.UtcUs[i])
            {
                at++;
            }

            x[i] = at >= 0 && values.UtcUs[i] - beside.UtcUs[at] <= mostAgeUs ? beside.Value[at] : double.NaN;
        }

        return Fit(values, kind, x, values.Value, beside.Channel.UnitUcum);
    }

    private static FitReadingsResponse Fit(SpanValues values, CurveKind kind, double[] x, double[] y, string xUnit)
    {
        var answer = new FitReadingsResponse { Read = values.Read(), Kind = kind, XUnitUcum = xUnit };
        if (values.Count == 0)
        {
            answer.Refusal = AnalysisTexts.NoReadings;
            return answer;
        }

        var fit = Fits.Through((FitKind)kind, x, y);
        answer.Points = fit.Count;
        if (!fit.IsFound)
        {
            answer.Refusal = AnalysisTexts.Of(fit.Refusal, fit.Count);
            return answer;
        }

        answer.Rmse = fit.Rmse;
        if (fit.RSquared is { } explained)
        {
            answer.RSquared = explained;
        }

        if (fit.ResidualSd is { } sd)
        {
            answer.ResidualSd = sd;
        }

        answer.Parameters.AddRange(fit.Parameters.Select(parameter => Parameter(kind, parameter, values.UnitUcum, xUnit)));
        Draw(answer, kind, fit, x);
        return answer;
    }

    private static CurveParameter Parameter(CurveKind kind, FitParameter parameter, string yUnit, string xUnit)
    {
        var wire = new CurveParameter { Name = parameter.Name, Value = parameter.Value, UnitUcum = UnitOf(kind, parameter.Name, yUnit, xUnit) };
        if (parameter.StandardError is { } error && double.IsFinite(error))
        {
            wire.StandardError = error;
        }

        if (parameter.Ci95HalfWidth is { } half && double.IsFinite(half))
        {
            wire.Ci95HalfWidth = half;
        }

        return wire;
    }

    /// <summary>UCUM unit of a parameter; empty where it has none that can be written.</summary>
    private static string UnitOf(CurveKind kind, string name, string y, string x)
    {
        static string Of(string unit) => unit.Length == 0 ? "1" : unit.Contains('/') ? $"({unit})" : unit;
        return (kind, name) switch
        {
            (CurveKind.Proportional or CurveKind.Linear, "slope") => $"{Of(y)}/{Of(x)}",
            (CurveKind.Quadratic or CurveKind.Cubic, "c1") => $"{Of(y)}/{Of(x)}",
            (CurveKind.Quadratic or CurveKind.Cubic, "c2") => $"{Of(y)}/({Of(x)}.{Of(x)})",
            (CurveKind.Cubic, "c3") => $"{Of(y)}/({Of(x)}.{Of(x)}.{Of(x)})",
            (CurveKind.Exponential, "b") => $"1/{Of(x)}",
            (CurveKind.Inverse, "a") => $"{Of(y)}.{Of(x)}",
            (CurveKind.Sine, "angular_frequency") => $"rad/{Of(x)}",
            (CurveKind.Sine, "phase") => "rad",
            (CurveKind.Power, "a") => "",
            (CurveKind.Power, "b") => "1",
            (CurveKind.Gaussian, "b" or "c") => x,
            _ => y,
        };
    }

    private static void Draw(FitReadingsResponse answer, CurveKind kind, Fit fit, double[] x)
    {
        double[] used = [.. x.Where(double.IsFinite)];
        var (least, greatest) = (used.Min(), used.Max());
        double[] p = [.. fit.Parameters.Select(parameter => parameter.Value)];
        for (var i = 0; i < Drawn; i++)
        {
            var at = least + ((greatest - least) * i / (Drawn - 1));
            var value = At(kind, p, at);
            if (double.IsFinite(value))
            {
                answer.CurveX.Add(at);
                answer.CurveY.Add(value);
            }
        }
    }

    private static double At(CurveKind kind, double[] p, double x) => kind switch
    {
        CurveKind.Proportional => p[0] * x,
        CurveKind.Linear => p[0] + (p[1] * x),
        CurveKind.Quadratic => p[0] + (x * (p[1] + (x * p[2]))),
        CurveKind.Cubic => p[0] + (x * (p[1] + (x * (p[2] + (x * p[3]))))),
        CurveKind.Exponential => (p[0] * Math.Exp(p[1] * x)) + p[2],
        CurveKind.Power => p[0] * Math.Pow(x, p[1]),
        CurveKind.Inverse => p[0] / x,
        CurveKind.Sine => (p[0] * Math.Sin((p[1] * x) + p[2])) + p[3],
        CurveKind.NaturalLog => p[0] + (p[1] * Math.Log(x)),
        CurveKind.Gaussian => (p[0] * Math.Exp(-Math.Pow((x - p[1]) / p[2], 2))) + p[3],
        _ => double.NaN,
    };
}
