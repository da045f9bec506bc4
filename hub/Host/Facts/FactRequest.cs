using System.Collections.Immutable;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>Reads a person's statement into drafts: fills in "now", new ids and the probe behind a channel, and collects every problem. One request, one instance.</summary>
internal sealed class FactRequest
{
    private readonly FactSnapshot _facts;
    private readonly Instant _now;
    private readonly List<FactProblem> _problems = [];
    private readonly List<FactBody> _bodies = [];
    private readonly List<Id128> _supersedes = [];

    private FactRequest(FactSnapshot facts, Instant now)
    {
        _facts = facts;
        _now = now;
    }

    /// <summary>Drafts to append together, the one asked for last; empty when there are problems.</summary>
    public static (ImmutableArray<FactDraft> Drafts, ImmutableArray<FactProblem> Problems) Read(V1.Fact? fact, FactSnapshot facts, Instant now, string byRole)
    {
        var request = new FactRequest(facts, now);
        request.Read(fact ?? new V1.Fact());
        ImmutableArray<FactDraft> drafts =
        [
            .. request._bodies.Select((body, index) => new FactDraft(body, now, byRole)
            {
                Supersedes = index == request._bodies.Count - 1 ? [.. request._supersedes.Distinct()] : [],
            }),
        ];
        request._problems.AddRange(drafts.SelectMany(draft => FactCheck.Problems(draft)).Where(problem => request._problems.All(known => known.Path != problem.Path)));
        return request._problems.Count > 0 ? ([], [.. request._problems]) : (drafts, []);
    }

    private void Read(V1.Fact fact)
    {
        foreach (string text in fact.Supersedes)
        {
            Id128 id = Id("supersedes", text);
            if (!id.IsEmpty && !_facts.TryFind(id, out _))
            {
                _problems.Add(new("supersedes", $"names {text}, which this hub does not hold"));
            }

            _supersedes.Add(id);
        }

        switch (fact.BodyCase)
        {
            case V1.Fact.BodyOneofCase.ClockTie:
                ClockTieFact tie = fact.ClockTie;
                _bodies.Add(new ClockTie(Id("clock_tie.boot_a", tie.BootA), tie.TAUs, Id("clock_tie.boot_b", tie.BootB), tie.TBUs, tie.SigmaUs));
                break;
            case V1.Fact.BodyOneofCase.UtcAnchor:
                Anchor(fact.UtcAnchor);
                break;
            case V1.Fact.BodyOneofCase.Deployment:
                Deployment(fact.Deployment);
                break;
            case V1.Fact.BodyOneofCase.Calibration:
                Calibration(fact.Calibration);
                break;
            case V1.Fact.BodyOneofCase.CalibrationCheck:
                CalibrationCheckFact check = fact.CalibrationCheck;
                if (TryProbe("calibration_check", check.ProbeId, check.Channel, out Id128 checkedProbe, out _))
                {
                    _bodies.Add(new CalibrationCheck(checkedProbe, At("calibration_check.at", check.At), Points(check.Points), check.Note));
                }

                break;
            case V1.Fact.BodyOneofCase.DriftSpread:
                DriftSpread(fact.DriftSpread);
                break;
            case V1.Fact.BodyOneofCase.BootBound:
                BootBoundFact bound = fact.BootBound;
                _bodies.Add(new BootBound(
                    Id("boot_bound.boot_id", bound.BootId), bound.HasNotBeforeUtcUs ? bound.NotBeforeUtcUs : null, bound.HasNotAfterUtcUs ? bound.NotAfterUtcUs : null, bound.Source));
                break;
            case V1.Fact.BodyOneofCase.Run:
                Run(fact.Run);
                break;
            case V1.Fact.BodyOneofCase.QcRules:
                _bodies.Add(QualityFactWire.From(fact.QcRules, OptionalId("qc_rules.site_id", fact.QcRules.SiteId)));
                break;
            case V1.Fact.BodyOneofCase.HumanFlag:
                HumanFlagFact flag = fact.HumanFlag;
                _bodies.Add(new HumanFlag(flag.Channel, Stated("human_flag.from", flag.From), Stated("human_flag.to", flag.To), (int)flag.Flag, flag.Reason));
                break;
            case V1.Fact.BodyOneofCase.Site:
                Site(fact.Site);
                break;
            case V1.Fact.BodyOneofCase.Placement:
                PlacementFact placement = fact.Placement;
                _bodies.Add(new Placement(Id("placement.agent", AgentHex(placement.Agent)), OptionalId("placement.site_id", placement.SiteId), At("placement.from", placement.From)));
                break;
            case V1.Fact.BodyOneofCase.Withdrawal:
                _bodies.Add(new Withdrawal(fact.Withdrawal.Reason));
                break;
            default:
                _problems.Add(new("fact", "has no body; expected one of clock_tie, utc_anchor, boot_bound, deployment, calibration, calibration_check, drift_spread, run, qc_rules, human_flag, site, placement, withdrawal"));
                break;
        }
    }

