using System.Collections.Immutable;
using StemLab.Science.Properties;
using StemLab.Science.Units;

namespace StemLab.Hub.Facts;

/// <summary>Everything that is wrong with rules, flags, sites and placements. Pure.</summary>
internal static class QualityFactCheck
{
    /// <summary>Tests a rule may switch off.</summary>
    public static readonly ImmutableArray<string> Tests = ["gross_range", "spike", "rate_of_change", "flat_line", "attenuated_signal", "neighbour", "multivariate"];

    private const double LongestWindowSeconds = 86_400;

    public static void Rules(ImmutableArray<FactProblem>.Builder found, QualityRules rules)
    {
        ObservedProperty? property = ObservedProperties.Default.Find(rules.Property);
        if (rules.Property.Length == 0 == (rules.Channel.Length == 0))
        {
            found.Add(new("qc_rules.property", "and qc_rules.channel: give one of the two, the property or the channel the rules are for"));
        }
        else if (rules.Property.Length > 0 && property is null)
        {
            found.Add(new("qc_rules.property", $"is '{rules.Property}', which the registry does not know; ListObservedProperties names all"));
        }

        if (rules.Channel.Length > 0)
        {
            ChannelName(found, "qc_rules.channel", rules.Channel);
        }

        if (rules.Unit.Length > 0 && !Ucum.TryParse(rules.Unit, out _))
        {
            found.Add(new("qc_rules.unit_ucum", $"is '{rules.Unit}', which is no UCUM code"));
        }
        else if (rules.Unit.Length > 0 && property is not null && !Ucum.TryConvert(rules.Unit, property.UnitUcum, out _))
        {
            found.Add(new("qc_rules.unit_ucum", $"is '{rules.Unit}', which cannot be converted to {property.UnitUcum}, the unit of {property.Id}"));
        }

        foreach (string test in rules.Off.Where(test => !Tests.Contains(test)))
        {
            found.Add(new("qc_rules.off", $"names '{test}'; expected some of {string.Join(", ", Tests)}"));
        }

        Range(found, rules.GrossRange);
        Change(found, "qc_rules.spike", rules.Spike);
        Change(found, "qc_rules.rate_of_change", rules.RateOfChange);
        FlatLine(found, rules.FlatLine);
        Attenuation(found, rules.Attenuation);
        Companion(found, "qc_rules.neighbour", rules.Neighbour);
        Companion(found, "qc_rules.multivariate", rules.Multivariate);
    }

    public static void Flag(ImmutableArray<FactProblem>.Builder found, HumanFlag flag)
    {
        ChannelName(found, "human_flag.channel", flag.Channel);
        FactCheck.At(found, "human_flag.from", flag.From);
        FactCheck.At(found, "human_flag.to", flag.To);
        FactCheck.Text(found, "human_flag.reason", flag.Reason, least: 1, most: 500);
        if (flag.Flag is < 1 or > 4)
        {
            found.Add(new("human_flag.flag", $"is {flag.Flag}; expected 1 good, 2 not evaluated, 3 suspect or 4 fail"));
        }

        if (flag.From.Boot == flag.To.Boot && flag.From.Us >= flag.To.Us)
        {
            found.Add(new("human_flag.to", "is not after human_flag.from"));
        }
    }

