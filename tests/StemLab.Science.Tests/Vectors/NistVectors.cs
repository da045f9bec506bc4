using System.Text.Json;
using System.Text.RegularExpressions;
using StemLab.Science.Statistics;

namespace StemLab.Science.Vectors;

/// <summary>Statistical reference datasets of NIST, scored by the digits that are right (log relative error).</summary>
public sealed partial class NistVectors
{
    [Fact]
    public void Every_nist_dataset_reaches_its_digits() => Run(null);

    internal static void Run(string? folder) => VectorFiles.Run("nist-strd", one => one.GetProperty("kind").GetString()!, Miss, folder);

    /// <summary>
    /// The analysis-of-variance sets NIST made by a rule, up to 18,009 values: nine groups around 1.4, 1.3, 1.5, 1.3, 1.5 …, in each the middle once, then 0.1 below and 0.1 above by turns,
    /// all moved away from zero. Certified values as NIST prints them.
    /// </summary>
    [Theory]
    [InlineData("SmLs01", 21, "1", 1.68, 1.80, 21, 0.482758620689655, 9)]
    [InlineData("SmLs02", 201, "1", 16.08, 18.0, 201, 0.471830985915493, 9)]
    [InlineData("SmLs03", 2001, "1", 160.08, 180.0, 2001, 0.470712773465067, 9)]
    [InlineData("SmLs04", 21, "1000000", 1.68, 1.80, 21, 0.482758620689655, 7)]
    [InlineData("SmLs05", 201, "1000000", 16.08, 18.0, 201, 0.471830985915493, 7)]
    [InlineData("SmLs06", 2001, "1000000", 160.08, 180.0, 2001, 0.470712773465067, 7)]
    [InlineData("SmLs07", 21, "1000000000000", 1.68, 1.80, 21, 0.482758620689655, 2)]
    [InlineData("SmLs08", 201, "1000000000000", 16.08, 18.0, 201, 0.471830985915493, 2)]
    [InlineData("SmLs09", 2001, "1000000000000", 160.08, 180.0, 2001, 0.470712773465067, 2)]
    public void The_anova_sets_nist_made_by_a_rule_reach_their_digits(string name, int rows, string whole, double between, double within, double f, double rSquared, double digits)
    {
        double Value(int tenths) => double.Parse($"{whole}.{tenths}", System.Globalization.CultureInfo.InvariantCulture);
        var found = Anova.OneWay([.. Enumerable.Range(0, 9).Select(group => group == 0 ? 4 : group % 2 == 1 ? 3 : 5)
            .Select(middle => Enumerable.Range(0, rows).Select(row => Value(row == 0 ? middle : row % 2 == 1 ? middle - 1 : middle + 1)).ToArray())])!;
        Assert.All(
            (IEnumerable<(string, double, double)>)[("between", between, found.SumBetween), ("within", within, found.SumWithin), ("F", f, found.F!.Value), ("R2", rSquared, found.RSquared!.Value), ("sd", 0.1, found.ResidualSd)],
            one => Assert.True(Digits(one.Item2, one.Item3) >= digits, $"{name} {one.Item1}: {one.Item2:R} certified, {one.Item3:R} found"));
    }

    private static string? Miss(JsonElement document, JsonElement one) => one.GetProperty("kind").GetString() switch
    {
        "univariate" => Univariate(one),
        "linear-regression" => Linear(one),
        "one-way-anova" => OneWay(one),
        "nonlinear-regression" => Nonlinear(one),
        var other => $"no such kind here: {other}",
    };

    private static string? Univariate(JsonElement one)
    {
        var found = Description.Of(VectorFiles.Numbers(one, "y"))!;
        var certified = one.GetProperty("certified");
        return Short("mean", certified, found.Mean, 8) ?? Short("sd", certified, found.SdSample!.Value, 8) ?? Short("autocorrelation_lag1", certified, found.AutocorrelationLag1!.Value, 7);
    }

    private static string? Linear(JsonElement one)
    {
        var y = VectorFiles.Numbers(one, "y");
        var certified = one.GetProperty("certified");
        var wanted = VectorFiles.Numbers(certified, "parameters");
        var solution = Fits.Linear(Columns(one, wanted.Length), y);
        if (solution is null)
            return "refused";
        var digits = one.GetProperty("difficulty").GetString() == "lower" ? 9 : 5;
        var sds = VectorFiles.Numbers(certified, "parameter_sd");
        for (var j = 0; j < wanted.Length; j++)
        {
            if (Digits(wanted[j], solution.Parameters[j]) < digits)
                return $"parameter {j}: {wanted[j]:R} certified, {solution.Parameters[j]:R} found";
            if (sds.Length > 0 && Digits(sds[j], solution.StandardErrors![j]) < digits)
                return $"standard error {j}: {sds[j]:R} certified, {solution.StandardErrors![j]:R} found";
        }

        return Short("residual_sd", certified, Math.Sqrt(solution.ResidualSumOfSquares / (y.Length - wanted.Length)), digits);
    }

