using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Fact = StemLab.Hub.Facts.Fact;
using Outlier = StemLab.Science.Time.Outlier;
using TimeState = StemLab.Science.Time.TimeState;

namespace StemLab.Hub.Clocks;

/// <summary>What the hub knows of time, as the API shows it. Safe from any thread.</summary>
internal sealed class ClockView(DerivationBook derivations, ObservationStore store, StoredExtents extents, FleetBook fleet, HubClock clock, PhoneVotes phones)
{
    /// <summary>How well UTC is known now.</summary>
    public GetTimeResponse Now()
    {
        var derivation = derivations.Current;
        var nowUs = clock.NowUs();
        var map = derivation.MapOf(HubBoot);
        var sigmaUs = map.SigmaUs(nowUs);
        var said = phones.Verdict();
        var answer = new GetTimeResponse
        {
            TimeState = Wire(map.State),
            Source = map.State == TimeState.Anchored ? SourceOf(derivation, nowUs) : "",
            Revision = derivation.Revision,
            BootId = clock.BootId.ToString(),
            BootTimeUs = nowUs,
            Phones = VoteOf(derivation, said?.Verdict),
        };
        if (map.State != TimeState.Unknown)
        {
            answer.UtcUs = map.ToUtc(nowUs);
        }

        if (sigmaUs != long.MaxValue)
        {
            answer.SigmaUs = sigmaUs;
        }

        answer.Sentence = ClockTexts.Now(map.State, sigmaUs, answer.Source, answer.Source == PhoneVotes.Source ? said?.Verdict.Agreeing ?? 0 : 0);
        answer.Anchors.AddRange(derivation.Inputs.Facts.Of<UtcAnchor>().OrderByDescending(stated => stated.Fact.Revision).ThenBy(stated => stated.Fact.FactId.Value).Select(stated => AnchorOf(derivation, stated.Fact, stated.Body)));
        return answer;
    }

    /// <summary>Takes the phones' word into the facts if it is worth it, and says how it stands.</summary>
    public PhoneVote Weigh()
    {
        var derivation = derivations.Current;
        var said = phones.Verdict();
        if (said is { } now && phones.Offer(now.AtUs, now.Verdict, OthersSigmaUs(derivation, clock.NowUs())))
        {
            derivation = derivations.Current;
        }

        return VoteOf(derivation, said?.Verdict);
    }

    public Anchor AnchorOf(Fact fact)
    {
        var derivation = derivations.Current;
        return AnchorOf(derivation, fact, (UtcAnchor)fact.Body);
    }

    /// <summary>Whether the boot is one of this store or hub, with the stretch of its clock that is known.</summary>
    public BootClockFact? Find(Id128 boot)
    {
        var key = new BootKey(boot.Value);
        return Boots(derivations.Current).FirstOrDefault(known => known.Boot == key);
    }

    /// <summary>Every boot, by owner, then number.</summary>
    public ImmutableArray<BootClock> Boots(Derivation derivation, string owner) =>
    [
        .. Boots(derivation)
            .Select(boot => (Boot: boot, Owner: boot.Kind == ClockKind.Hub && boot.Owner == clock.HubId.Value ? "hub" : $"agents/{new Id128(boot.Owner)}"))
            .Where(entry => owner.Length == 0 || entry.Owner == owner)
            .OrderBy(entry => entry.Owner, StringComparer.Ordinal).ThenBy(entry => entry.Boot.BootNo).ThenBy(entry => entry.Boot.Boot.Value)
            .Select(entry => BootOf(derivation, entry.Boot, entry.Owner)),
    ];

    /// <summary>A hub that knows the time this well asks no phones, µs.</summary>
    private const long PhonesWorthUs = 5_000_000;

    private BootId HubBoot => new(clock.BootId.Value);

    /// <summary>Boots of this store and hub; clocks that only facts name are not anybody's here.</summary>
    private IEnumerable<BootClockFact> Boots(Derivation derivation)
    {
        var facts = ClockFacts.Of(derivation.Inputs.Facts, store.Dictionary, clock.Boots, clock.HubId, extents.ByBoot(store.Dictionary));
        return facts.Boots.Where(boot => boot.BootNo > 0 || boot.Kind == ClockKind.Utc);
    }

    private BootClock BootOf(Derivation derivation, BootClockFact boot, string owner)
    {
        var map = derivation.MapOf(new BootId(boot.Boot.Value));
        var agent = fleet.Current.TryFind(new AgentId(boot.Owner), out var known) ? known : null;
        var wire = new BootClock
        {
            BootId = new Id128(boot.Boot.Value).ToString(),
            Owner = owner,
            OwnerSlug = owner == "hub" ? "" : agent?.Slug ?? "",
            Kind = (BootClock.Types.Kind)boot.Kind,
            BootNo = boot.BootNo,
            Running = owner == "hub" ? boot.Boot.Value == clock.BootId.Value : fleet.PresenceOf(new AgentId(boot.Owner)).Boot is { } running && running.Value == boot.Boot.Value,
            FirstTUs = boot.FirstTUs,
            LastTUs = boot.LastTUs,
            TimeState = Wire(map.State),
        };
        var sigmaUs = Math.Max(map.SigmaUs(boot.FirstTUs), map.SigmaUs(boot.LastTUs));
        if (map.State != TimeState.Unknown)
        {
            (wire.FirstUtcUs, wire.LastUtcUs) = (map.ToUtc(boot.FirstTUs), map.ToUtc(boot.LastTUs));
        }

        if (sigmaUs != long.MaxValue)
        {
            wire.SigmaUs = sigmaUs;
        }

        wire.Outliers.AddRange(derivation.Outliers.Where(outlier => outlier.Boot == boot.Boot).Select(Wire));
        wire.Sentence = ClockTexts.Boot(map.State, sigmaUs);
        return wire;
    }

