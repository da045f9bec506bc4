using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Hub.History;
using StemLab.Hub.Influx;
using StemLab.Hub.Operations;
using StemLab.Hub.Query;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Web;

/// <summary>What the pages show, looked up once per page. Safe from any thread.</summary>
internal sealed class PageModel(ObservationStore store, DerivationBook derivations, ReadingQuery query, FleetBook fleet, HubClock clock, HubOptions options, RunningHub running, InfluxLink influx, Access.SetupState setup, TimeProvider time)
{
    private const long LeastStaleUs = 10_000_000;

    /// <summary>A page does not wait longer for what the browser can ask as well.</summary>
    private static readonly TimeSpan MostAnswerTime = TimeSpan.FromMilliseconds(250);

    /// <summary>As the JSON face writes: what is zero is said.</summary>
    private static readonly JsonFormatter Writer = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public bool IsDemo => options.Demo;

    public int MqttPort => (running.Options ?? options).MqttPort;

    public int GrpcPort => (running.Options ?? options).GrpcPort;

    public string DataFolder => options.DataFolder;

    /// <summary>Empty before set-up.</summary>
    public string SchoolName => setup.SchoolName;

    public long Rows => store.StoredTotal;

    /// <summary>"SQLite", or "InfluxDB 1.6.7".</summary>
    public string StoreName => influx.Status is { } status ? InfluxSentence.NameOf(status) : "SQLite";

    /// <summary>One sentence on the store; null = in order, and nothing else to say.</summary>
    public string? StoreSentence(string language) => store.Health.Trouble ?? (influx.Status is { } status ? InfluxSentence.Of(status, language) : null);

    /// <summary>True when somebody should look.</summary>
    public bool HasStoreTrouble => store.Health.Trouble is not null || (influx.Status is { } status && !InfluxSentence.IsGood(status));

    /// <summary>The hub's UTC now, µs; null while it is not known at all.</summary>
    public long? NowUtcUs
    {
        get
        {
            var map = derivations.Current.MapOf(new BootId(clock.BootId.Value));
            return map.State == Science.Time.TimeState.Unknown ? null : map.ToUtc(clock.NowUs());
        }
    }

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

    /// <summary>What a chart of one channel asks first; null where the time is not known.</summary>
    /// <param name="spanS">What it shows at first, seconds; half as much before it is fetched with it.</param>
    public FirstHistory? FirstHistoryOf(string channel, int spanS)
    {
        if (NowUtcUs is not { } now)
        {
            return null;
        }

        var start = now - (spanS * 1_500_000L);
        return new FirstHistory(string.Create(CultureInfo.InvariantCulture, $"/v1/readings:query?channels={Uri.EscapeDataString(channel)}&startTimeUs={start}&maxBuckets={FirstHistory.Buckets}"), channel, spanS, start);
    }