    private void Anchor(UtcAnchorFact anchor)
    {
        bool here = anchor.BootId.Length == 0;
        Id128 boot = here ? _now.Boot : Id("utc_anchor.boot_id", anchor.BootId);
        _bodies.Add(new UtcAnchor(boot, here ? _now.Us : anchor.TUs, anchor.UtcUs, anchor.SigmaUs, anchor.Source));
    }

    private void Deployment(DeploymentFact deployment)
    {
        string agent = AgentHex(deployment.Agent);
        Id128 probe = deployment.ProbeId.Length == 0 ? Id128.New() : Id("deployment.probe_id", deployment.ProbeId);
        _bodies.Add(new Deployment(Id("deployment.agent", agent), deployment.Port, probe, deployment.ProbeModel, deployment.ProbeSerial, At("deployment.from", deployment.From)));
    }

    private void Calibration(CalibrationFact calibration)
    {
        Instant from = At("calibration.valid_from", calibration.ValidFrom);
        if (!TryProbe("calibration", calibration.ProbeId, calibration.Channel, out Id128 probe, out string property))
        {
            return;
        }

        string output = calibration.OutputProperty.Length > 0 ? calibration.OutputProperty : property;
        CalibrationMethod? method = calibration.Method is { } sent ? Method(sent) : null;
        _bodies.Add(new Calibration(
            probe, calibration.InputQuantity, calibration.InputUnitUcum, output, calibration.OutputUnitUcum, calibration.Slope, calibration.Offset, from, calibration.Note, method));
    }

    private CalibrationMethod Method(V1.CalibrationMethod sent) => new(
        (CalibrationForm)sent.Form,
        [.. sent.Coefficients],
        Points(sent.Points),
        [.. sent.Compensations.Select(compensation => new Compensation(
            (CompensationRole)compensation.Role,
            compensation.Property.Length > 0 || !Enum.IsDefined((CompensationRole)compensation.Role) ? compensation.Property : Compensation.UsualProperty((CompensationRole)compensation.Role),
            compensation.MaxAgeUs,
            compensation.HasDefaultValue ? compensation.DefaultValue : null))],
        sent.HasResidualSd ? sent.ResidualSd : null,
        sent.HasSlopePercent ? sent.SlopePercent : null,
        sent.HasSlopePercentError ? sent.SlopePercentError : null,
        sent.HasReferenceCelsius ? sent.ReferenceCelsius : null,
        sent.HasReferenceSalinity ? sent.ReferenceSalinity : null,
        sent.HasReferencePressureHpa ? sent.ReferencePressureHpa : null,
        sent.HasAlphaPerCelsius ? sent.AlphaPerCelsius : null,
        sent.ValidUntil is null ? null : At("calibration.method.valid_until", sent.ValidUntil));

