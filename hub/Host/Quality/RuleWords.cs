using System.Globalization;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Science.Formulas;
using StemLab.Science.Properties;
using StemLab.Science.Quality;
using StemLab.V1;
using QcFlag = StemLab.Science.Quality.QcFlag;
using Sentence = StemLab.Science.Texts.Sentence;

namespace StemLab.Hub.Quality;

/// <summary>Rules and flags in words and as the API shows them. Pure.</summary>
internal static class RuleWords
{
    private static readonly CultureInfo Vietnamese = CultureInfo.GetCultureInfo("vi-VN");

    /// <summary>The tests of a channel, made or switched off, each with thresholds and origin.</summary>
    public static IEnumerable<QcTestSetting> Tests(ChannelRules rules, string unit)
    {
        (string Name, QcTest Test, Sentence? Words)[] all =
        [
            ("gross_range", QcTest.GrossRange, rules.Rules.GrossRange is { } range ? Range(range, unit) : null),
            ("climatology", QcTest.Climatology, rules.Rules.Climatology is null ? null : new Sentence("by season", "theo mùa")),
            ("spike", QcTest.Spike, rules.Rules.Spike is { } spike ? Above(spike.Suspect, spike.Fail, unit) : null),
            ("rate_of_change", QcTest.RateOfChange, rules.Rules.Rate is { } rate ? Above(rate.Suspect * 60, rate.Fail * 60, unit.Length == 0 ? "1/min" : $"{unit}/min") : null),
            ("flat_line", QcTest.FlatLine, rules.Rules.FlatLine is { } flat ? Still(flat, unit) : null),
            ("attenuated_signal", QcTest.AttenuatedSignal, rules.Rules.Attenuation is { } quiet ? Quiet(quiet, unit) : null),
            ("multivariate", QcTest.Multivariate, rules.Jumps is { } jumps ? Beside(jumps) : null),
            ("neighbour", QcTest.Neighbour, rules.Neighbour is { } near ? Near(near, unit) : null),
        ];
        foreach ((string name, QcTest test, Sentence? words) in all)
        {
            RuleSource source = rules.Sources.GetValueOrDefault(name, RuleSource.Registry);
            Sentence title = QcReasons.Name(test);
            yield return new QcTestSetting
            {
                Test = name,
                Qartod = (int)test,
                NameEn = title.En,
                NameVi = title.Vi,
                ThresholdsEn = words?.En ?? "",
                ThresholdsVi = words?.Vi ?? "",
                From = source.Scope,
                FactId = source.Fact.IsEmpty ? "" : source.Fact.ToString(),
                Off = words is null,
            };
        }
    }

    /// <summary>The thresholds as SetQcRules would take them for this channel.</summary>
    public static QcRulesFact Effective(ChannelRules rules, ChannelView channel)
    {
        QcRules tests = rules.Rules;
        var limits = new QualityRules(
            "",
            channel.Name,
            null,
            channel.UnitUcum,
            [.. rules.Off],
            tests.GrossRange is { } range ? new RangeLimits(Finite(range.Fail.Min), Finite(range.Fail.Max), Finite(range.Suspect?.Min), Finite(range.Suspect?.Max)) : null,
            tests.Spike is { } spike ? new ChangeLimits(spike.Suspect, spike.Fail) : null,
            tests.Rate is { } rate ? new ChangeLimits(rate.Suspect, rate.Fail) : null,
            tests.FlatLine is { } flat ? new FlatLineLimits(flat.SuspectSeconds, flat.FailSeconds, flat.Tolerance) : null,
            tests.Attenuation is { } quiet ? new AttenuationLimits(quiet.Suspect, quiet.Fail, quiet.PeriodSeconds) : null,
            rules.Neighbour is { } near ? new CompanionLimits(near.Channel, near.WithinSeconds, near.Limit) : null,
            rules.Jumps is { } jumps ? new CompanionLimits(jumps.Channel, jumps.WithinSeconds, jumps.Limit) : null);
        return QualityFactWire.To(limits);
    }