    /// <summary>The same with what a chart draws of its answer, so that a phone draws as soon as it can; without, where that takes longer than a page may, or something is wrong that the browser will be told when it asks.</summary>
    /// <remarks>For who may read the channel: nothing is checked here.</remarks>
    public async Task<FirstHistory> AnsweredAsync(FirstHistory first, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(MostAnswerTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var lines = new List<string>();
        var blocks = new List<BucketBlock>();
        try
        {
            var request = new QueryReadingsRequest { Channels = { first.Of }, StartTimeUs = first.StartUs, MaxBuckets = FirstHistory.Buckets };
            await foreach (var answer in query.RunAsync(request, ChannelSelection.Parse(request.Channels, out _), either.Token))
            {
                blocks.AddRange(answer.Buckets);
                lines.Add(Writer.Format(Drawn(answer)));
            }
        }
        catch (Exception error) when (error is StoreDamagedException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return first;
        }

        return first with { Answer = string.Join('\n', lines), Blocks = [.. blocks] };
    }

    /// <summary>Only what a chart draws, and each index told from the one before it: a slow phone reads every letter twice.</summary>
    private static QueryReadingsResponse Drawn(QueryReadingsResponse answer)
    {
        var drawn = answer.Clone();
        foreach (var block in drawn.Buckets)
        {
            block.First.Clear();
            block.Last.Clear();
            block.NotEvaluated.Clear();
            block.Suspect.Clear();
            block.Fail.Clear();
            block.Missing.Clear();
            for (var i = block.Index.Count - 1; i > 0; i--)
            {
                block.Index[i] -= block.Index[i - 1];
            }
        }

        return drawn;
    }

    /// <summary>Channels with their newest reading, grouped by agent, both in the order of their names.</summary>
    public ImmutableArray<AgentCard> Cards()
    {
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var derivation = derivations.Current;
        return
        [
            .. derivation.Channels.Where(channel => !channel.Recorded).GroupBy(channel => channel.Agent).Select(group => new AgentCard(
                group.Key,
                group.First().AgentSlug,
                PlaceNames.Of(derivation, group.First()),
                group.First().Simulated,
                group.First().Unclaimed,
                [.. group.Select(channel => CardOf(channel, query.LatestOf(snapshot, derivation, channel)))])),
        ];
    }

    /// <summary>Newest reading of each of these channels that has one.</summary>
    public IReadOnlyDictionary<string, Reading> NewestOf(IEnumerable<string> channels)
    {
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var derivation = derivations.Current;
        return query.Latest(snapshot, derivation, channels.Select(name => derivation.TryFindChannel(name, out var channel) ? channel : null).OfType<ChannelView>()).ToDictionary(reading => reading.Channel, StringComparer.Ordinal);
    }

    /// <summary>Slug and name of each site.</summary>
    public IReadOnlyList<(string Slug, string Name)> Sites(string language) =>
    [
        .. derivations.Current.Inputs.Facts.Of<Facts.Site>().Select(site => site.Body).GroupBy(site => site.Slug).Select(same => same.Last()).OrderBy(site => site.Slug, StringComparer.Ordinal)
            .Select(site => (site.Slug, PlaceNames.Of(site).In(language))),
    ];

    /// <summary>Id and title of each run, the newest first.</summary>
    public IReadOnlyList<(string Id, string Title)> Runs() =>
        [.. derivations.Current.Inputs.Facts.Of<Facts.Run>().OrderByDescending(run => run.Fact.Revision).Select(run => (run.Body.RunId.ToString(), Named(run.Body.Title, run.Body.RunId.ToString())))];

    /// <summary>Every channel but those of recordings that come with lessons, in the order of the board.</summary>
    public ImmutableArray<ChannelView> Channels() => [.. derivations.Current.Channels.Where(channel => !channel.Recorded)];

    /// <summary>The channel of a name; null = none of this hub.</summary>
    public ChannelView? ChannelOf(string name) => derivations.Current.TryFindChannel(name, out var channel) ? channel : null;

    /// <summary>Where it hangs, for people, in the page's language.</summary>
    public string PlaceOf(ChannelView channel, Texts texts) => PlaceNames.Of(derivations.Current, channel).In(texts.Language);

    public ImmutableArray<AgentRow> AgentRows()
    {
        var derivation = derivations.Current;
        return [.. fleet.Current.Agents.Where(agent => !agent.IsRecording).OrderByDescending(agent => agent.Unclaimed).ThenBy(agent => agent.Slug, StringComparer.Ordinal).Select(agent => RowOf(agent, derivation))];
    }

    public static string NameOf(ChannelView channel, Texts texts) => channel.Property is { } property ? texts.Say(property.NameEn, property.NameVi) : channel.Port;

    /// <summary>Names of observed properties in the page's language; one nobody knows is named by its id.</summary>
    public static Func<string, string> PropertyNames(Texts texts) =>
        id => Science.Properties.ObservedProperties.Default.TryFind(id, out var property) ? texts.Say(property.NameEn, property.NameVi) : id;

    public static string UnitOf(ChannelView channel) => Science.Units.UnitSymbols.Of(channel.UnitUcum);

    private AgentRow RowOf(FleetAgent agent, Derivation derivation)
    {
        var presence = fleet.PresenceOf(agent.Id);
        var now = clock.NowUs();
        var row = new AgentRow(agent, presence, store.Account(agent.Id), now, null, false);
        if (presence.Boot is null && !agent.Foreign)
        {
            return row;
        }

        var boot = presence.Boot ?? new BootId(clock.BootId.Value);
        var map = derivation.MapOf(boot);
        var at = derivation.Instants.On(new Id128(boot.Value), Facts.Instant.AtBoot(clock.BootId, now));
        var sigma = at is Instants.Never or Instants.Beginning ? long.MaxValue : map.SigmaUs(at);
        return row with { SigmaUs = sigma == long.MaxValue ? null : sigma, IsBounded = map.State == Science.Time.TimeState.Bounded };
    }

    private static ChannelCard CardOf(ChannelView channel, Reading? latest) =>
        new(channel, latest, latest is { HasAgeUs: true } && latest.AgeUs > Math.Max(LeastStaleUs, 3 * channel.IntervalUs));

    private static string Named(string name, string otherwise) => name.Length > 0 ? name : otherwise;
}

internal sealed record AgentCard(AgentId Agent, string Slug, PlaceName Place, bool Simulated, bool Unclaimed, ImmutableArray<ChannelCard> Channels);

internal sealed record ChannelCard(ChannelView Channel, Reading? Latest, bool IsStale);

/// <summary>One agent, and how well its running clock is known: half-width in µs, null = not known.</summary>
internal sealed record AgentRow(FleetAgent Agent, AgentPresence Presence, Store.Account Account, long NowUs, long? SigmaUs, bool IsBounded);