    private static ImmutableArray<StandardReading> Points(IEnumerable<V1.StandardReading> points) =>
        [.. points.Select(point => new StandardReading(point.Raw, point.Reference, point.RawSd, point.ReferenceSigma, point.HasCelsius ? point.Celsius : null, point.Standard))];

    /// <summary>Fills in what the facts it names say: probe, start and end.</summary>
    private void DriftSpread(DriftSpreadFact spread)
    {
        Id128 from = Id("drift_spread.from_calibration", spread.FromCalibration);
        Id128 to = Id("drift_spread.to_fact", spread.ToFact);
        Calibration? before = _facts.TryFind(from, out Fact? start) ? start.Body as Calibration : null;
        FactBody? after = _facts.TryFind(to, out Fact? end) && end.Body is Facts.Calibration or CalibrationCheck ? end.Body : null;
        if (before is null && !from.IsEmpty)
        {
            _problems.Add(new("drift_spread.from_calibration", $"names {from}, which is no calibration of this hub"));
        }

        if (after is null && !to.IsEmpty)
        {
            _problems.Add(new("drift_spread.to_fact", $"names {to}, which is no check and no calibration of this hub"));
        }

        if (before is null || after is null)
        {
            return;
        }

        (Id128 probeAfter, Instant at) = after is CalibrationCheck check ? (check.Probe, check.At) : (((Calibration)after).Probe, ((Calibration)after).ValidFrom);
        if (probeAfter != before.Probe || spread.ProbeId.Length > 0 && Id("drift_spread.probe_id", spread.ProbeId) != before.Probe)
        {
            _problems.Add(new("drift_spread.to_fact", "is of another probe than drift_spread.from_calibration"));
        }

        _bodies.Add(new DriftSpread(
            before.Probe,
            from,
            to,
            spread.Start is null ? before.ValidFrom : At("drift_spread.start", spread.Start),
            spread.End is null ? at : At("drift_spread.end", spread.End),
            Facts.DriftSpread.Linear,
            spread.Note));
    }

    /// <summary>The probe stated, or the one at the channel's port; the property is the channel's, empty where the probe was stated.</summary>
    private bool TryProbe(string path, string probeId, string channel, out Id128 probe, out string property)
    {
        (probe, property) = (default, "");
        if (probeId.Length > 0)
        {
            probe = Id($"{path}.probe_id", probeId);
            return true;
        }

        if (!TryChannel(channel, out Id128 agent, out string port, out property))
        {
            _problems.Add(new($"{path}.channel", $"is '{channel}'; expected agents/{{32 hex}}/channels/{{port}}~{{property}}, or a probe_id"));
            return false;
        }

        if (_facts.Of<DerivedChannelBody>().Any(derived => derived.Body.Channel == channel))
        {
            _problems.Add(new($"{path}.channel", "is computed from other channels; calibrate those"));
            return false;
        }

        probe = ProbeAt(agent, port);
        return true;
    }

    /// <summary>The probe deployed last at the port; where none ever was, one that hung there since ever is stated with the calibration.</summary>
    private Id128 ProbeAt(Id128 agent, string port)
    {
        Deployment? deployed = _facts.Of<Deployment>().Where(fact => fact.Body.Agent == agent && fact.Body.Port.Replace('/', '.') == port)
            .OrderBy(fact => fact.Fact.Revision).ThenBy(fact => fact.Fact.FactId.Value).Select(fact => fact.Body).LastOrDefault();
        if (deployed is not null)
        {
            return deployed.Probe;
        }

        var since = new Deployment(agent, port, Id128.New(), "", "", Instant.AtUtc(0));
        _bodies.Add(since);
        return since.Probe;
    }