    public static void Site(ImmutableArray<FactProblem>.Builder found, Site site)
    {
        FactCheck.Named(found, "site.site_id", site.SiteId);
        FactCheck.Text(found, "site.name_en", site.NameEn, least: 0, most: 120);
        FactCheck.Text(found, "site.name_vi", site.NameVi, least: 0, most: 120);
        if (site.Slug.Length is 0 or > 32 || site.Slug.Any(letter => letter is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')))
        {
            found.Add(new("site.slug", $"is '{site.Slug}'; expected 1 to 32 of a-z, 0-9 and -"));
        }

        if (site.Latitude is null != site.Longitude is null)
        {
            found.Add(new("site.latitude_deg", "and site.longitude_deg: give both or none"));
        }

        if (site.Latitude is { } latitude && !(Math.Abs(latitude) <= 90))
        {
            found.Add(new("site.latitude_deg", $"is {latitude}; expected -90 to 90"));
        }

        if (site.Longitude is { } longitude && !(Math.Abs(longitude) <= 180))
        {
            found.Add(new("site.longitude_deg", $"is {longitude}; expected -180 to 180"));
        }
    }

    public static void Placement(ImmutableArray<FactProblem>.Builder found, Placement placement)
    {
        FactCheck.Named(found, "placement.agent", placement.Agent);
        FactCheck.At(found, "placement.from", placement.From);
    }

    private static void Range(ImmutableArray<FactProblem>.Builder found, RangeLimits? range)
    {
        if (range is null)
        {
            return;
        }

        Finite(found, "qc_rules.gross_range", range.FailMin, range.FailMax, range.SuspectMin, range.SuspectMax);
        if (range.FailMin >= range.FailMax)
        {
            found.Add(new("qc_rules.gross_range.fail_max", $"is {range.FailMax}, not above fail_min {range.FailMin}"));
        }

        if (range.SuspectMin >= range.SuspectMax)
        {
            found.Add(new("qc_rules.gross_range.suspect_max", $"is {range.SuspectMax}, not above suspect_min {range.SuspectMin}"));
        }

        if (range.SuspectMin < range.FailMin)
        {
            found.Add(new("qc_rules.gross_range.suspect_min", $"is {range.SuspectMin}, below fail_min {range.FailMin}: what fails cannot be only suspect"));
        }

        if (range.SuspectMax > range.FailMax)
        {
            found.Add(new("qc_rules.gross_range.suspect_max", $"is {range.SuspectMax}, above fail_max {range.FailMax}: what fails cannot be only suspect"));
        }
    }

    private static void Change(ImmutableArray<FactProblem>.Builder found, string path, ChangeLimits? limits)
    {
        if (limits is null)
        {
            return;
        }

        Finite(found, path, limits.Suspect, limits.Fail);
        if (limits.Suspect < 0 || limits.Fail < 0)
        {
            found.Add(new(path, "has a threshold below 0"));
        }

        if (limits.Suspect > limits.Fail)
        {
            found.Add(new($"{path}.suspect", $"is {limits.Suspect}, above fail {limits.Fail}: thresholds are upside down"));
        }
    }

    private static void FlatLine(ImmutableArray<FactProblem>.Builder found, FlatLineLimits? limits)
    {
        if (limits is null)
        {
            return;
        }

        Finite(found, "qc_rules.flat_line", limits.SuspectSeconds, limits.FailSeconds, limits.Tolerance);
        Window(found, "qc_rules.flat_line.suspect_s", limits.SuspectSeconds);
        Window(found, "qc_rules.flat_line.fail_s", limits.FailSeconds);
        if (limits.Tolerance < 0)
        {
            found.Add(new("qc_rules.flat_line.tolerance", $"is {limits.Tolerance}; expected 0 or more"));
        }

        if (limits.SuspectSeconds > limits.FailSeconds)
        {
            found.Add(new("qc_rules.flat_line.suspect_s", $"is {limits.SuspectSeconds}, longer than fail_s {limits.FailSeconds}: thresholds are upside down"));
        }
    }

    private static void Attenuation(ImmutableArray<FactProblem>.Builder found, AttenuationLimits? limits)
    {
        if (limits is null)
        {
            return;
        }

        Finite(found, "qc_rules.attenuated_signal", limits.Suspect, limits.Fail, limits.PeriodSeconds);
        Window(found, "qc_rules.attenuated_signal.period_s", limits.PeriodSeconds);
        if (limits.Fail > limits.Suspect)
        {
            found.Add(new("qc_rules.attenuated_signal.fail", $"is {limits.Fail}, above suspect {limits.Suspect}: thresholds are upside down"));
        }
    }

    private static void Companion(ImmutableArray<FactProblem>.Builder found, string path, CompanionLimits? limits)
    {
        if (limits is null)
        {
            return;
        }

        ChannelName(found, $"{path}.channel", limits.Channel);
        Finite(found, path, limits.WithinSeconds, limits.Limit);
        Window(found, $"{path}.within_s", limits.WithinSeconds);
        if (limits.Limit < 0)
        {
            found.Add(new($"{path}.limit", $"is {limits.Limit}; expected 0 or more"));
        }
    }

    private static void Window(ImmutableArray<FactProblem>.Builder found, string path, double seconds)
    {
        if (!(seconds > 0 && seconds <= LongestWindowSeconds))
        {
            found.Add(new(path, $"is {seconds}; expected more than 0 and at most {LongestWindowSeconds} s"));
        }
    }

    private static void Finite(ImmutableArray<FactProblem>.Builder found, string path, params ReadOnlySpan<double?> numbers)
    {
        foreach (double? number in numbers)
        {
            if (number is { } value && !double.IsFinite(value))
            {
                found.Add(new(path, $"has the number {value}; expected finite ones"));
                return;
            }
        }
    }

    private static void ChannelName(ImmutableArray<FactProblem>.Builder found, string path, string name)
    {
        if (!FactRequest.TryChannel(name, out _, out _, out _))
        {
            found.Add(new(path, $"is '{name}'; expected agents/{{32 hex}}/channels/{{port}}~{{property}}"));
        }
    }
}
