using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.Query;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>What the pages show, looked up once per page. Safe from any thread.</summary>
internal sealed class PageModel(ObservationStore store, DerivationBook derivations, ReadingQuery query, FleetBook fleet, HubClock clock, HubOptions options, RunningHub running)
{
    private const long LeastStaleUs = 10_000_000;

    public bool IsDemo => options.Demo;

    public int MqttPort => (running.Options ?? options).MqttPort;

    public int GrpcPort => (running.Options ?? options).GrpcPort;

    public string DataFolder => options.DataFolder;

    public long Rows => store.Stats.RowsStored;

    public string? StoreTrouble => store.Health.Trouble;

    /// <summary>Half-width of the hub's time bound now, µs; null = the time is not known.</summary>
    public long? SigmaUs
    {
        get
        {
            var map = derivations.Current.MapOf(new BootId(clock.BootId.Value));
            var sigma = map.SigmaUs(clock.NowUs());
            return map.State == Science.Time.TimeState.Unknown || sigma == long.MaxValue ? null : sigma;
        }
    }

    /// <summary>Channels with their newest reading, grouped by agent, both in the order of their names.</summary>
    public ImmutableArray<AgentCard> Cards()
    {
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var derivation = derivations.Current;
        return
        [
            .. derivation.Channels.GroupBy(channel => channel.Agent).Select(group => new AgentCard(
                group.Key,
                group.First().AgentSlug,
                fleet.Current.TryFind(group.Key, out var agent) ? agent.Description : "",
                group.First().Simulated,
                group.First().Unclaimed,
                [.. group.Select(channel => CardOf(channel, query.LatestOf(snapshot, derivation, channel)))])),
        ];
    }

    public ImmutableArray<AgentRow> AgentRows() =>
        [.. fleet.Current.Agents.Select(agent => new AgentRow(agent, fleet.PresenceOf(agent.Id), store.Account(agent.Id), clock.NowUs()))];

    private static ChannelCard CardOf(ChannelView channel, Reading? latest) =>
        new(channel, latest, latest is { HasAgeUs: true } && latest.AgeUs > Math.Max(LeastStaleUs, 3 * channel.IntervalUs));
}

internal sealed record AgentCard(AgentId Agent, string Slug, string Description, bool Simulated, bool Unclaimed, ImmutableArray<ChannelCard> Channels);

internal sealed record ChannelCard(ChannelView Channel, Reading? Latest, bool IsStale);

internal sealed record AgentRow(FleetAgent Agent, AgentPresence Presence, Store.Account Account, long NowUs);
