using System.Collections.Immutable;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>Says everything that is wrong with a fact, not only the first thing. Pure.</summary>
internal static class FactCheck
{
    /// <summary>2200-01-01, µs: no reading of this hub is later.</summary>
    public const long LatestUtcUs = 7_258_118_400_000_000;

    private const int LongestText = 500;

    public static ImmutableArray<FactProblem> Problems(FactDraft draft) => Problems(draft.Body, draft.MadeAt, draft.ByRole, draft.Supersedes);

    public static ImmutableArray<FactProblem> Problems(FactBody body, Instant madeAt, string byRole, ImmutableArray<Id128> supersedes)
    {
        var found = ImmutableArray.CreateBuilder<FactProblem>();
        if (madeAt.IsUtc)
        {
            found.Add(new("made_at", "is UTC; found no boot, a fact is stamped on its hub's boot clock"));
        }

        if (!FactRoles.IsKnown(byRole))
        {
            found.Add(new("by_role", $"'{byRole}' is not a role; expected hub, agent, student, teacher or admin"));
        }

        foreach (Id128 id in supersedes)
        {
            Named(found, "supersedes", id);
        }

        Body(found, body, supersedes);
        return found.ToImmutable();
    }

    private static void Body(ImmutableArray<FactProblem>.Builder found, FactBody body, ImmutableArray<Id128> supersedes)
    {
        switch (body)
        {
            case ClockTie tie:
                Named(found, "clock_tie.boot_a", tie.BootA);
                Named(found, "clock_tie.boot_b", tie.BootB);
                Sigma(found, "clock_tie.sigma_us", tie.SigmaUs);
                if (tie.BootA == tie.BootB && !tie.BootA.IsEmpty)
                {
                    found.Add(new("clock_tie.boot_b", "is the same boot as boot_a; a tie joins two clocks"));
                }

                break;
            case UtcAnchor anchor:
                Named(found, "utc_anchor.boot", anchor.Boot);
                Sigma(found, "utc_anchor.sigma_us", anchor.SigmaUs);
                Utc(found, "utc_anchor.utc_us", anchor.UtcUs);
                Text(found, "utc_anchor.source", anchor.Source, least: 1, most: 32);
                break;
            case Deployment deployment:
                Named(found, "deployment.agent", deployment.Agent);
                Named(found, "deployment.probe_id", deployment.Probe);
                Text(found, "deployment.port", deployment.Port, least: 1, most: 64);
                Text(found, "deployment.probe_model", deployment.ProbeModel, least: 0, LongestText);
                Text(found, "deployment.probe_serial", deployment.ProbeSerial, least: 0, LongestText);
                At(found, "deployment.from", deployment.From);
                break;
            case Calibration calibration:
                Calibration(found, calibration);
                break;
            case CalibrationCheck check:
                Named(found, "calibration_check.probe_id", check.Probe);
                At(found, "calibration_check.at", check.At);
                Text(found, "calibration_check.note", check.Note, least: 0, LongestText);
                found.AddRange(CalibrationProblems.Of(check));
                break;
            case DriftSpread spread:
                Named(found, "drift_spread.probe_id", spread.Probe);
                At(found, "drift_spread.start", spread.Start);
                At(found, "drift_spread.end", spread.End);
                Text(found, "drift_spread.note", spread.Note, least: 0, LongestText);
                found.AddRange(CalibrationProblems.Of(spread));
                break;
            case BootBound bound:
                BootBound(found, bound);
                break;
            case Run run:
                Run(found, run);
                break;
            case QualityRules rules:
                QualityFactCheck.Rules(found, rules);
                break;
            case HumanFlag flag:
                QualityFactCheck.Flag(found, flag);
                break;
            case Site site:
                QualityFactCheck.Site(found, site);
                break;
            case Placement placement:
                QualityFactCheck.Placement(found, placement);
                break;
            case Erasure or RetentionRule or RetentionDrop:
                RemovalFactCheck.Body(found, body);
                break;
            case KeptSample sample:
                found.AddRange(sample.Problems());
                break;
            case DerivedChannelBody derived:
                found.AddRange(derived.Problems());
                break;
            case Withdrawal withdrawal:
                Text(found, "withdrawal.reason", withdrawal.Reason, least: 0, LongestText);
                if (supersedes.IsEmpty)
                {
                    found.Add(new("supersedes", "is empty; a withdrawal names the fact it takes back"));
                }

                break;
        }
    }