    /// <summary>Why a reading bears its flag, for a 12-year-old.</summary>
    /// <param name="machine">Flag of the tests.</param>
    /// <param name="human">Flag of a person; 0 = none.</param>
    public static Sentence Why(ChannelView channel, byte machine, byte human, FlagReasons reasons)
    {
        if (human != 0)
        {
            return Person(human);
        }

        string? group = channel.Property?.Group;
        var flag = (QcFlag)machine;
        if (flag is QcFlag.Suspect or QcFlag.Fail)
        {
            foreach ((QcTest test, FlagReasons cause) in RangeCheck.Bits)
            {
                if (reasons.HasFlag(cause))
                {
                    return QcReasons.Say(test, flag, group);
                }
            }

            return reasons.HasFlag(FlagReasons.InputFlagged) ? Input(flag)
                : QcReasons.Say((reasons & (FlagReasons.CalibrationOverdue | FlagReasons.NoValue)) != 0 ? QcTest.Calibration : QcTest.Derived, QcFlag.Suspect, group);
        }

        if (flag == QcFlag.NotEvaluated && reasons.HasFlag(FlagReasons.InputNotEvaluated))
        {
            return QcReasons.Say(QcTest.Derived, QcFlag.NotEvaluated, group);
        }

        if (flag == QcFlag.Missing && (reasons & (FlagReasons.DividedByZero | FlagReasons.NotDefined)) != 0)
        {
            return FormulaTexts.Say(reasons.HasFlag(FlagReasons.DividedByZero) ? FormulaProblem.DividedByZero : FormulaProblem.NotDefined);
        }

        if (flag == QcFlag.Missing && reasons.HasFlag(FlagReasons.InputMissing))
        {
            return QcReasons.Say(QcTest.Derived, QcFlag.Missing, group);
        }

        if (flag == QcFlag.Missing && reasons.HasFlag(FlagReasons.NoValue))
        {
            return QcReasons.Say(QcTest.Calibration, QcFlag.NotEvaluated, group);
        }

        return QcReasons.Say(flag switch
        {
            QcFlag.Missing => QcVerdict.Missing,
            QcFlag.NotEvaluated => QcVerdict.NotEvaluated,
            _ => new QcVerdict((ulong)flag),
        });
    }

    /// <summary>Names of causes, as the API gives them.</summary>
    public static IEnumerable<string> Names(FlagReasons reasons)
    {
        (FlagReasons Bit, string Name)[] all =
        [
            (FlagReasons.GrossRange, "gross_range"), (FlagReasons.Climatology, "climatology"), (FlagReasons.Spike, "spike"), (FlagReasons.RateOfChange, "rate_of_change"),
            (FlagReasons.FlatLine, "flat_line"), (FlagReasons.AttenuatedSignal, "attenuated_signal"), (FlagReasons.Multivariate, "multivariate"), (FlagReasons.Neighbour, "neighbour"),
            (FlagReasons.InputMissing, "input_missing"), (FlagReasons.InputFlagged, "input_flagged"), (FlagReasons.OutsideValidity, "outside_validity"),
            (FlagReasons.InputNotEvaluated, "input_not_evaluated"), (FlagReasons.DividedByZero, "divided_by_zero"), (FlagReasons.NotDefined, "not_defined"),
            (FlagReasons.CalibrationOverdue, "calibration_overdue"), (FlagReasons.NoValue, "no_value"), (FlagReasons.Person, "person"),
        ];
        return all.Where(one => reasons.HasFlag(one.Bit)).Select(one => one.Name);
    }

    private static Sentence Input(QcFlag flag) => flag == QcFlag.Fail
        ? new Sentence(
            "It is made with another reading that cannot be right (the temperature, for example). Look at that probe first.",
            "Nó được tính cùng một số đo khác không thể đúng (ví dụ nhiệt độ). Hãy xem đầu đo đó trước.")
        : new Sentence(
            "It is made with another reading that is doubtful (the temperature, for example). Look at that probe first.",
            "Nó được tính cùng một số đo khác đáng ngờ (ví dụ nhiệt độ). Hãy xem đầu đo đó trước.");

