using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Access;

/// <summary>
/// Every secret that lets somebody in over HTTP or lets a program listen by MQTT: hashes in hub.db, looked up in a snapshot. What is revoked ends at once,
/// with every stream that hangs on it. Safe from any thread.
/// </summary>
internal sealed class CredentialBook
{
    private readonly HubDatabase _database;
    private readonly AccessClock _clock;
    private readonly Lock _gate = new();

    // Under _gate for writing; replaced whole, so readers need no lock.
    private volatile ImmutableDictionary<string, Credential> _bySecret;

    // Under _gate for writing; completed and replaced at every revocation.
    private volatile TaskCompletionSource _revoked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Under _gate: the end of each credential somebody uses now.
    private readonly Dictionary<long, CancellationTokenSource> _ends = [];

    public CredentialBook(HubDatabase database, AccessClock clock)
    {
        _database = database;
        _clock = clock;
        database.EnsureSchema(AccessTable.Ddl);
        _bySecret = database.Read(Load);
    }

    public IEnumerable<Credential> All => _bySecret.Values;

    /// <summary>Makes a credential and the secret that is its only proof; the hub forgets the secret at once.</summary>
    public (Credential Made, string Secret) Add(CredentialKind kind, string role, string owner, string name, string scope, TimeSpan? lasts)
    {
        var secret = Secrets.New(PrefixOf(kind));
        lock (_gate)
        {
            var now = _clock.Now;
            var utc = _clock.UtcUs;
            Lifetime? lifetime = lasts is { } length ? _clock.Lasting(length) : null;
            var id = _database.Write((connection, transaction) => Insert(connection, transaction, new Credential(0, kind, role, owner, name, scope, now, utc, lifetime), secret));
            var made = new Credential(id, kind, role, owner, name, scope, now, utc, lifetime);
            _bySecret = _bySecret.Add(Key(secret), made);
            return (made, secret);
        }
    }

    /// <summary>Whose secret this is; null when nobody's, revoked or over.</summary>
    public Credential? Find(string secret) =>
        _bySecret.TryGetValue(Key(secret), out var found) && !_clock.IsOver(found.Lifetime) ? found : null;

    /// <summary>Takes back what the test finds; streams opened with it close now. Returns what was taken back.</summary>
    public ImmutableArray<Credential> Revoke(Func<Credential, bool> which)
    {
        List<CancellationTokenSource> ended = [];
        ImmutableArray<KeyValuePair<string, Credential>> gone;
        lock (_gate)
        {
            gone = [.. _bySecret.Where(entry => which(entry.Value))];
            if (gone.IsEmpty)
            {
                return [];
            }

            _database.Write((connection, transaction) => gone.Sum(entry => connection.Run(transaction, "DELETE FROM access_credential WHERE id = $id", ("$id", entry.Value.Id))));
            _bySecret = _bySecret.RemoveRange(gone.Select(entry => entry.Key));
            foreach (var entry in gone)
            {
                if (_ends.Remove(entry.Value.Id, out var end))
                {
                    ended.Add(end);
                }
            }
        }

        ended.ForEach(end => end.Cancel());
        Interlocked.Exchange(ref _revoked, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return [.. gone.Select(entry => entry.Value)];
    }

    /// <summary>Takes one out that may be used once only; false when somebody else was first.</summary>
    public bool Spend(Credential once) => Revoke(credential => credential.Id == once.Id).Length == 1;

    /// <summary>Cancelled when that credential is revoked; at once when it is not there.</summary>
    public CancellationToken EndOf(long id)
    {
        lock (_gate)
        {
            if (_ends.TryGetValue(id, out var known))
            {
                return known.Token;
            }

            if (!_bySecret.Values.Any(credential => credential.Id == id))
            {
                return new CancellationToken(canceled: true);
            }

            var end = new CancellationTokenSource();
            _ends.Add(id, end);
            return end.Token;
        }
    }

    /// <summary>Completes at the next revocation after it was asked for.</summary>
    public Task NextRevocation => _revoked.Task;

    /// <summary>True while a credential of that id lets somebody in.</summary>
    public bool Holds(long id) => _bySecret.Values.Any(credential => credential.Id == id && !_clock.IsOver(credential.Lifetime));

    /// <summary>Forgets what is over.</summary>
    public void Sweep() => Revoke(credential => _clock.IsOver(credential.Lifetime));

    private static string PrefixOf(CredentialKind kind) => kind switch
    {
        CredentialKind.Token => "slr_",
        CredentialKind.Kiosk => "slk_",
        CredentialKind.Seat => "sls_",
        CredentialKind.Invite => "sli_",
        CredentialKind.SignIn => "slp_",
        _ => throw new InvalidOperationException($"BUG: no prefix for {kind}"),
    };

    private static string Key(string secret) => Convert.ToHexString(Secrets.HashOf(secret));

    private static long Insert(SqliteConnection connection, SqliteTransaction transaction, Credential made, string secret)
    {
        using var command = connection.Sql(
            transaction,
            """
            INSERT INTO access_credential(kind, role, owner, name, scope, secret, made_boot, made_us, made_utc, end_boot, end_us, end_utc)
            VALUES($kind, $role, $owner, $name, $scope, $secret, $boot, $us, $utc, $end_boot, $end_us, $end_utc) RETURNING id
            """,
            ("$kind", made.Kind.ToString()),
            ("$role", made.Role),
            ("$owner", made.Owner),
            ("$name", made.Name),
            ("$scope", made.Scope),
            ("$secret", Secrets.HashOf(secret)),
            ("$boot", made.Made.Boot),
            ("$us", made.Made.Us),
            ("$utc", made.MadeUtcUs),
            ("$end_boot", made.Lifetime?.Boot),
            ("$end_us", made.Lifetime?.EndUs),
            ("$end_utc", made.Lifetime?.EndUtcUs));
        return (long)command.ExecuteScalar()!;
    }

    private static ImmutableDictionary<string, Credential> Load(SqliteConnection connection)
    {
        using var command = connection.Sql(null, "SELECT id, kind, role, owner, name, scope, secret, made_boot, made_us, made_utc, end_boot, end_us, end_utc FROM access_credential");
        using var reader = command.ExecuteReader();
        var all = ImmutableDictionary.CreateBuilder<string, Credential>(StringComparer.Ordinal);
        while (reader.Read())
        {
            Lifetime? lifetime = reader.IsDBNull(10) ? null : new Lifetime(reader.Id(10), reader.GetInt64(11), reader.IsDBNull(12) ? null : reader.GetInt64(12));
            all.Add(Convert.ToHexString((byte[])reader.GetValue(6)), new Credential(
                reader.GetInt64(0), Enum.Parse<CredentialKind>(reader.GetString(1)), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                Instant.AtBoot(reader.Id(7), reader.GetInt64(8)), reader.IsDBNull(9) ? null : reader.GetInt64(9), lifetime));
        }

        return all.ToImmutable();
    }
}
