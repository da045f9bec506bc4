using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Fleet;

/// <summary>Who may send here and what they said about themselves: kept in hub.db, read as an immutable snapshot. Safe from any thread.</summary>
internal sealed class FleetBook
{
    /// <summary>Foreign publishers nobody adopted; more are refused, so that a stranger cannot fill the table.</summary>
    public const int MostUnclaimed = 1000;

    private const int LongestForeignKey = 256;
    private const int MostTroubles = 32;
    private const int LongestTrouble = 400;

    // Beyond this a Birth's inputs are not remembered; their readings are.
    private const int MostInputs = 4096;

    private readonly FleetTable _table;
    private readonly HubClock _clock;
    private readonly Lock _gate = new();

    // Under _gate; the tables are replaced whole, so readers need no lock.
    private readonly Dictionary<AgentId, FleetRow> _rows;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Lookup _lookup;

    // Under _presenceGate: RAM only.
    private readonly Lock _presenceGate = new();
    private readonly Dictionary<AgentId, Presence> _presence = [];

    public FleetBook(HubDatabase database, HubClock clock)
    {
        _table = new FleetTable(database);
        _clock = clock;
        _rows = _table.Load().ToDictionary(row => row.Agent.Id);
        _lookup = Lookup.Of(0, _rows.Values);
    }

    public FleetSnapshot Current => _lookup.Fleet;

    /// <summary>Completes when the snapshot is newer than that version.</summary>
    public Task WaitForChangeAsync(long afterVersion, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Current.Version > afterVersion ? Task.CompletedTask : _changed.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Makes an agent identity with a random token. With the id of an agent that exists (or moves here from another hub) it keeps the id, gets a new token and is let in again.</summary>
    public Enrolment Enrol(string slug, AgentId? existing = null, AgentKey? key = null)
    {
        lock (_gate)
        {
            AgentId id = existing ?? new AgentId(Id128.New().Value);
            FleetRefusal refusal = SlugRefusal(slug, id);
            if (refusal != FleetRefusal.None)
            {
                return new Enrolment(refusal, null, null);
            }

            FleetAgent agent = _rows.TryGetValue(id, out FleetRow? known) ? known.Agent : new FleetAgent { Id = id, Slug = slug };
            agent = agent with { Slug = slug, Adopted = true, Standing = AgentStanding.Active };
            return Issue(new FleetRow(key is null ? agent : WithKey(agent, key), null, known?.ForeignKey));
        }
    }

    /// <summary>A maker's device with a token: the one that stands under that topic, or a new one.</summary>
    /// <param name="slug">Its label, and the user name it shows.</param>
    /// <param name="topic">What it publishes under: this topic and all below.</param>
    public Enrolment AddMaker(string slug, string topic)
    {
        lock (_gate)
        {
            AgentId? known = _lookup.ByForeignKey.TryGetValue(topic, out AgentId found) ? found : null;
            AgentId id = known ?? new AgentId(Id128.New().Value);
            FleetRefusal refusal = SlugRefusal(slug, id);
            refusal = refusal != FleetRefusal.None ? refusal : TopicRefusal(topic, id);
            if (refusal != FleetRefusal.None)
            {
                return new Enrolment(refusal, null, null);
            }

            FleetAgent agent = known is not null ? _rows[id].Agent : new FleetAgent { Id = id, Slug = slug, Foreign = true };
            return Issue(new FleetRow(agent with { Slug = slug, Adopted = true, Topic = topic, Standing = AgentStanding.Active }, null, topic));
        }
    }

    /// <summary>A new token in place of the old one, for one that is let in.</summary>
    public Enrolment Renew(AgentId id)
    {
        lock (_gate)
        {
            return _rows.TryGetValue(id, out FleetRow? row) && row.Agent.Standing == AgentStanding.Active
                ? Issue(row)
                : new Enrolment(FleetRefusal.UnknownAgent, null, null);
        }
    }

    /// <summary>Takes the token away without another: an agent whose key is known fetches a new one by itself.</summary>
    public bool Expire(AgentId id) => Change(id, row => row with { TokenSha256 = null });

    /// <summary>Lets in or not. Whoever is not let in loses the token, too. False when the hub does not know it.</summary>
    public bool SetStanding(AgentId id, AgentStanding standing) => Change(id, row => row with
    {
        Agent = row.Agent with { Standing = standing },
        TokenSha256 = standing == AgentStanding.Active ? row.TokenSha256 : null,
    });

    /// <summary>Remembers key and board of an agent that came with a join file, when it first shows them; what is known already stays.</summary>
    public void LearnKey(AgentId id, AgentKey key)
    {
        if (Current.TryFind(id, out FleetAgent? agent) && (agent.PublicKey.Length == 0 || agent.Board.Length == 0))
        {
            AgentKey kept = agent.PublicKey.Length > 0 ? key with { PublicKey = agent.PublicKey, LabelCode = agent.LabelCode }
                : key.PublicKey.Length > 0 ? key with { LabelCode = LabelCode.Of(Convert.FromBase64String(key.PublicKey)) } : key;
            if (kept != new AgentKey(agent.PublicKey, agent.Board, agent.LabelCode))
            {
                Change(id, row => row with { Agent = WithKey(row.Agent, kept) });
            }
        }
    }

    /// <summary>The agent that has that key.</summary>
    public FleetAgent? FindByKey(string publicKey) => publicKey.Length == 0 ? null : Current.Agents.FirstOrDefault(agent => agent.PublicKey == publicKey);

    /// <summary>Takes an unclaimed foreign publisher in under a slug.</summary>
    public FleetRefusal Adopt(AgentId id, string slug)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(id, out FleetRow? row))
            {
                return FleetRefusal.UnknownAgent;
            }

