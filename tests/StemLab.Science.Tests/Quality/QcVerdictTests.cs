using CsCheck;
using StemLab.Science.Properties;

namespace StemLab.Science.Quality;

public sealed class QcVerdictTests
{
    private static readonly QcFlag[] Flags = [QcFlag.Pass, QcFlag.NotEvaluated, QcFlag.Suspect, QcFlag.Fail, QcFlag.Missing];
    private static readonly QcTest[] Tests = [.. Enum.GetValues<QcTest>().Where(test => test != QcTest.None)];

    [Fact]
    public void A_verdict_holds_every_test_and_joins_them_whatever_their_order() =>
        Gen.Select(Gen.OneOfConst(Tests), Gen.OneOfConst(Flags)).Array[0, 20].Sample(words =>
        {
            var verdict = QcVerdict.NotEvaluated;
            var last = new Dictionary<QcTest, QcFlag>();
            foreach (var (test, flag) in words)
                (verdict, last[test]) = (verdict.With(test, flag), flag);
            Assert.Equal(last.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)), verdict.Tests());
            Assert.Equal(last.Values.Aggregate(QcFlag.NotEvaluated, QcFlags.Stronger), verdict.Flag);
            Assert.Equal(verdict.Flag is QcFlag.Suspect or QcFlag.Fail, verdict.Reason != QcTest.None);
        });

    [Fact]
    public void Every_test_and_flag_has_a_stable_code_and_a_sentence_in_both_languages()
    {
        var codes = new HashSet<string>();
        foreach (var test in Tests)
        {
            foreach (var flag in Flags)
            {
                var sentence = QcReasons.Say(test, flag);
                Assert.True(codes.Add(QcReasons.Code(test, flag)));
                Assert.True(sentence.En.Length is > 5 and < 140 && sentence.Vi.Length is > 5 and < 160, $"{test} {flag}: {sentence}");
                Assert.NotEqual(sentence.En, sentence.Vi);
                Assert.DoesNotContain("{", sentence.Vi, StringComparison.Ordinal);
            }
        }

        Assert.Equal(75, codes.Count);
        Assert.Equal("Giá trị nhảy vọt: đầu đo có ra khỏi nước không?", QcReasons.Say(QcTest.Spike, QcFlag.Suspect, "water").Vi);
        Assert.All(Flags, flag => Assert.NotEmpty(QcReasons.Say(new QcVerdict((ulong)flag)).Vi));
        Assert.Equal(QcReasons.Say(QcTest.FlatLine, QcFlag.Suspect, "water"), QcReasons.Say(QcVerdict.NotEvaluated.With(QcTest.FlatLine, QcFlag.Suspect).With(QcTest.Spike, QcFlag.Pass), "water"));
    }

    [Fact]
    public void Every_sentence_of_the_table_can_be_reached()
    {
        var groups = ObservedProperties.Default.All.Select(property => property.Group).Distinct().ToArray();
        var reached = Tests.SelectMany(test => Flags.SelectMany(flag => groups.Select(group => $"{QcReasons.Code(test, flag)}.{group}").Append(QcReasons.Code(test, flag)).Append($"{QcReasons.Key(test)}.name")))
            .Concat(Flags.Select(flag => $"all.{QcReasons.Key(flag)}")).Concat(["pass", "missing"]).ToHashSet();
        Assert.DoesNotContain(QcReasons.Table.Codes, code => !reached.Contains(code));
    }

    [Fact]
    public void Every_property_has_default_rules_that_make_sense_at_any_interval_and_say_where_they_come_from()
    {
        foreach (var property in ObservedProperties.Default.All)
        {
            foreach (var interval in (double?[])[null, 0.01, 1, 900])
            {
                var rules = QcDefaults.For(property, interval);
                Assert.Empty(rules.Rules.Problems());
                Assert.NotEmpty(rules.Source);
                Assert.True(rules.CompanionPropertyId is null || ObservedProperties.Default.Find(rules.CompanionPropertyId) is not null);
                Assert.Empty((rules.Rules with { Neighbour = rules.Neighbour }).Problems());
            }
        }

        Assert.True(ObservedProperties.Default.All.Count(property => QcDefaults.For(property, 1).Rules.Spike is not null) >= 30);
        Assert.Throws<ArgumentException>(() => QcDefaults.For(ObservedProperties.Default.Find("ph")!, 0));
    }

    [Fact]
    public void Default_rules_let_a_quiet_class_pass_and_catch_a_probe_out_of_the_water()
    {
        var temperature = ObservedProperties.Default.Find("water_temperature")!;
        var rules = QcDefaults.For(temperature, 1).Rules;
        var random = new Random(1);
        // A DS18B20 at 1 Hz: steps of 1/16 °C.
        var values = Enumerable.Range(0, 3600).Select(i => Math.Round((28 + 0.1 * Math.Sin(i / 900.0) + 0.05 * random.NextDouble()) * 16) / 16).ToArray();
        values[1800] = 34.5;
        var flags = new QcFlag[3600];
        rules.Check(values, [.. Enumerable.Range(0, 3600).Select(i => i * 1_000_000L)], flags);
        Assert.Equal(QcFlag.Fail, flags[1800]);
        Assert.True(flags.Count(flag => flag is QcFlag.Suspect or QcFlag.Fail) <= 3);
    }

    [Fact]
    public void Rules_that_make_no_sense_say_all_that_is_wrong_in_both_languages()
    {
        var wrong = new QcRules(
            0,
            new GrossRangeRule(new ValueRange(10, 0), null),
            new SpikeRule(5, 1),
            new RateRule(-1, null),
            new FlatLineRule(10, 20, double.NaN),
            new AttenuationRule(1, 2, 0, SignalMeasure.Range, null),
            Neighbour: new NeighbourRule(0, 1, 1),
            Multivariate: new MultivariateRule(0));
        Assert.Equal(
            ["no_interval", "range_upside_down", "thresholds_upside_down", "negative_threshold", "negative_threshold", "no_period", "thresholds_upside_down", "negative_threshold", "companion_needs_rate"],
            wrong.Problems().Select(fault => fault.Code));
        Assert.All(wrong.Problems(), fault => Assert.NotEqual(fault.Say().En, fault.Say().Vi));
        Assert.Equal("suspect_outside_fail", new QcRules(1, new GrossRangeRule(new ValueRange(0, 1), new ValueRange(0, 2))).Problems().Single().Code);
        Assert.Throws<ArgumentException>(() => new LiveQc(wrong));
        Assert.Throws<ArgumentException>(() => wrong.Judge([], [], default, []));
    }
}