    private static void Calibration(ImmutableArray<FactProblem>.Builder found, Calibration calibration)
    {
        Named(found, "calibration.probe_id", calibration.Probe);
        Text(found, "calibration.input_quantity", calibration.InputQuantity, least: 0, most: 64);
        Text(found, "calibration.input_unit_ucum", calibration.InputUnit, least: 0, most: 64);
        Text(found, "calibration.output_property", calibration.OutputProperty, least: 0, most: 64);
        Text(found, "calibration.output_unit_ucum", calibration.OutputUnit, least: 0, most: 64);
        Text(found, "calibration.note", calibration.Note, least: 0, LongestText);
        At(found, "calibration.valid_from", calibration.ValidFrom);
        if (calibration.Method?.ValidUntil is { } until)
        {
            At(found, "calibration.method.valid_until", until);
        }

        found.AddRange(CalibrationProblems.Of(calibration));
    }

    private static void BootBound(ImmutableArray<FactProblem>.Builder found, BootBound bound)
    {
        Named(found, "boot_bound.boot_id", bound.Boot);
        Text(found, "boot_bound.source", bound.Source, least: 1, most: 32);
        if (bound.NotBeforeUtcUs is { } from)
        {
            Utc(found, "boot_bound.not_before_utc_us", from);
        }

        if (bound.NotAfterUtcUs is { } to)
        {
            Utc(found, "boot_bound.not_after_utc_us", to);
        }

        if (bound.NotBeforeUtcUs is null && bound.NotAfterUtcUs is null)
        {
            found.Add(new("boot_bound", "bounds nothing; expected not_before_utc_us, not_after_utc_us or both"));
        }
        else if (bound.NotAfterUtcUs < bound.NotBeforeUtcUs)
        {
            found.Add(new("boot_bound.not_after_utc_us", "is before boot_bound.not_before_utc_us"));
        }
    }

    private static void Run(ImmutableArray<FactProblem>.Builder found, Run run)
    {
        Named(found, "run.run_id", run.RunId);
        Text(found, "run.title", run.Title, least: 0, most: 200);
        At(found, "run.start", run.Start);
        if (run.Purpose is not (null or Facts.Run.Practice))
        {
            found.Add(new("run.purpose", $"is '{run.Purpose}'; expected {Facts.Run.Practice}, or nothing for a real run"));
        }

        if (run.Channels.IsDefault || run.Channels.Any(string.IsNullOrEmpty))
        {
            found.Add(new("run.channels", "holds an empty name; expected agents/{id}/channels/{channel}"));
        }

        if (run.End is not { } end)
        {
            return;
        }

        At(found, "run.end", end);
        if (end.Boot == run.Start.Boot && end.Us < run.Start.Us)
        {
            found.Add(new("run.end", "is before run.start"));
        }
    }

    internal static void Named(ImmutableArray<FactProblem>.Builder found, string path, Id128 id)
    {
        if (id.IsEmpty)
        {
            found.Add(new(path, "is empty; expected 32 lowercase hex digits"));
        }
    }

    private static void Sigma(ImmutableArray<FactProblem>.Builder found, string path, long sigmaUs)
    {
        if (sigmaUs <= 0)
        {
            found.Add(new(path, $"is {sigmaUs}; expected a half-width in µs above 0"));
        }
    }

    internal static void Utc(ImmutableArray<FactProblem>.Builder found, string path, long utcUs)
    {
        if (utcUs is < 0 or > LatestUtcUs)
        {
            found.Add(new(path, $"is {utcUs}; expected UTC µs between 1970 and 2200"));
        }
    }

    internal static void At(ImmutableArray<FactProblem>.Builder found, string path, Instant at)
    {
        if (at.IsUtc)
        {
            Utc(found, path, at.Us);
        }
    }

    internal static void Text(ImmutableArray<FactProblem>.Builder found, string path, string? text, int least, int most)
    {
        if (text is null || text.Length < least || text.Length > most)
        {
            found.Add(new(path, $"is {text?.Length ?? 0} characters long; expected {least} to {most}"));
        }
    }
}
