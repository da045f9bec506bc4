using CsCheck;
using StemLab.Science.Units;

namespace StemLab.Science.Formulas;

public sealed class FormulaTests
{
    private static readonly Dictionary<string, string> Units = new()
    {
        ["do"] = "mg/L",
        ["dosat"] = "mg/L",
        ["t"] = "Cel",
        ["t2"] = "[degF]",
        ["ph"] = "[pH]",
        ["flow"] = "L/min",
        ["hum"] = "%",
        ["turb"] = "{NTU}",
        ["turb_fnu"] = "{FNU}",
        ["dir"] = "deg",
        ["x"] = "m",
        ["y"] = "cm",
        ["nhiệt_độ"] = "Cel",
        ["agents/1/channels/a~ph"] = "[pH]",
        ["n"] = "1",
    };

    private static readonly Dictionary<string, double> Values = new()
    {
        ["do"] = 6,
        ["dosat"] = 8,
        ["t"] = 25,
        ["t2"] = 59,
        ["ph"] = 8,
        ["flow"] = 2,
        ["hum"] = 50,
        ["turb"] = 10,
        ["turb_fnu"] = 10,
        ["dir"] = 90,
        ["x"] = 4,
        ["y"] = 300,
        ["nhiệt_độ"] = 20,
        ["agents/1/channels/a~ph"] = 7,
        ["n"] = 3,
    };

    [Theory]
    [InlineData("do + 1", 7, "mg/L")]
    [InlineData("do/dosat", 0.75, "1")]
    [InlineData("do / dosat", 75, "%", "%")]
    [InlineData("do × flow", 12, "mg/min")]
    [InlineData("do * flow", 0.2, "mg/s", "mg/s")]
    [InlineData("x^2 + y²", 25, "m2")]
    [InlineData("sqrt(x*x + y*y)", 5, "m")]
    [InlineData("x + y", 7, "m")]
    [InlineData("y / x", 0.75, "1")]
    [InlineData("t - t2", 10, "K")]
    [InlineData("t + 0,5", 25.5, "Cel")]
    [InlineData("t - 2 \"K\"", 23, "Cel")]
    [InlineData("t2 + 10 \"K\"", 77, "[degF]")]
    [InlineData("mean(t; t2)", 20, "Cel")]
    [InlineData("kelvin(t)", 298.15, "K")]
    [InlineData("kelvin(t) * 2", 596.3, "K")]
    [InlineData("1.8*number(t) + 32", 77, "[degF]", "[degF]")]
    [InlineData("number(t; \"[degF]\")", 77, "1")]
    [InlineData("1 + 0.0191*number(t - 20 \"Cel\")", 1.0955, "1")]
    [InlineData("100/(1+10^(9.25-ph))", 5.3240, "1")]
    [InlineData("ph - 0.1", 7.9, "[pH]")]
    [InlineData("ph - {agents/1/channels/a~ph}", 1, "[pH]")]
    [InlineData("max(ph; 7,1; 6)", 8, "[pH]")]
    [InlineData("min(do, dosat)", 6, "mg/L")]
    [InlineData("clamp(hum; 60; 100)", 60, "%")]
    [InlineData("hum * do", 3, "mg/L")]
    [InlineData("if(t > 20; do; 0)", 6, "mg/L")]
    [InlineData("if(t < 60 \"[degF]\"; 1/0; n)", 3, "1")]
    [InlineData("-n^2", -9, "1")]
    [InlineData("2^-n", 0.125, "1")]
    [InlineData("n^n^0", 3, "1")]
    [InlineData("10 - n - 2", 5, "1")]
    [InlineData("12 ÷ n : 2", 2, "1")]
    [InlineData("1e2 * n", 300, "1")]
    [InlineData("abs(do - dosat)", 2, "mg/L")]
    [InlineData("sin(dir)", 1, "1")]
    [InlineData("ln(exp(n))", 3, "1")]
    [InlineData("log10(do/dosat)", -0.12493873660829995, "1")]
    [InlineData("5 \"mg/L\" + do", 11, "mg/L")]
    [InlineData("turb * 2", 20, "{NTU}")]
    [InlineData("turb/turb", 1, "1")]
    [InlineData("1/flow", 0.5, "min/L")]
    [InlineData("nhiệt_độ + 1", 21, "Cel")]
    [InlineData("DO + 1", 7, "mg/L")]
    [InlineData("pi * n", 9.42477796076938, "1")]
    [InlineData("do \"ug/L\"", 6000, "ug/L")]
    public void A_formula_gives_its_value_and_unit(string text, double value, string unit, string? wanted = null)
    {
        var (formula, fault) = Formula.Read(text, Units, wanted);
        Assert.Null(fault?.Say().En);
        if (formula!.UnitUcum != unit)
            Assert.True(Ucum.TryConvert(formula.UnitUcum, unit, out var map) && map.IsIdentity, $"{formula.UnitUcum}, not {unit}");
        var result = formula.Compute([.. formula.Inputs.Select(name => Values[name])]);
        Assert.Equal(FormulaProblem.None, result.Problem);
        Assert.Equal(value, result.Value, 4);
    }

