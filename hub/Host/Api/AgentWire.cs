using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>How agents are named and shown by the services. Safe from any thread; looks into snapshots.</summary>
internal sealed class AgentWire(FleetBook fleet, ObservationStore store, DerivationBook derivations, HubClock clock)
{
    private const string AgentType = "stemlab.dev/Agent";

    public static void Refuse(FleetRefusal refusal, string name, string slug)
    {
        switch (refusal)
        {
            case FleetRefusal.BadSlug:
                throw Rpc.InvalidArgument("slug", $"is '{slug}'; expected 1 to {Slug.MostCharacters} of a-z, 0-9 and -");
            case FleetRefusal.SlugTaken:
                throw Rpc.AlreadyExists(AgentType, slug);
            case FleetRefusal.UnknownAgent:
                throw Rpc.NotFound(AgentType, name);
            case FleetRefusal.NotUnclaimed:
                throw Rpc.FailedPrecondition("NOT_UNCLAIMED", name, "the agent is adopted already", "Máy đo này đã được nhận rồi");
            case FleetRefusal.BadTopic:
                throw Rpc.InvalidArgument("topic", "expected a topic like lab/pond: up to 256 bytes, no + # $, not below sl/ or stemlab/, no / at its ends");
            case FleetRefusal.TopicTaken:
                throw Rpc.FailedPrecondition("TOPIC_TAKEN", name, "another device shows a token for this topic, or for one above or below it: choose another topic, or give that device a new token", "Chủ đề này, hoặc chủ đề trên hay dưới nó, đã thuộc về thiết bị khác; hãy chọn chủ đề khác, hoặc cấp mã mới cho thiết bị kia");
            case FleetRefusal.None:
                break;
        }
    }

    /// <summary>The wire's sum has no term for rows numbered anew that were there already bit for bit: they are stored.</summary>
    private static V1.Account Wire(Store.Account account) => new()
    {
        Expected = account.Expected,
        Stored = account.Stored + account.Duplicate,
        Conflict = account.Conflict,
        Erased = account.Erased,
        Rejected = account.Rejected,
        Lost = account.Lost.Values.Sum(),
        Missing = account.Missing,
        Duplicate = account.Duplicate + account.Redelivered,
        TailUnknown = account.TailUnknownStreams > 0,
        Complete = account.Streams > 0 && account.OpenStreams == 0,
    };

    public FleetAgent Find(string name)
    {
        const string Prefix = "agents/";
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !Id128.TryParse(name.AsSpan(Prefix.Length), out Id128 id))
        {
            throw Rpc.InvalidArgument("name", $"is '{name}'; expected agents/{{32 lowercase hex}}");
        }

        return fleet.Current.TryFind(new AgentId(id.Value), out FleetAgent? agent) ? agent : throw Rpc.NotFound(AgentType, name);
    }

    public Agent Of(FleetAgent agent)
    {
        Derivation derivation = derivations.Current;
        AgentPresence presence = fleet.PresenceOf(agent.Id);
        var wire = new Agent
        {
            Name = $"agents/{agent.Id}",
            Slug = agent.Slug,
            Description = agent.Description,
            State = State(agent, presence),
            Simulated = agent.Simulated,
            Foreign = agent.Foreign,
            SoftwareVersion = agent.Software,
            Account = Wire(store.Account(agent.Id)),
            Standing = (Agent.Types.Standing)agent.Standing,
            LabelCode = agent.LabelCode,
        };
        if (!presence.Troubles.IsDefaultOrEmpty)
        {
            wire.Troubles.AddRange(presence.Troubles.Select(said => new AgentTrouble { About = said.About, En = said.En, Vi = said.Vi }));
        }

        long nowUs = clock.NowUs();
        if (presence.LastSeenUs is { } seenUs)
        {
            wire.LastSeenAgeUs = nowUs - seenUs;
        }

        if (presence.OldestUnreceiptedUs is { } oldestUs)
        {
            wire.OldestUnreceiptedUs = oldestUs;
        }

        Time(wire, agent, presence, derivation, nowUs);
        return wire;
    }

    private static Agent.Types.State State(FleetAgent agent, AgentPresence presence)
    {
        if (agent.Unclaimed)
        {
            return Agent.Types.State.Unclaimed;
        }

        return presence.Online ? Agent.Types.State.Online : Agent.Types.State.Offline;
    }

    /// <summary>How well the agent's "now" is known: its running boot at the hub's now; a foreign publisher is stamped on the hub's own clock.</summary>
    private void Time(Agent wire, FleetAgent agent, AgentPresence presence, Derivation derivation, long nowUs)
    {
        var hubBoot = new BootId(clock.BootId.Value);
        BootId boot = presence.Boot ?? hubBoot;
        if (presence.Boot is null && !agent.Foreign)
        {
            return;
        }

        TimeMap map = derivation.MapOf(boot);
        wire.TimeState = map.State switch
        {
            Science.Time.TimeState.Anchored => V1.TimeState.Anchored,
            Science.Time.TimeState.Bounded => V1.TimeState.Bounded,
            _ => V1.TimeState.Unknown,
        };
        long atUs = derivation.Instants.On(new Id128(boot.Value), Facts.Instant.AtBoot(clock.BootId, nowUs));
        long sigmaUs = atUs is Instants.Never or Instants.Beginning ? long.MaxValue : map.SigmaUs(atUs);
        if (sigmaUs != long.MaxValue)
        {
            wire.SigmaUs = sigmaUs;
        }
    }
}
