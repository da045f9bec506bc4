using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using ClockTie = StemLab.Hub.Facts.ClockTie;

namespace StemLab.Hub.Intake;

/// <summary>Clock ties as agents state them, held against what an agent may speak about: its own boots.</summary>
internal sealed class TieIntake(TieBook book, ObservationStore store, HubClock clock, ILogger<TieIntake> logger)
{
    /// <summary>Weighs a tie; one that is not in form or about somebody else's clock is left out.</summary>
    public void Offer(AgentId agent, Wire.V1.ClockTie tie)
    {
        if (!Id128.TryRead(tie.BootA.Span, out var a) || !Id128.TryRead(tie.BootB.Span, out var b)
            || !store.Dictionary.TryFind(new BootId(a.Value), out var own) || own.Agent != agent)
        {
            IntakeLog.TieInvalid(logger, agent);
            return;
        }

        var stated = new ClockTie(a, tie.TAUs, b, tie.TBUs, tie.SigmaUs);
        if (!FactCheck.Problems(new FactDraft(stated, clock.Now, FactRoles.Agent)).IsEmpty)
        {
            IntakeLog.TieInvalid(logger, agent);
            return;
        }

        book.Offer(stated, clock.Now);
    }

    /// <summary>A boot that is over: its last tie stands for good.</summary>
    public void EndBoot(BootId boot) => book.EndBoot(new Id128(boot.Value), clock.Now);
}