    [Theory]
    [InlineData("", FormulaFaultCode.Empty, 0)]
    [InlineData("   ", FormulaFaultCode.Empty, 3)]
    [InlineData("do +", FormulaFaultCode.ExpectedValue, 4)]
    [InlineData("do do", FormulaFaultCode.Unexpected, 3)]
    [InlineData("2 do", FormulaFaultCode.Unexpected, 2)]
    [InlineData("2do", FormulaFaultCode.BadNumber, 0)]
    [InlineData("1.2.3 * n", FormulaFaultCode.BadNumber, 0)]
    [InlineData("(do", FormulaFaultCode.Unclosed, 0)]
    [InlineData("do)", FormulaFaultCode.Unexpected, 2)]
    [InlineData("max(do; ", FormulaFaultCode.ExpectedValue, 8)]
    [InlineData("max(do; 1", FormulaFaultCode.Unclosed, 3)]
    [InlineData("{do", FormulaFaultCode.Unclosed, 0)]
    [InlineData("salt + 1", FormulaFaultCode.UnknownName, 0)]
    [InlineData("log(n)", FormulaFaultCode.UnknownFunction, 0)]
    [InlineData("abs(n; n)", FormulaFaultCode.ArgumentCount, 0)]
    [InlineData("max(ph, 7,1)", FormulaFaultCode.AmbiguousComma, 8)]
    [InlineData("1,000 * n", FormulaFaultCode.AmbiguousComma, 0)]
    [InlineData("5 \"ppm\" + n", FormulaFaultCode.BadUnit, 2)]
    [InlineData("do + t", FormulaFaultCode.UnitsDiffer, 3)]
    [InlineData("turb - turb_fnu", FormulaFaultCode.UnitsDiffer, 5)]
    [InlineData("t + t2", FormulaFaultCode.TemperatureSum, 2)]
    [InlineData("20 - t", FormulaFaultCode.TemperatureSum, 3)]
    [InlineData("2 * t", FormulaFaultCode.TemperatureProduct, 2)]
    [InlineData("-t", FormulaFaultCode.TemperatureProduct, 0)]
    [InlineData("ph * 2", FormulaFaultCode.ScaleProduct, 3)]
    [InlineData("ln(do)", FormulaFaultCode.NeedsNumber, 0)]
    [InlineData("x^0.5", FormulaFaultCode.PowerUnit, 1)]
    [InlineData("x^n", FormulaFaultCode.PowerUnit, 1)]
    [InlineData("sqrt(x)", FormulaFaultCode.PowerUnit, 0)]
    [InlineData("2 + 3", FormulaFaultCode.NoInputs, 0)]
    [InlineData("if(n; 1; 2)", FormulaFaultCode.NotACondition, 3)]
    [InlineData("do § n", FormulaFaultCode.Unexpected, 3)]
    [InlineData("((((((((((((((((((((((((((((((((((((((((((((n))))))))))))))))))))))))))))))))))))))))))))", FormulaFaultCode.TooDeep, 40)]
    public void A_fault_says_where_and_what_to_do(string text, FormulaFaultCode code, int position)
    {
        var (formula, fault) = Formula.Read(text, Units);
        Assert.Null(formula);
        Assert.Equal((code, position), (fault!.Code, fault.Position));
        Assert.NotEqual(fault.Say().En, fault.Say().Vi);
        Assert.DoesNotContain("{0}", fault.Say().Vi, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2 + 3")]
    [InlineData("t + 1")]
    public void Where_no_channel_has_a_name_yet_the_fault_says_so_instead_of_an_empty_list(string text) =>
        Assert.Equal(FormulaFaultCode.NoNames, Formula.Read(text, new Dictionary<string, string>(StringComparer.Ordinal)).Fault!.Code);

    [Fact]
    public void A_result_of_another_kind_than_wanted_is_refused()
    {
        Assert.Equal(FormulaFaultCode.ResultUnit, Formula.Read("do + 1", Units, "Cel").Fault!.Code);
        Assert.Equal(FormulaFaultCode.BadUnit, Formula.Read("do + 1", Units, "ppm").Fault!.Code);
        Assert.Equal(FormulaFaultCode.TooLong, Formula.Read(new string('1', 2000), Units).Fault!.Code);
        Assert.Equal(FormulaFaultCode.TooManyInputs, Formula.NamesIn(string.Join('+', Enumerable.Range(0, 20).Select(i => $"c{i}")), out _)!.Code);
    }

    [Theory]
    [InlineData("1 / n", 0, FormulaProblem.DividedByZero)]
    [InlineData("n ^ -1", 0, FormulaProblem.DividedByZero)]
    [InlineData("sqrt(n)", -1, FormulaProblem.NotDefined)]
    [InlineData("ln(n)", 0, FormulaProblem.NotDefined)]
    [InlineData("n ^ 0.5", -2, FormulaProblem.NotDefined)]
    [InlineData("exp(n)", 1000, FormulaProblem.TooLarge)]
    [InlineData("n + 1", double.NaN, FormulaProblem.MissingInput)]
    [InlineData("n + 1", double.PositiveInfinity, FormulaProblem.MissingInput)]
    [InlineData("max(n; 1/0)", 1, FormulaProblem.DividedByZero)]
    [InlineData("clamp(n; 3; 2)", 1, FormulaProblem.NotDefined)]
    public void A_moment_without_a_value_says_why(string text, double n, FormulaProblem problem)
    {
        var value = Formula.Read(text, Units).Formula!.Compute([n]);
        Assert.True(double.IsNaN(value.Value));
        Assert.Equal(problem, value.Problem);
        Assert.NotEmpty(FormulaTexts.Say(problem).Vi);
    }

    [Fact]
    public void Every_fault_and_problem_has_a_sentence_in_both_languages_and_nothing_else_has() =>
        Assert.Equal(
            Enum.GetNames<FormulaFaultCode>().Concat(Enum.GetNames<FormulaProblem>().Where(name => name != "None")).Order(),
            FormulaTexts.Table.Codes.Where(code => FormulaTexts.Table.Raw(code) is { En.Length: > 10, Vi.Length: > 10 }).Order());

    [Fact]
    public void Names_are_found_without_knowing_any_channel()
    {
        Assert.Null(Formula.NamesIn("number(b; \"Cel\") + {a b} * if(b > c; max(d, 1); pi)", out var names));
        Assert.Equal(["b", "a b", "c", "d"], names);
        Assert.Equal(FormulaFaultCode.ExpectedValue, Formula.NamesIn("a +", out names)!.Code);
        Assert.Empty(names);
    }

    [Fact]
    public void No_text_makes_it_throw_and_what_is_read_never_gives_infinity()
    {
        string[] words = ["do", "t", "ph", "n", "x", "(", ")", "+", "-", "*", "/", "^", "²", ";", ",", "7,1", "1e999", ".", "\"mg/L\"", "\"", "{", "}", "if(", "max(", "number(", "sqrt(", "<", "=", " ", "0", "12", "kelvin(", "\ud83d", "đ", "ln("];
        var word = Gen.OneOf(Gen.OneOfConst(words), Gen.String[0, 4], Gen.Char.Select(c => c.ToString()));
        word.Array[0, 25].Select(string.Concat).Sample(text =>
        {
            var (formula, fault) = Formula.Read(text, Units);
            Assert.True(formula is null != fault is null);
            if (fault is not null)
            {
                Assert.InRange(fault.Position, 0, text.Length);
                Assert.InRange(fault.Position + fault.Length, 0, text.Length);
                Assert.NotEmpty(fault.Say().Vi);
                return;
            }

            Assert.True(Ucum.TryParse(formula!.UnitUcum, out _), formula.UnitUcum);
            Assert.Null(Formula.NamesIn(text, out var names));
            Assert.Equal(names.Select(name => name.ToLowerInvariant()).Distinct(), formula.Inputs);
            foreach (var number in (double[])[0, -1, 1e300, double.NaN])
            {
                var value = formula.Compute([.. formula.Inputs.Select(_ => number)]);
                Assert.Equal(value.Problem == FormulaProblem.None, double.IsFinite(value.Value));
            }
        }, iter: 30_000);
    }

    [Fact]
    public void Powers_too_large_to_be_a_unit_are_refused_not_thrown() =>
        Assert.Equal(FormulaFaultCode.PowerUnit, Formula.Read("((x^6)^6)^6", Units).Fault!.Code);

    [Fact]
    public void A_ring_of_formulas_is_named()
    {
        Assert.Empty(FormulaCycles.Find(new Dictionary<string, System.Collections.Immutable.ImmutableArray<string>> { ["a"] = ["b", "c"], ["b"] = ["c"], ["c"] = ["t"] }));
        Assert.Equal(["b", "c", "b"], FormulaCycles.Find(new Dictionary<string, System.Collections.Immutable.ImmutableArray<string>> { ["a"] = ["b"], ["c"] = ["b"], ["b"] = ["t", "c"] }));
        Assert.Equal(["a", "a"], FormulaCycles.Find(new Dictionary<string, System.Collections.Immutable.ImmutableArray<string>> { ["a"] = ["a"] }));
    }
}