    /// <summary>A known run id goes on with that run: what the request leaves empty stays, and the earlier fact is superseded.</summary>
    private void Run(RunFact run)
    {
        Id128 id = run.RunId.Length == 0 ? Id128.New() : Id("run.run_id", run.RunId);
        (Fact Fact, Run Body)? known = _facts.Of<Run>().Where(fact => fact.Body.RunId == id).Select(fact => ((Fact, Run)?)fact).LastOrDefault();
        if (known is { } earlier)
        {
            _supersedes.Add(earlier.Fact.FactId);
        }

        string title = run.Title.Length > 0 ? run.Title : known?.Body.Title ?? "";
        ImmutableArray<string> channels = run.Channels.Count > 0 ? [.. run.Channels] : known?.Body.Channels ?? [];
        Instant start = run.Start is null && known is { } before ? before.Body.Start : At("run.start", run.Start);
        if (!Enum.IsDefined(run.Purpose))
        {
            _problems.Add(new("run.purpose", $"is {(int)run.Purpose}; expected 1 (real), 2 (practice) or 0 (as it is)"));
        }

        string? purpose = run.Purpose == RunPurpose.Unspecified ? known?.Body.Purpose : run.Purpose == RunPurpose.Practice ? Facts.Run.Practice : null;
        _bodies.Add(new Run(id, title, channels, start, run.End is null ? known?.Body.End : At("run.end", run.End), purpose));
    }

    /// <summary>A known site id changes that site: the earlier fact is superseded.</summary>
    private void Site(SiteFact site)
    {
        Id128 id = site.SiteId.Length == 0 ? Id128.New() : Id("site.site_id", site.SiteId);
        _supersedes.AddRange(_facts.Of<Site>().Where(fact => fact.Body.SiteId == id).Select(fact => fact.Fact.FactId));
        if (_facts.Of<Site>().Any(fact => fact.Body.SiteId != id && fact.Body.Slug == site.Slug))
        {
            _problems.Add(new("site.slug", $"is '{site.Slug}', which another site bears already"));
        }

        _bodies.Add(new Site(id, site.Slug, site.NameEn, site.NameVi, site.HasLatitudeDeg ? site.LatitudeDeg : null, site.HasLongitudeDeg ? site.LongitudeDeg : null));
    }

    /// <summary>An end of a span has no "now" to stand in for it.</summary>
    private Instant Stated(string path, V1.Instant? at)
    {
        if (at is null or { AtCase: V1.Instant.AtOneofCase.None })
        {
            _problems.Add(new(path, "is absent; give boot_time or utc_us"));
        }

        return At(path, at);
    }

    private static string AgentHex(string name) => name.StartsWith("agents/", StringComparison.Ordinal) ? name["agents/".Length..] : name;

    private Id128? OptionalId(string path, string text) => text.Length == 0 ? null : Id(path, text);

    private Id128 Id(string path, string text)
    {
        if (Id128.TryParse(text, out Id128 id))
        {
            return id;
        }

        _problems.Add(new(path, $"is '{text}'; expected 32 lowercase hex digits"));
        return default;
    }

    private Instant At(string path, V1.Instant? at) => at?.AtCase switch
    {
        null or V1.Instant.AtOneofCase.None => _now,
        V1.Instant.AtOneofCase.UtcUs => Instant.AtUtc(at.UtcUs),
        _ => Id($"{path}.boot_time.boot_id", at.BootTime.BootId) is { IsEmpty: false } boot ? Instant.AtBoot(boot, at.BootTime.TUs) : _now,
    };

    internal static bool TryChannel(string name, out Id128 agent, out string port, out string property)
    {
        (agent, port, property) = (default, "", "");
        string[] parts = name.Split('/');
        if (parts is not ["agents", var hex, "channels", var last] || !Id128.TryParse(hex, out agent))
        {
            return false;
        }

        int mark = last.LastIndexOf('~');
        if (mark <= 0 || mark == last.Length - 1)
        {
            return false;
        }

        (port, property) = (last[..mark], last[(mark + 1)..]);
        return true;
    }
}
