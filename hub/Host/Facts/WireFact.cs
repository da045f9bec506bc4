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
            case Run run:
                wire.Run = new RunFact { RunId = run.RunId.ToString(), Title = run.Title, Start = To(run.Start), End = run.End is { } end ? To(end) : null };
                wire.Run.Channels.AddRange(run.Channels);
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
    };
}