    private static DoubleDouble[][] Columns(JsonElement one, int parameters)
    {
        var model = one.GetProperty("model").GetString()!;
        var rows = Rows(one);
        if (PolynomialDegree().Match(model) is { Success: true } match)
            return LeastSquares.Powers([.. rows.Select(row => row[0])], int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        var columns = Enumerable.Range(0, rows[0].Length).Select(k => rows.Select(row => (DoubleDouble)row[k]).ToArray()).ToList();
        if (parameters > columns.Count)
            columns.Insert(0, [.. rows.Select(_ => (DoubleDouble)1)]);
        return [.. columns];
    }

    private static string? OneWay(JsonElement one)
    {
        var found = Anova.OneWay([.. one.GetProperty("groups").EnumerateArray().Select(group => group.EnumerateArray().Select(value => value.GetDouble()).ToArray())])!;
        var certified = one.GetProperty("certified");
        // The larger the constant, the fewer digits the data themselves hold as doubles.
        var digits = one.GetProperty("difficulty").GetString() switch { "lower" => 9, "average" => 7, _ => 2 };
        return Short("ss_between", certified, found.SumBetween, digits) ?? Short("ss_within", certified, found.SumWithin, digits)
            ?? Short("f", certified, found.F!.Value, digits) ?? Short("r_squared", certified, found.RSquared!.Value, digits) ?? Short("residual_sd", certified, found.ResidualSd, digits);
    }

    private static string? Nonlinear(JsonElement one)
    {
        var certified = one.GetProperty("certified");
        var wanted = VectorFiles.Numbers(certified, "parameters");
        var sds = VectorFiles.Numbers(certified, "parameter_sd");
        var model = one.GetProperty("model").GetString()!;
        var y = VectorFiles.Numbers(one, "y");
        if (model.Split('=') is [var left, var right])
        {
            model = right;
            if (left.Contains("log", StringComparison.Ordinal))
                y = Array.ConvertAll(y, Math.Log);
        }

        foreach (var start in (string[])["start1", "start2"])
        {
            var found = NonlinearFit.Solve(new ModelExpression(Numbered(model), wanted.Length, Rows(one)).Model, VectorFiles.Numbers(one, start), y);
            if (found is null)
                return $"{start}: refused";
            for (var j = 0; j < wanted.Length; j++)
            {
                if (Digits(wanted[j], found.Parameters[j]) < 6)
                    return $"{start}: parameter {j}: {wanted[j]:R} certified, {found.Parameters[j]:R} found";
                if (found.StandardErrors is not null && Digits(sds[j], found.StandardErrors[j]) < 4)
                    return $"{start}: standard error {j}: {sds[j]:R} certified, {found.StandardErrors[j]:R} found";
            }
        }

        return null;
    }

    /// <summary>Parameters may skip numbers (b1 b2 b3 b5 b6 b4 …) but are certified in the order of their numbers.</summary>
    private static string Numbered(string model)
    {
        var names = Parameter().Matches(model).Select(match => match.Value).Distinct().OrderBy(name => int.Parse(name[1..], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        return Parameter().Replace(model, match => $"b{names.IndexOf(match.Value) + 1}");
    }

    private static double[][] Rows(JsonElement one) =>
        [.. one.GetProperty("x").EnumerateArray().Select(row => row.ValueKind == JsonValueKind.Array ? row.EnumerateArray().Select(value => value.GetDouble()).ToArray() : [row.GetDouble()])];

    private static string? Short(string name, JsonElement certified, double found, double digits) =>
        VectorFiles.Number(certified, name) is { } wanted && Digits(wanted, found) < digits ? $"{name}: {wanted:R} certified, {found:R} found" : null;

    /// <summary>Correct digits; against a certified 0 anything below rounding is right.</summary>
    private static double Digits(double certified, double found) =>
        certified == found ? 15 : certified == 0 ? (Math.Abs(found) < 1e-8 ? 15 : 0) : -Math.Log10(Math.Abs(found - certified) / Math.Abs(certified));

    [GeneratedRegex(@"polynomial degree (\d+)")]
    private static partial Regex PolynomialDegree();

    [GeneratedRegex(@"\bb\d+\b")]
    private static partial Regex Parameter();
}
