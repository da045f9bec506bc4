using StemLab.V1;

namespace StemLab.Hub.Facts;

/// <summary>Facts as the API shows them. Pure.</summary>
internal static class WireFact
{
    public static V1.Fact To(Fact fact, bool effective)
    {
        var wire = new V1.Fact
        {
            FactId = fact.FactId.ToString(),
            HubId = fact.HubId.ToString(),
            MadeAt = To(fact.MadeAt),
            ByRole = fact.ByRole,
            Revision = fact.Revision,
            Effective = effective,
        };
        wire.Supersedes.AddRange(fact.Supersedes.Select(id => id.ToString()));
        Body(fact.Body, wire);
        return wire;
    }

    public static V1.Instant To(Instant at) => at.IsUtc
        ? new V1.Instant { UtcUs = at.Us }
        : new V1.Instant { BootTime = new BootTime { BootId = at.Boot.ToString(), TUs = at.Us } };

    /// <summary>Never unspecified.</summary>
    public static RunPurpose PurposeOf(Run run) => run.IsPractice ? RunPurpose.Practice : RunPurpose.Real;

    private static void Body(FactBody body, V1.Fact wire)
    {
        switch (body)
        {
            case ClockTie tie:
                wire.ClockTie = new ClockTieFact { BootA = tie.BootA.ToString(), TAUs = tie.TAUs, BootB = tie.BootB.ToString(), TBUs = tie.TBUs, SigmaUs = tie.SigmaUs };
                break;
            case UtcAnchor anchor:
                wire.UtcAnchor = new UtcAnchorFact { BootId = anchor.Boot.ToString(), TUs = anchor.TUs, UtcUs = anchor.UtcUs, SigmaUs = anchor.SigmaUs, Source = anchor.Source };
                break;
            case Deployment deployment:
                wire.Deployment = new DeploymentFact
                {
                    Agent = $"agents/{deployment.Agent}",
                    Port = deployment.Port,
                    ProbeId = deployment.Probe.ToString(),
                    ProbeModel = deployment.ProbeModel,
                    ProbeSerial = deployment.ProbeSerial,
                    From = To(deployment.From),
                };
                break;
            case Calibration calibration:
                wire.Calibration = Calibration(calibration);
                break;
            case CalibrationCheck check:
                wire.CalibrationCheck = new CalibrationCheckFact { ProbeId = check.Probe.ToString(), At = To(check.At), Note = check.Note };
                wire.CalibrationCheck.Points.AddRange(check.Points.Select(Point));
                break;
            case DriftSpread spread:
                wire.DriftSpread = new DriftSpreadFact
                {
                    ProbeId = spread.Probe.ToString(),
                    FromCalibration = spread.FromCalibration.ToString(),
                    ToFact = spread.ToFact.ToString(),
                    Start = To(spread.Start),
                    End = To(spread.End),
                    Note = spread.Note,
                };
                break;
            case BootBound bound:
                wire.BootBound = Bound(bound);
                break;
            case Run run:
                wire.Run = new RunFact { RunId = run.RunId.ToString(), Title = run.Title, Start = To(run.Start), End = run.End is { } end ? To(end) : null, Purpose = PurposeOf(run) };
                wire.Run.Channels.AddRange(run.Channels);
                break;
            case QualityRules rules:
                wire.QcRules = QualityFactWire.To(rules);
                break;
            case HumanFlag flag:
                wire.HumanFlag = QualityFactWire.To(flag);
                break;
            case Site site:
                wire.Site = QualityFactWire.To(site);
                break;
            case Placement placement:
                wire.Placement = QualityFactWire.To(placement);
                break;
            case Erasure erasure:
                wire.Erasure = RemovalFactWire.To(erasure);
                break;
            case RetentionRule rule:
                wire.RetentionRule = RemovalFactWire.To(rule);
                break;
            case RetentionDrop retention:
                wire.Retention = RemovalFactWire.To(retention);
                break;
            case KeptSample sample:
                wire.Sample = sample.ToWire();
                break;
            case DerivedChannelBody derived:
                wire.DerivedChannel = derived.ToWire();
                break;
            case Withdrawal withdrawal:
                wire.Withdrawal = new V1.Withdrawal { Reason = withdrawal.Reason };
                break;
        }
    }

    private static CalibrationFact Calibration(Calibration calibration) => new()
    {
        ProbeId = calibration.Probe.ToString(),
        InputQuantity = calibration.InputQuantity,
        InputUnitUcum = calibration.InputUnit,
        OutputProperty = calibration.OutputProperty,
        OutputUnitUcum = calibration.OutputUnit,
        Slope = calibration.Slope,
        Offset = calibration.Offset,
        ValidFrom = To(calibration.ValidFrom),
        Note = calibration.Note,
        Method = calibration.Method is { } method ? Method(method) : null,
    };

    private static V1.CalibrationMethod Method(CalibrationMethod method)
    {
        var wire = new V1.CalibrationMethod { Form = (V1.CalibrationMethod.Types.Form)method.Form, ValidUntil = method.ValidUntil is { } until ? To(until) : null };
        wire.Coefficients.AddRange(method.Coefficients);
        wire.Points.AddRange(method.Points.Select(Point));
        foreach (Compensation compensation in method.Compensations)
        {
            var one = new V1.Compensation { Role = (V1.Compensation.Types.Role)compensation.Role, Property = compensation.Property, MaxAgeUs = compensation.MaxAgeUs };
            Set(compensation.Default, value => one.DefaultValue = value);
            wire.Compensations.Add(one);
        }

        Set(method.ResidualSd, value => wire.ResidualSd = value);
        Set(method.SlopePercent, value => wire.SlopePercent = value);
        Set(method.SlopePercentError, value => wire.SlopePercentError = value);
        Set(method.ReferenceCelsius, value => wire.ReferenceCelsius = value);
        Set(method.ReferenceSalinity, value => wire.ReferenceSalinity = value);
        Set(method.ReferencePressureHPa, value => wire.ReferencePressureHpa = value);
        Set(method.AlphaPerCelsius, value => wire.AlphaPerCelsius = value);
        return wire;
    }

    private static V1.StandardReading Point(StandardReading point)
    {
        var wire = new V1.StandardReading { Raw = point.Raw, Reference = point.Reference, RawSd = point.RawSd, ReferenceSigma = point.ReferenceSigma, Standard = point.Standard };
        Set(point.Celsius, value => wire.Celsius = value);
        return wire;
    }

    private static BootBoundFact Bound(BootBound bound)
    {
        var wire = new BootBoundFact { BootId = bound.Boot.ToString(), Source = bound.Source };
        if (bound.NotBeforeUtcUs is { } from)
        {
            wire.NotBeforeUtcUs = from;
        }

        if (bound.NotAfterUtcUs is { } to)
        {
            wire.NotAfterUtcUs = to;
        }

        return wire;
    }

    private static void Set(double? value, Action<double> set)
    {
        if (value is { } stated)
        {
            set(stated);
        }
    }
}