            if (!row.Agent.Unclaimed)
            {
                return FleetRefusal.NotUnclaimed;
            }

            FleetRefusal refusal = SlugRefusal(slug, id);
            if (refusal == FleetRefusal.None)
            {
                Save(row with { Agent = row.Agent with { Slug = slug, Adopted = true } });
            }

            return refusal;
        }
    }

    /// <summary>The agent behind a foreign key (a topic root, a client's name), made on first sight; null when the key is out of form or there are too many.</summary>
    /// <param name="key">Topic root or name.</param>
    /// <param name="simulated">Nothing of it is measured.</param>
    /// <param name="adopted">True where whoever publishes it was taken in already: a gateway with a token, for its own devices.</param>
    public AgentId? EnsureForeign(string key, bool simulated = false, bool adopted = false)
    {
        if (_lookup.ByForeignKey.TryGetValue(key, out AgentId known))
        {
            return known;
        }

        if (key.Length is 0 or > LongestForeignKey)
        {
            return null;
        }

        lock (_gate)
        {
            if (_lookup.ByForeignKey.TryGetValue(key, out known))
            {
                return known;
            }

            if (_rows.Values.Count(row => row.Agent.Foreign && !row.Agent.HasToken && row.Agent.Adopted == adopted) >= MostUnclaimed)
            {
                return null;
            }

            var agent = new FleetAgent
            {
                Id = new AgentId(Id128.New().Value),
                Slug = Slug.From(key, taken => Current.TryFindBySlug(taken, out _)),
                Foreign = true,
                Simulated = simulated,
                Topic = key,
                Adopted = adopted,
            };
            Save(new FleetRow(agent, null, key));
            return agent.Id;
        }
    }

    /// <summary>Takes an agent in that another hub or a file knows: without token, under its label or one like it. One that is here already keeps all it has and learns only inputs it has not told of.</summary>
    /// <returns>True when it is new here.</returns>
    public bool Learn(FleetAgent told)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(told.Id, out FleetRow? known))
            {
                Save(new FleetRow(told with { Slug = Slug.From(told.Slug, taken => Current.TryFindBySlug(taken, out _)), Topic = "", PublicKey = "", Board = "", LabelCode = "" }, null, null));
                return true;
            }

            FleetAgent more = known.Agent with { Inputs = told.Inputs.SetItems(known.Agent.Inputs) };
            if (more.Inputs.Count > known.Agent.Inputs.Count)
            {
                Save(known with { Agent = more });
            }

            return false;
        }
    }

    /// <summary>The agent an enrolled token belongs to.</summary>
    public bool TryAuthenticate(string token, out AgentId id) => TryAuthenticate(token, out id, out _);

    /// <summary>The agent an enrolled token belongs to, and what <see cref="Holds"/> asks for later.</summary>
    public bool TryAuthenticate(string token, out AgentId id, out string ticket)
    {
        ticket = Convert.ToHexString(HashOf(token));
        return _lookup.ByToken.TryGetValue(ticket, out id);
    }

    /// <summary>True while the token that was shown is still the agent's.</summary>
    public bool Holds(AgentId id, string ticket) => _lookup.ByToken.TryGetValue(ticket, out AgentId bearer) && bearer == id;

    /// <summary>Takes over what a Birth tells about the agent. False when the hub does not know it.</summary>
    public bool ReportBirth(AgentId id, Birth birth)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(id, out FleetRow? row))
            {
                return false;
            }

            FleetAgent agent = row.Agent with
            {
                Description = Clip(birth.Description, 200),
                // A device is never a recording, whatever it says: it could hide behind that.
                Software = birth.SoftwareVersion == FleetAgent.RecordingSoftware ? "" : Clip(birth.SoftwareVersion, 64),
                Simulated = birth.Simulated,
                Inputs = Merged(row.Agent.Inputs, birth),
            };
            if (agent != row.Agent)
            {
                Save(row with { Agent = agent });
            }
        }

        BootId? running = birth.Boots.Count > 0 && Id128.TryRead(birth.Boots[^1].BootId.Span, out Id128 boot) ? new BootId(boot.Value) : null;
        Touch(id, presence => presence with { Boot = running ?? presence.Boot, Platform = Clip(birth.Platform, 32), Update = birth.Update });
        ReportHealth(id, birth.Health);
        return true;
    }

    public void ReportHealth(AgentId id, Health? health) =>
        Touch(id, presence => health is null ? presence : presence with
        {
            OldestUnreceiptedUs = health.OldestUnreceiptedUs,
            Troubles = [.. health.Troubles.Take(MostTroubles).Select(said => new SaidTrouble(Clip(said.About, 100), Clip(said.En, LongestTrouble), Clip(said.Vi, LongestTrouble)))],
        });

    /// <summary>A message of it arrived.</summary>
    public void Seen(AgentId id) => Touch(id, presence => presence);

    /// <summary>A connection of it opened; balanced by <see cref="Disconnected"/>.</summary>
    public void Connected(AgentId id) => Touch(id, presence => presence with { Connections = presence.Connections + 1 });

    public void Disconnected(AgentId id) => Touch(id, presence => presence with { Connections = Math.Max(0, presence.Connections - 1) });

    public AgentPresence PresenceOf(AgentId id)
    {
        lock (_presenceGate)
        {
            return _presence.TryGetValue(id, out Presence? presence)
                ? new AgentPresence(presence.Connections > 0, presence.LastSeenUs, presence.OldestUnreceiptedUs, presence.Boot, presence.Troubles, presence.Platform, presence.Update)
                : default;
        }
    }

    private static ImmutableDictionary<(string Port, string Quantity), AgentInput> Merged(ImmutableDictionary<(string Port, string Quantity), AgentInput> known, Birth birth)
    {
        ImmutableDictionary<(string Port, string Quantity), AgentInput> merged = known;
        foreach (Input input in birth.Catalogs.SelectMany(catalog => catalog.Inputs).Take(MostInputs))
        {
            var told = new AgentInput(Math.Max(0, input.IntervalUs), Clip(input.Label, 100), Clip(input.ProbeModel, 100), Clip(input.ProbeSerial, 100));
            merged = merged.SetItem((input.Port, input.Quantity), told);
        }

        return merged;
    }

    private static string Clip(string text, int most) => text.Length <= most ? text : text[..most];

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static FleetAgent WithKey(FleetAgent agent, AgentKey key) => agent with { PublicKey = key.PublicKey, Board = key.Board, LabelCode = key.LabelCode };

    /// <summary>Under _gate: saves the row with a random token.</summary>
    private Enrolment Issue(FleetRow row)
    {
        string token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Save(row with { TokenSha256 = HashOf(token) });
        return new Enrolment(FleetRefusal.None, _rows[row.Agent.Id].Agent, token);
    }

    private bool Change(AgentId id, Func<FleetRow, FleetRow> change)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(id, out FleetRow? row))
            {
                return false;
            }

            Save(change(row));
            return true;
        }
    }

    /// <summary>A token speaks for its topic and all below, so no other token may stand above or below.</summary>
    private FleetRefusal TopicRefusal(string topic, AgentId bearer)
    {
        bool isReserved = topic is "sl" or "stemlab" || topic.StartsWith(Topics.OutRoot, StringComparison.Ordinal) || topic.StartsWith("sl/", StringComparison.Ordinal) || topic.StartsWith('$');
        if (topic.Length is 0 or > LongestForeignKey || isReserved || topic.AsSpan().IndexOfAny('+', '#', '\0') >= 0 || topic.StartsWith('/') || topic.EndsWith('/'))
        {
            return FleetRefusal.BadTopic;
        }

        return Current.Agents.Any(other => other.Foreign && other.HasToken && other.Id != bearer && (IsBelow(topic, other.Topic) || IsBelow(other.Topic, topic))) ? FleetRefusal.TopicTaken : FleetRefusal.None;
    }

    private static bool IsBelow(string topic, string root) =>
        topic.StartsWith(root, StringComparison.Ordinal) && (topic.Length == root.Length || topic[root.Length] == '/');

    private FleetRefusal SlugRefusal(string slug, AgentId bearer)
    {
        if (!Slug.IsValid(slug))
        {
            return FleetRefusal.BadSlug;
        }

        return Current.TryFindBySlug(slug, out FleetAgent? other) && other.Id != bearer ? FleetRefusal.SlugTaken : FleetRefusal.None;
    }

    /// <summary>Under _gate: hub.db first, then the snapshot.</summary>
    private void Save(FleetRow row)
    {
        row = row with { Agent = row.Agent with { HasToken = row.TokenSha256 is not null } };
        _table.Save(row);
        _rows[row.Agent.Id] = row;
        _lookup = Lookup.Of(Current.Version + 1, _rows.Values);
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private void Touch(AgentId id, Func<Presence, Presence> change)
    {
        if (!Current.IsKnown(id))
        {
            return;
        }

        long nowUs = _clock.NowUs();
        lock (_presenceGate)
        {
            Presence presence = _presence.GetValueOrDefault(id) ?? new Presence(0, nowUs, null, null, [], "", null);
            _presence[id] = change(presence) with { LastSeenUs = nowUs };
        }
    }

    private sealed record Presence(int Connections, long LastSeenUs, long? OldestUnreceiptedUs, BootId? Boot, ImmutableArray<SaidTrouble> Troubles, string Platform, UpdateReport? Update);

    /// <summary>The snapshot with what only this room may look up. Immutable.</summary>
    private sealed record Lookup(FleetSnapshot Fleet, ImmutableDictionary<string, AgentId> ByForeignKey, ImmutableDictionary<string, AgentId> ByToken)
    {
        public static Lookup Of(long version, IReadOnlyCollection<FleetRow> rows) => new(
            new FleetSnapshot(version, rows.Select(row => row.Agent)),
            rows.Where(row => row.ForeignKey is not null).ToImmutableDictionary(row => row.ForeignKey!, row => row.Agent.Id, StringComparer.Ordinal),
            rows.Where(row => row.TokenSha256 is not null && row.Agent.Standing == AgentStanding.Active).ToImmutableDictionary(row => Convert.ToHexString(row.TokenSha256!), row => row.Agent.Id, StringComparer.Ordinal));
    }
}
