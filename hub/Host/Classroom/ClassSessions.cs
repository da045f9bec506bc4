using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Classroom;

/// <summary>
/// The open class sessions and who sits in them. A seat is a credential of the Access room; of a session only its code and who opened it are kept, and with its end
/// all of it is gone. Safe from any thread.
/// </summary>
internal sealed class ClassSessions
{
    public const int CodeLength = 6;
    public const int MostSeats = 200;
    public const int MostOpen = 50;

    /// <summary>How long a session stays open unless it is ended: a day's trip.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(14);

    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS class_session(
            id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, opened_by TEXT NOT NULL, boot BLOB NOT NULL, us INTEGER NOT NULL,
            end_boot BLOB NOT NULL, end_us INTEGER NOT NULL, end_utc INTEGER) STRICT;
        """;

    private readonly HubDatabase _database;
    private readonly CredentialBook _credentials;
    private readonly AccessClock _clock;
    private readonly ClassBook _classes;
    private readonly Lock _gate = new();

    // Under _gate for writing; replaced whole.
    private volatile ImmutableList<ClassSession> _open;

    public ClassSessions(HubDatabase database, CredentialBook credentials, AccessClock clock, ClassBook classes)
    {
        (_database, _credentials, _clock, _classes) = (database, credentials, clock, classes);
        database.EnsureSchema(Ddl);
        _open = database.Read(Load);
        Sweep();
    }

    public IReadOnlyList<ClassSession> Open => _open;

    /// <summary>Opens one; null when too many are open.</summary>
    public ClassSession? OpenOne(string by)
    {
        lock (_gate)
        {
            if (_open.Count >= MostOpen)
            {
                return null;
            }

            string code;
            do
            {
                code = Secrets.NewCode(CodeLength);
            }
            while (_open.Any(session => session.Code == code));

            var (now, lifetime) = (_clock.Now, _clock.Lasting(Lasts));
            var id = _database.Write((connection, transaction) =>
            {
                using var command = connection.Sql(
                    transaction,
                    "INSERT INTO class_session(code, opened_by, boot, us, end_boot, end_us, end_utc) VALUES($code, $by, $boot, $us, $end_boot, $end_us, $end_utc) RETURNING id",
                    ("$code", code),
                    ("$by", by),
                    ("$boot", now.Boot),
                    ("$us", now.Us),
                    ("$end_boot", lifetime.Boot),
                    ("$end_us", lifetime.EndUs),
                    ("$end_utc", lifetime.EndUtcUs));
                return (long)command.ExecuteScalar()!;
            });
            var opened = new ClassSession(id, code, by, now, lifetime);
            _open = _open.Add(opened);
            return opened;
        }
    }

    /// <summary>The open session of a code as typed; null = none. Takes the same time for every code.</summary>
    public ClassSession? Find(string typed)
    {
        var shown = Secrets.HashOf(Secrets.Typed(typed));
        ClassSession? found = null;
        foreach (var session in _open)
        {
            found = CryptographicOperations.FixedTimeEquals(Secrets.HashOf(session.Code), shown) && !_clock.IsOver(session.Lifetime) ? session : found;
        }

        return found;
    }

    /// <summary>Reads "classSessions/7".</summary>
    public static bool TryId(string name, out long id)
    {
        const string prefix = "classSessions/";
        id = 0;
        return name.StartsWith(prefix, StringComparison.Ordinal) && long.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    public ClassSession? Find(long id) => _open.Find(session => session.Id == id);

    /// <summary>Gives a seat; null when the session is full or has ended meanwhile.</summary>
    /// <param name="session">An open one.</param>
    /// <param name="group">Where a class at work seats it; none of its groups = the emptiest.</param>
    public (Seat Seat, string Secret)? Join(ClassSession session, string group = "")
    {
        lock (_gate)
        {
            var taken = SeatsOf(session.Id).Select(seat => seat.Alias).ToHashSet(StringComparer.Ordinal);
            if (taken.Count >= MostSeats || Find(session.Id) is null)
            {
                return null;
            }

            // A group's mascot is nobody's name.
            var alias = BayAnimals.NotIn(_classes.Of(session.Id) is null ? taken : [.. taken, .. Mascots.All], RandomNumberGenerator.GetInt32(BayAnimals.All.Length));
            var (made, secret) = _credentials.Add(CredentialKind.Seat, Roles.Seat, $"seat:{alias}@{session.Id}", alias, session.Id.ToString(CultureInfo.InvariantCulture), Lasts);
            _classes.Change(session.Id, one => one.WithPlace(new SeatPlace(made.Id, one.GroupOf(group)?.Key ?? EmptiestOf(one, session.Id), false)));
            return (new Seat(made.Id, session.Id, alias), secret);
        }
    }

    /// <summary>Who sits in a session, in the order they came.</summary>
    public ImmutableArray<Seat> SeatsOf(long sessionId) =>
        [.. _credentials.All.Where(one => one.Kind == CredentialKind.Seat && SessionOf(one) == sessionId).OrderBy(one => one.Id).Select(one => new Seat(one.Id, sessionId, one.Name))];

    /// <summary>The seat of a credential; null = that is no seat, or it is gone.</summary>
    public Seat? SeatOf(long credentialId) =>
        _credentials.All.FirstOrDefault(one => one.Id == credentialId && one.Kind == CredentialKind.Seat) is { } seat ? new Seat(seat.Id, SessionOf(seat), seat.Name) : null;

    /// <summary>Takes a seat back; its streams close now. False = no such seat in that session.</summary>
    public bool Remove(long sessionId, long seatId)
    {
        if (_credentials.Revoke(one => one.Id == seatId && one.Kind == CredentialKind.Seat && SessionOf(one) == sessionId).IsEmpty)
        {
            return false;
        }

        _classes.Change(sessionId, one => one with { Places = one.Places.RemoveAll(place => place.Seat == seatId) });
        return true;
    }

    /// <summary>Ends a session: its seats' streams close now, and what it left behind is forgotten. False = it was not open.</summary>
    public bool End(long id)
    {
        lock (_gate)
        {
            if (Find(id) is not { } session)
            {
                return false;
            }

            _database.Write((connection, transaction) => connection.Run(transaction, "DELETE FROM class_session WHERE id = $id", ("$id", id)));
            _open = _open.Remove(session);
        }

        _classes.Forget(id);
        _credentials.Revoke(one => one.Kind == CredentialKind.Seat && SessionOf(one) == id);
        return true;
    }

    /// <summary>Ends what is over, and seats whose session is not there.</summary>
    public void Sweep()
    {
        foreach (var over in _open.Where(session => _clock.IsOver(session.Lifetime)))
        {
            End(over.Id);
        }

        foreach (var left in _classes.All.Where(one => Find(one.Session) is null))
        {
            _classes.Forget(left.Session);
        }

        _credentials.Revoke(one => one.Kind == CredentialKind.Seat && Find(SessionOf(one)) is null);
        _credentials.Sweep();
    }

    private string EmptiestOf(ClassAtWork one, long session)
    {
        var seats = SeatsOf(session).Select(seat => seat.Id).ToHashSet();
        return one.Groups.MinBy(group => one.Places.Count(place => place.Group == group.Key && seats.Contains(place.Seat)))?.Key ?? "";
    }

    private static long SessionOf(Credential seat) => long.Parse(seat.Scope, CultureInfo.InvariantCulture);

    private static ImmutableList<ClassSession> Load(SqliteConnection connection)
    {
        using var command = connection.Sql(null, "SELECT id, code, opened_by, boot, us, end_boot, end_us, end_utc FROM class_session ORDER BY id");
        using var reader = command.ExecuteReader();
        var open = ImmutableList.CreateBuilder<ClassSession>();
        while (reader.Read())
        {
            open.Add(new ClassSession(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), Instant.AtBoot(reader.Id(3), reader.GetInt64(4)),
                new Lifetime(reader.Id(5), reader.GetInt64(6), reader.IsDBNull(7) ? null : reader.GetInt64(7))));
        }

        return open.ToImmutable();
    }
}
