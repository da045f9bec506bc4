using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>The append-only log of facts with its revisions, kept in hub.db and wholly in memory. Safe from any thread.</summary>
internal sealed class FactLog
{
    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS fact(
            fact_id BLOB NOT NULL, digest BLOB NOT NULL, revision INTEGER NOT NULL, hub_id BLOB NOT NULL,
            made_boot BLOB, made_us INTEGER NOT NULL, by_role TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, supersedes TEXT NOT NULL,
            PRIMARY KEY(fact_id, digest)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS fact_revision(one INTEGER PRIMARY KEY CHECK(one = 1), revision INTEGER NOT NULL) STRICT;
        INSERT OR IGNORE INTO fact_revision(one, revision) VALUES(1, 0);
        """;

    private readonly HubDatabase _database;
    private readonly HubIdentity _identity;
    private readonly Lock _gate = new();

    // Under _gate: every stored version of every fact, by revision.
    private ImmutableList<Fact> _facts;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile FactSnapshot _current;

    public FactLog(HubDatabase database, HubIdentity identity)
    {
        _database = database;
        _identity = identity;
        database.EnsureSchema(Ddl);
        (long revision, _facts) = database.Read(Load);
        _current = FactSnapshot.Of(revision, _facts);
    }

    public FactSnapshot Current => _current;

    /// <summary>The facts as they stood at that revision; a later one than the newest gives the newest.</summary>
    public FactSnapshot At(long revision)
    {
        FactSnapshot current = _current;
        if (revision >= current.Revision)
        {
            return current;
        }

        ImmutableList<Fact> facts;
        lock (_gate)
        {
            facts = _facts;
        }

        return FactSnapshot.Of(revision, facts.TakeWhile(fact => fact.Revision <= revision));
    }

    /// <summary>States the drafts in one transaction, durable when it returns, as one new revision.</summary>
    /// <exception cref="ArgumentException">A draft is not valid; callers check first with <see cref="FactCheck"/>.</exception>
    public FactCommit Append(params IReadOnlyList<FactDraft> drafts)
    {
        foreach (FactDraft draft in drafts)
        {
            ImmutableArray<FactProblem> problems = FactCheck.Problems(draft);
            if (!problems.IsEmpty)
            {
                throw new ArgumentException($"BUG: {draft.Body.Kind}: {string.Join("; ", problems.Select(problem => $"{problem.Path} {problem.Text}"))}", nameof(drafts));
            }
        }

        return Store(drafts.Select(draft => new Fact(Id128.New(), _identity.HubId, draft.MadeAt, draft.ByRole, draft.Body, Sorted(draft.Supersedes), 0)));
    }

    /// <summary>Takes in facts of this or another hub: set union, in any order, any number of times. Nothing new = no new revision.</summary>
    public FactCommit Merge(IEnumerable<Fact> facts) =>
        Store(facts.Where(fact => !fact.FactId.IsEmpty && !fact.HubId.IsEmpty).Select(fact => fact with { Supersedes = Sorted(fact.Supersedes) }));

    /// <summary>Completes when the newest revision is later than the given one.</summary>
    public Task WaitForChangeAsync(long afterRevision, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _current.Revision > afterRevision ? Task.CompletedTask : _changed.Task.WaitAsync(cancellationToken);
        }
    }

    private static ImmutableArray<Id128> Sorted(ImmutableArray<Id128> ids) => ids.IsDefault ? [] : [.. ids.Distinct().OrderBy(id => id.Value)];

    private static (long Revision, ImmutableList<Fact> Facts) Load(SqliteConnection connection)
    {
        using SqliteCommand revision = connection.Sql(null, "SELECT revision FROM fact_revision");
        using SqliteCommand command = connection.Sql(null, "SELECT fact_id, hub_id, made_boot, made_us, by_role, kind, body, supersedes, revision FROM fact ORDER BY revision, fact_id, digest");
        using SqliteDataReader reader = command.ExecuteReader();
        ImmutableList<Fact>.Builder facts = ImmutableList.CreateBuilder<Fact>();
        while (reader.Read())
        {
            FactBody body = FactJson.Read(reader.GetString(5), reader.GetString(6));
            facts.Add(new Fact(reader.Id(0), reader.Id(1), new Instant(reader.Id(2), reader.GetInt64(3)), reader.GetString(4), body, FactJson.ReadIds(reader.GetString(7)), reader.GetInt64(8)));
        }

        return ((long)revision.ExecuteScalar()!, facts.ToImmutable());
    }

    private FactCommit Store(IEnumerable<Fact> facts)
    {
        lock (_gate)
        {
            long next = _current.Revision + 1;
            ImmutableArray<Fact> stated = _database.Write((connection, transaction) => Insert(connection, transaction, facts, next));
            if (stated.IsEmpty)
            {
                return new FactCommit(_current.Revision, []);
            }

            _facts = _facts.AddRange(stated);
            _current = FactSnapshot.Of(next, _facts);
            TaskCompletionSource changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
            return new FactCommit(next, stated);
        }
    }

    private static ImmutableArray<Fact> Insert(SqliteConnection connection, SqliteTransaction transaction, IEnumerable<Fact> facts, long revision)
    {
        var stated = ImmutableArray.CreateBuilder<Fact>();
        foreach (Fact fact in facts)
        {
            int added = connection.Run(
                transaction,
                "INSERT OR IGNORE INTO fact(fact_id, digest, revision, hub_id, made_boot, made_us, by_role, kind, body, supersedes) VALUES($id, $digest, $revision, $hub, $boot, $us, $role, $kind, $body, $supersedes)",
                ("$id", fact.FactId),
                ("$digest", FactJson.Digest(fact)),
                ("$revision", revision),
                ("$hub", fact.HubId),
                ("$boot", fact.MadeAt.IsUtc ? null : fact.MadeAt.Boot),
                ("$us", fact.MadeAt.Us),
                ("$role", fact.ByRole),
                ("$kind", fact.Kind),
                ("$body", FactJson.Write(fact.Body)),
                ("$supersedes", FactJson.WriteIds(fact.Supersedes)));
            if (added == 1)
            {
                stated.Add(fact with { Revision = revision });
            }
        }

        if (stated.Count > 0)
        {
            connection.Run(transaction, "UPDATE fact_revision SET revision = $revision", ("$revision", revision));
        }

        return stated.ToImmutable();
    }
}
