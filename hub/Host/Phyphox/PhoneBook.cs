using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Phyphox;

/// <summary>
/// Experiments for phones that are open, and the phones that fetched one: each becomes a maker's device of its own with a key of its own. Kept in hub.db as hashes; over after
/// <see cref="Lasts"/>, then its devices take nothing more and keep what they measured. Safe from any thread; snapshots, swapped whole.
/// </summary>
internal sealed class PhoneBook
{
    public const int CodeLength = 6;
    public const int MostPhones = 60;
    public const int MostOpen = 20;

    /// <summary>A day's trip.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(14);

    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS phone_experiment(
            id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL, sensors TEXT NOT NULL, rate INTEGER NOT NULL, end_boot BLOB NOT NULL, end_us INTEGER NOT NULL, end_utc INTEGER) STRICT;
        CREATE TABLE IF NOT EXISTS phone_key(
            secret BLOB PRIMARY KEY, experiment INTEGER NOT NULL, agent BLOB NOT NULL) STRICT;
        """;

    private readonly HubDatabase _database;
    private readonly FleetBook _fleet;
    private readonly AccessClock _clock;
    private readonly Lock _gate = new();

    // Under _gate for writing.
    private volatile ImmutableList<PhoneExperiment> _open;
    private volatile ImmutableDictionary<string, (long Experiment, AgentId Agent)> _phones;

    public PhoneBook(HubDatabase database, FleetBook fleet, AccessClock clock)
    {
        (_database, _fleet, _clock) = (database, fleet, clock);
        database.EnsureSchema(Ddl);
        (_open, _phones) = database.Read(Load);
    }

    public IReadOnlyList<PhoneExperiment> Open => [.. _open.Where(one => !_clock.IsOver(one.Lifetime))];

    public int PhonesOf(long experiment) => _phones.Values.Count(phone => phone.Experiment == experiment);

    /// <summary>Opens one; null when too many are open.</summary>
    public PhoneExperiment? Start(string title, ImmutableArray<PhoneSensor> sensors, int rateHz)
    {
        lock (_gate)
        {
            Sweep();
            if (_open.Count >= MostOpen)
            {
                return null;
            }

            var (code, lifetime) = (Secrets.NewCode(CodeLength), _clock.Lasting(Lasts));
            var id = _database.Write((connection, transaction) =>
            {
                using var command = connection.Sql(
                    transaction,
                    "INSERT INTO phone_experiment(code, title, sensors, rate, end_boot, end_us, end_utc) VALUES($code, $title, $sensors, $rate, $boot, $us, $utc) RETURNING id",
                    ("$code", code),
                    ("$title", title),
                    ("$sensors", JsonSerializer.Serialize([.. sensors.Select(sensor => sensor.Key)], PhyphoxJson.Default.StringArray)),
                    ("$rate", rateHz),
                    ("$boot", lifetime.Boot),
                    ("$us", lifetime.EndUs),
                    ("$utc", lifetime.EndUtcUs));
                return (long)command.ExecuteScalar()!;
            });
            var opened = new PhoneExperiment(id, code, title, sensors, rateHz, lifetime);
            _open = _open.Add(opened);
            return opened;
        }
    }

    /// <summary>The open experiment of a code as typed; null = none.</summary>
    public PhoneExperiment? Find(string typed)
    {
        var shown = Secrets.HashOf(Secrets.Typed(typed));
        PhoneExperiment? found = null;
        foreach (var one in _open)
        {
            found = CryptographicOperations.FixedTimeEquals(Secrets.HashOf(one.Code), shown) && !_clock.IsOver(one.Lifetime) ? one : found;
        }

        return found;
    }

    /// <summary>A phone fetches the experiment: a device and a key of its own. Null when enough have.</summary>
    public (string Slug, long Key)? Join(PhoneExperiment experiment)
    {
        lock (_gate)
        {
            if (PhonesOf(experiment.Id) >= MostPhones)
            {
                return null;
            }

            // Fifteen digits: 50 bits, and a whole number to every program that takes it for a double.
            var key = (RandomNumberGenerator.GetInt32(1_000_000, 10_000_000) * 100_000_000L) + RandomNumberGenerator.GetInt32(0, 100_000_000);
            string slug;
            Enrolment made;
            do
            {
                var name = Secrets.NewCode(4).ToLowerInvariant();
                slug = $"phone-{name}";
                made = _fleet.AddMaker(slug, $"phyphox/{name}");
            }
            while (made.Refusal is FleetRefusal.SlugTaken or FleetRefusal.TopicTaken);
            var agent = made.Agent!.Id;
            _database.Write((connection, transaction) => connection.Run(
                transaction, "INSERT INTO phone_key(secret, experiment, agent) VALUES($secret, $experiment, $agent)", ("$secret", HashOf(key)), ("$experiment", experiment.Id), ("$agent", new Id128(agent.Value))));
            _phones = _phones.Add(Convert.ToHexString(HashOf(key)), (experiment.Id, agent));
            return (slug, key);
        }
    }

    /// <summary>Whose key this is; null when nobody's, or its experiment is over.</summary>
    public AgentId? PhoneOf(long key) =>
        _phones.TryGetValue(Convert.ToHexString(HashOf(key)), out var phone) && _open.Find(one => one.Id == phone.Experiment) is { } experiment && !_clock.IsOver(experiment.Lifetime)
            && _fleet.Current.TryFind(phone.Agent, out var agent) && agent.Standing == AgentStanding.Active ? phone.Agent : null;

    /// <summary>Ends one: its phones' keys are good for nothing, what they measured stays. False = it was not open.</summary>
    public bool End(long id)
    {
        lock (_gate)
        {
            if (_open.Find(one => one.Id == id) is not { } experiment)
            {
                return false;
            }

            var gone = _phones.Where(phone => phone.Value.Experiment == id).ToArray();
            _database.Write((connection, transaction) =>
                connection.Run(transaction, "DELETE FROM phone_key WHERE experiment = $id", ("$id", id)) + connection.Run(transaction, "DELETE FROM phone_experiment WHERE id = $id", ("$id", id)));
            _open = _open.Remove(experiment);
            _phones = _phones.RemoveRange(gone.Select(phone => phone.Key));
            foreach (var phone in gone)
            {
                _fleet.SetStanding(phone.Value.Agent, AgentStanding.Retired);
            }

            return true;
        }
    }

    private static byte[] HashOf(long key) => Secrets.HashOf(key.ToString(CultureInfo.InvariantCulture));

    private void Sweep()
    {
        foreach (var over in _open.Where(one => _clock.IsOver(one.Lifetime)))
        {
            End(over.Id);
        }
    }

    private static (ImmutableList<PhoneExperiment> Open, ImmutableDictionary<string, (long Experiment, AgentId Agent)> Phones) Load(SqliteConnection connection)
    {
        var open = ImmutableList.CreateBuilder<PhoneExperiment>();
        using (var command = connection.Sql(null, "SELECT id, code, title, sensors, rate, end_boot, end_us, end_utc FROM phone_experiment ORDER BY id"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                open.Add(new PhoneExperiment(
                    reader.GetInt64(0), reader.GetString(1), reader.GetString(2), [.. JsonSerializer.Deserialize(reader.GetString(3), PhyphoxJson.Default.StringArray)!.Select(PhoneSensor.Find).OfType<PhoneSensor>()], reader.GetInt32(4),
                    new Lifetime(reader.Id(5), reader.GetInt64(6), reader.IsDBNull(7) ? null : reader.GetInt64(7))));
            }
        }

        var phones = ImmutableDictionary.CreateBuilder<string, (long, AgentId)>(StringComparer.Ordinal);
        using var keys = connection.Sql(null, "SELECT secret, experiment, agent FROM phone_key");
        using var rows = keys.ExecuteReader();
        while (rows.Read())
        {
            phones.Add(Convert.ToHexString((byte[])rows.GetValue(0)), (rows.GetInt64(1), new AgentId(rows.Id(2).Value)));
        }

        return (open.ToImmutable(), phones.ToImmutable());
    }
}

/// <summary>An experiment phones may fetch. Immutable.</summary>
/// <param name="Id">Never given twice.</param>
/// <param name="Code">Six letters and digits, in the QR.</param>
/// <param name="Title">For people.</param>
/// <param name="Sensors">What is measured.</param>
/// <param name="RateHz">Readings a second.</param>
/// <param name="Lifetime">When it ends by itself.</param>
internal sealed record PhoneExperiment(long Id, string Code, string Title, ImmutableArray<PhoneSensor> Sensors, int RateHz, Lifetime Lifetime);
