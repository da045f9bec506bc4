using System.Collections.Immutable;
using Google.Protobuf;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake.Door;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;
using BootKind = StemLab.Store.BootKind;

namespace StemLab.Hub.Intake;

/// <summary>Takes a Birth over: names to the store, the agent's own words to the fleet, clock ties to the facts; then receipts for what its outbox still holds. Answered when all is durable.</summary>
internal sealed class BirthIntake(
    IntakeCounters counters, ObservationStore store, FleetBook fleet, FactLog facts, TieIntake ties, HubClock clock, Receipts receipts, SettingsBook settings, SettingsDelivery delivery, ILogger<BirthIntake> logger)
{
    public async Task<Ticket> TakeAsync(AgentId agent, byte[] payload, DoorConnection connection, Ticket ticket)
    {
        if (Parse(payload) is not { } birth || Declared(agent, birth) is not { } declarations)
        {
            counters.Add(IntakeCount.Received);
            counters.Add(IntakeCount.RejectedBadBirth);
            return ticket with { Reason = ReasonCode.PayloadFormatInvalid, Submission = new AsideBytes(agent, null, 0, 0, IntakeCounters.NameOf(IntakeCount.RejectedBadBirth), payload) };
        }

        var outcome = await store.DeclareAsync(declarations);
        if (!outcome.Refused.IsEmpty)
        {
            IntakeLog.BirthContradicts(logger, agent, outcome.Refused);
        }

        fleet.ReportBirth(agent, birth);
        settings.Report(agent, birth.Settings);
        StateClocks(agent, birth, declarations);
        IntakeLog.Born(logger, birth.Slug, agent, birth.Catalogs.Count, birth.Streams.Count);
        await receipts.SendAllAsync(connection, agent, declarations.Streams.Select(stream => stream.Id));
        delivery.CameBack(agent);
        return ticket;
    }

    private static Birth? Parse(byte[] payload)
    {
        try
        {
            return Birth.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>What the store is told; null where the Birth is not in form.</summary>
    private static Declarations? Declared(AgentId agent, Birth birth)
    {
        if (!Id128.TryRead(birth.AgentId.Span, out var claimed) || new AgentId(claimed.Value) != agent)
        {
            return null;
        }

        var boots = ImmutableArray.CreateBuilder<BootDeclaration>();
        foreach (var boot in birth.Boots)
        {
            var hasPrevious = Id128.TryRead(boot.PrevBootId.Span, out var previous);
            if (!Id128.TryRead(boot.BootId.Span, out var id) || boot.Kind is not (Wire.V1.BootKind.Device or Wire.V1.BootKind.Utc) || (!hasPrevious && boot.PrevBootId.Length > 0))
            {
                return null;
            }

            boots.Add(new BootDeclaration(new BootId(id.Value), agent, (BootKind)boot.Kind, boot.BootNo, hasPrevious ? new BootId(previous.Value) : null));
        }

        var catalogs = ImmutableArray.CreateBuilder<CatalogDeclaration>();
        foreach (var catalog in birth.Catalogs)
        {
            if (CatalogHash.Of(catalog.Inputs) != catalog.Hash)
            {
                return null;
            }

            catalogs.Add(new CatalogDeclaration(catalog.Hash, [.. catalog.Inputs.Select(input => new InputDeclaration(input.Port, input.Quantity, input.UnitUcum, input.ConfigRev))]));
        }

        var streams = ImmutableArray.CreateBuilder<StreamDeclaration>();
        foreach (var stream in birth.Streams)
        {
            if (stream.StreamId == 0 || !Id128.TryRead(stream.BootId.Span, out var boot))
            {
                return null;
            }

            streams.Add(new StreamDeclaration(new StreamId(stream.StreamId), new BootId(boot.Value), stream.HasDurableNextSeq ? stream.DurableNextSeq : null) { IsComplete = stream.Complete });
        }

        return new Declarations(agent, boots.ToImmutable(), catalogs.ToImmutable(), streams.ToImmutable());
    }

    private void StateClocks(AgentId agent, Birth birth, Declarations declarations)
    {
        foreach (var boot in birth.Boots)
        {
            foreach (var tie in boot.Ties)
            {
                ties.Offer(agent, tie);
            }

            if (boot.Kind == Wire.V1.BootKind.Utc && boot.DeclaredSigmaUs > 0)
            {
                StateSigma(boot);
            }
        }

        for (var i = 0; i < declarations.Boots.Length - 1; i++)
        {
            ties.EndBoot(declarations.Boots[i].Id);
        }
    }

    /// <summary>On a boot of kind utc an anchor with t = utc says how far the sender's times may be trusted.</summary>
    private void StateSigma(Boot boot)
    {
        Id128.TryRead(boot.BootId.Span, out var id);
        if (!facts.Current.Of<UtcAnchor>().Any(stated => stated.Body.Boot == id && stated.Body.SigmaUs == boot.DeclaredSigmaUs))
        {
            facts.Append(new FactDraft(new UtcAnchor(id, 0, 0, boot.DeclaredSigmaUs, "declared"), clock.Now, FactRoles.Agent));
        }
    }
}
