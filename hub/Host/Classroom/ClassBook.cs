using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;

namespace StemLab.Hub.Classroom;

/// <summary>The classes at work: snapshots in memory, each kept in hub.db before anybody is told of it. Goes with its session. Safe from any thread.</summary>
internal sealed class ClassBook
{
    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS class_work(session INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
        """;

    private readonly HubDatabase _database;
    private readonly HubClock _clock;
    private readonly WithheldValues _withheld;
    private readonly Lock _gate = new();

    // Under _gate for writing; replaced whole.
    private volatile ImmutableDictionary<long, ClassAtWork> _classes;

    // Under _gate: completed and replaced at every change of any class.
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClassBook(HubDatabase database, HubClock clock, WithheldValues withheld, ILogger<ClassBook> logger)
    {
        (_database, _clock, _withheld) = (database, clock, withheld);
        database.EnsureSchema(Ddl);
        _classes = database.Read(connection => Load(connection, logger)).Select(OnThisClock).ToImmutableDictionary(one => one.Session);
        foreach (var one in _classes.Values)
        {
            _withheld.Set(one.Session, one.WithheldSeats);
        }
    }

    public IEnumerable<ClassAtWork> All => _classes.Values;

    /// <summary>Null = a session as such, or none.</summary>
    public ClassAtWork? Of(long session) => _classes.GetValueOrDefault(session);

    /// <summary>True for a run of a group that is to predict first: its address opens nothing yet.</summary>
    public bool HidesRun(string run) => _classes.Values.Any(one => one.Groups.Any(group => group.Runs.Contains(run) && one.HidesFrom(group.Key)));

    public void Open(ClassAtWork opened)
    {
        lock (_gate)
        {
            Keep(opened with { Boot = _clock.BootId.ToString(), StepSinceUs = _clock.NowUs(), Revision = 1 });
        }
    }

    /// <summary>Replaces a snapshot; what the change throws leaves it as it was, the same instance changes nothing. Null = the class is gone.</summary>
    public ClassAtWork? Change(long session, Func<ClassAtWork, ClassAtWork> change)
    {
        lock (_gate)
        {
            if (Of(session) is not { } before)
            {
                return null;
            }

            var after = change(before);
            if (ReferenceEquals(before, after))
            {
                return before;
            }

            after = after with { Revision = before.Revision + 1 };
            Keep(after);
            return after;
        }
    }

    /// <summary>Has watchers look again, because time alone changed what they are told.</summary>
    public void Touch(long session) => Change(session, one => one with { });

    public void Forget(long session)
    {
        lock (_gate)
        {
            _database.Write((connection, transaction) => connection.Run(transaction, "DELETE FROM class_work WHERE session = $session", ("$session", session)));
            _classes = _classes.Remove(session);
            _withheld.Set(session, []);
            Tell();
        }
    }

    /// <summary>Completes when the class is no longer at that revision.</summary>
    public async Task WaitForChangeAsync(long session, long revision, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (Of(session)?.Revision != revision)
                {
                    return;
                }

                next = _changed.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private void Keep(ClassAtWork after)
    {
        var body = JsonSerializer.Serialize(after, ClassJson.Default.ClassAtWork);
        _database.Write((connection, transaction) => connection.Run(
            transaction, "INSERT INTO class_work(session, body) VALUES($session, $body) ON CONFLICT(session) DO UPDATE SET body = excluded.body", ("$session", after.Session), ("$body", body)));
        _withheld.Set(after.Session, after.WithheldSeats);
        _classes = _classes.SetItem(after.Session, after);
        Tell();
    }

    private void Tell()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>After the machine itself was started anew its clock is another one: what stood on the old one begins now.</summary>
    private ClassAtWork OnThisClock(ClassAtWork kept) => kept.Boot == _clock.BootId.ToString() ? kept : kept with
    {
        Boot = _clock.BootId.ToString(),
        StepSinceUs = _clock.NowUs(),
        Alerts = [],
        Playback = kept.Playback is { } playback ? playback with { BeganUs = null } : null,
    };

    /// <summary>A class that cannot be read costs no other, and no start; its session stays as such.</summary>
    private static ImmutableArray<ClassAtWork> Load(SqliteConnection connection, ILogger logger)
    {
        using var command = connection.Sql(null, "SELECT body, session FROM class_work ORDER BY session");
        using var reader = command.ExecuteReader();
        var found = ImmutableArray.CreateBuilder<ClassAtWork>();
        while (reader.Read())
        {
            try
            {
                found.Add(Read(reader.GetString(0)));
            }
            catch (JsonException unreadable)
            {
                ClassroomLog.ClassUnreadable(logger, reader.GetInt64(1), JsonFault.Of(unreadable).En);
            }
        }

        return found.ToImmutable();
    }

    private static ClassAtWork Read(string body)
    {
        var kept = JsonSerializer.Deserialize(body, ClassJson.Default.ClassAtWork);
        return kept is not null && IsWhole(kept.Groups) && IsWhole(kept.Places) && IsWhole(kept.Guesses) && IsWhole(kept.Notes) && IsWhole(kept.Alerts) && IsWhole(kept.Playback?.Parts ?? [])
            ? kept
            : throw new JsonException("null");
    }

    private static bool IsWhole<T>(ImmutableArray<T> list)
        where T : class => list.All(one => one is not null);
}