    private static Sentence Person(byte flag) => (QcFlag)flag switch
    {
        QcFlag.Pass => new Sentence("A person says this reading is good.", "Có người xác nhận số đo này tốt."),
        QcFlag.Suspect => new Sentence("A person says this reading is doubtful.", "Có người cho rằng số đo này đáng ngờ."),
        QcFlag.Fail => new Sentence("A person says this reading cannot be right.", "Có người cho rằng số đo này không thể đúng."),
        _ => new Sentence("A person says nobody can tell whether this reading is good.", "Có người cho rằng chưa thể biết số đo này có tốt không."),
    };

    private static Sentence Range(GrossRangeRule rule, string unit)
    {
        Sentence fail = Between(rule.Fail, unit);
        if (rule.Suspect is not { } usual)
        {
            return new Sentence($"fail outside {fail.En}", $"sai nếu ngoài {fail.Vi}");
        }

        Sentence suspect = Between(usual, unit);
        return new Sentence($"suspect outside {suspect.En}, fail outside {fail.En}", $"đáng ngờ nếu ngoài {suspect.Vi}, sai nếu ngoài {fail.Vi}");
    }

    private static Sentence Between(ValueRange range, string unit) => (double.IsInfinity(range.Min), double.IsInfinity(range.Max)) switch
    {
        (true, true) => new Sentence("no limits", "không giới hạn"),
        (true, false) => new Sentence($"up to {En(range.Max, unit)}", $"đến {Vi(range.Max, unit)}"),
        (false, true) => new Sentence($"{En(range.Min, unit)} and more", $"từ {Vi(range.Min, unit)}"),
        _ => new Sentence($"{En(range.Min, "")} to {En(range.Max, unit)}", $"{Vi(range.Min, "")} đến {Vi(range.Max, unit)}"),
    };

    private static Sentence Above(double? suspect, double? fail, string unit) => (suspect, fail) switch
    {
        ({ } low, { } high) => new Sentence($"suspect above {En(low, unit)}, fail above {En(high, unit)}", $"đáng ngờ nếu trên {Vi(low, unit)}, sai nếu trên {Vi(high, unit)}"),
        ({ } low, null) => new Sentence($"suspect above {En(low, unit)}", $"đáng ngờ nếu trên {Vi(low, unit)}"),
        (null, { } high) => new Sentence($"fail above {En(high, unit)}", $"sai nếu trên {Vi(high, unit)}"),
        _ => new Sentence("no limits", "không giới hạn"),
    };

    private static Sentence Still(FlatLineRule rule, string unit) => new(
        $"suspect after {En(rule.SuspectSeconds / 60, "min")} without moving by {En(rule.Tolerance, unit)}, fail after {En(rule.FailSeconds / 60, "min")}",
        $"đáng ngờ nếu {Vi(rule.SuspectSeconds / 60, "phút")} không thay đổi quá {Vi(rule.Tolerance, unit)}, sai sau {Vi(rule.FailSeconds / 60, "phút")}");

    private static Sentence Quiet(AttenuationRule rule, string unit) => new(
        $"suspect when it moves by less than {En(rule.Suspect, unit)} within {En(rule.PeriodSeconds / 3600, "h")}, fail below {En(rule.Fail, unit)}",
        $"đáng ngờ nếu trong {Vi(rule.PeriodSeconds / 3600, "giờ")} thay đổi dưới {Vi(rule.Suspect, unit)}, sai nếu dưới {Vi(rule.Fail, unit)}");

    private static Sentence Near(Companion rule, string unit) => new(
        $"suspect when it differs from {rule.Channel} by more than {En(rule.Limit, unit)}", $"đáng ngờ nếu khác {rule.Channel} hơn {Vi(rule.Limit, unit)}");

    private static Sentence Beside(Companion rule) => new(
        $"a jump is suspect unless {rule.Channel} jumps too", $"nhảy vọt là đáng ngờ, trừ khi {rule.Channel} cũng nhảy vọt");

    private static string En(double value, string unit) => $"{value.ToString("0.####", CultureInfo.InvariantCulture)}{(unit.Length == 0 ? "" : " ")}{unit}";

    private static string Vi(double value, string unit) => $"{value.ToString("0.####", Vietnamese)}{(unit.Length == 0 ? "" : " ")}{unit}";

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