    private static Anchor AnchorOf(Derivation derivation, Fact fact, UtcAnchor body)
    {
        var anchor = new Anchor
        {
            FactId = fact.FactId.ToString(),
            BootId = body.Boot.ToString(),
            TUs = body.TUs,
            UtcUs = body.UtcUs,
            SigmaUs = body.SigmaUs,
            Source = body.Source,
            ByRole = fact.ByRole,
            Revision = fact.Revision,
        };
        if (derivation.Outliers.FirstOrDefault(outlier => outlier.FactId == fact.FactId.Value) is { FactId: var id } found && id == fact.FactId.Value)
        {
            anchor.Outlier = Wire(found);
        }

        return anchor;
    }

    private PhoneVote VoteOf(Derivation derivation, PhoneVerdict? verdict)
    {
        var vote = new PhoneVote { Phones = verdict?.Phones ?? 0, Agreeing = verdict?.Agreeing ?? 0, Outliers = verdict?.Outliers.Length ?? 0 };
        if (verdict is not null)
        {
            (vote.UtcUs, vote.SigmaUs) = (verdict.UtcUs, verdict.SigmaUs);
        }

        vote.State = StateOf(derivation, verdict);
        vote.Sentence = ClockTexts.Phones(vote.State, verdict);
        return vote;
    }

    private PhoneVote.Types.State StateOf(Derivation derivation, PhoneVerdict? verdict)
    {
        var othersUs = OthersSigmaUs(derivation, clock.NowUs());
        if (verdict is null ? othersUs < PhonesWorthUs : othersUs <= verdict.SigmaUs && (verdict.Agreement == PhoneAgreement.Agreed || othersUs < PhonesWorthUs))
        {
            return PhoneVote.Types.State.NotNeeded;
        }

        if (verdict is null || verdict.Phones < PhoneClocks.FewestPhones)
        {
            return PhoneVote.Types.State.TooFew;
        }

        return verdict.Agreement == PhoneAgreement.Agreed ? PhoneVote.Types.State.Agreed : PhoneVote.Types.State.NoAgreement;
    }

    /// <summary>The best bound the running boot has from anybody but phones, now.</summary>
    private long OthersSigmaUs(Derivation derivation, long nowUs)
    {
        var bestUs = long.MaxValue;
        var onHub = false;
        foreach (var (fact, anchor) in derivation.Inputs.Facts.Of<UtcAnchor>())
        {
            onHub |= anchor.Boot == clock.BootId;
            if (anchor.Source != PhoneVotes.Source && anchor.Boot == clock.BootId && derivation.Outliers.All(outlier => outlier.FactId != fact.FactId.Value))
            {
                bestUs = Math.Min(bestUs, new ClockSample(anchor.TUs, 0, anchor.SigmaUs).SigmaAt(nowUs));
            }
        }

        // Anchored through ties to another clock only: then that is what phones would have to better.
        var map = derivation.MapOf(HubBoot);
        return bestUs == long.MaxValue && !onHub && map.State == TimeState.Anchored ? map.SigmaUs(nowUs) : bestUs;
    }

    /// <summary>Source of the sharpest anchor that is followed, first on the running boot, then anywhere.</summary>
    private string SourceOf(Derivation derivation, long nowUs) => derivation.Inputs.Facts.Of<UtcAnchor>()
        .Where(stated => derivation.Outliers.All(outlier => outlier.FactId != stated.Fact.FactId.Value))
        .OrderBy(stated => stated.Body.Boot == clock.BootId ? 0 : 1)
        .ThenBy(stated => stated.Body.Boot == clock.BootId ? new ClockSample(stated.Body.TUs, 0, stated.Body.SigmaUs).SigmaAt(nowUs) : stated.Body.SigmaUs)
        .ThenBy(stated => stated.Fact.FactId.Value)
        .Select(stated => stated.Body.Source).FirstOrDefault("");

    private static V1.Outlier Wire(Outlier outlier) => new()
    {
        FactId = new Id128(outlier.FactId).ToString(),
        BootId = new Id128(outlier.Boot.Value).ToString(),
        Reason = (V1.Outlier.Types.Reason)outlier.Reason,
        DistanceUs = outlier.DistanceUs,
        Sentence = ClockTexts.Of(outlier.Reason, outlier.DistanceUs),
    };

    private static V1.TimeState Wire(TimeState state) => state switch
    {
        TimeState.Anchored => V1.TimeState.Anchored,
        TimeState.Bounded => V1.TimeState.Bounded,
        _ => V1.TimeState.Unknown,
    };
}
