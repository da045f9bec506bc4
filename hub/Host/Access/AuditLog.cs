using System.Collections.Immutable;
using System.Security.Claims;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Access;

/// <summary>Who did what, when: a table of hub.db that is only added to, which the database itself enforces. No address and no name of a person is in it. Safe from any thread.</summary>
internal sealed class AuditLog
{
    private const int LongestSubject = 300;
    private readonly HubDatabase _database;
    private readonly AccessClock _clock;

    public AuditLog(HubDatabase database, AccessClock clock)
    {
        _database = database;
        _clock = clock;
        database.EnsureSchema(AccessTable.Ddl);
    }

    /// <summary>Role and stable name of who calls: "teacher:3", "seat:octopus-4", "admin", "machine"; "nobody" without an identity.</summary>
    public static string Who(ClaimsPrincipal? caller) => caller?.FindFirstValue(ClaimTypes.NameIdentifier) ?? "nobody";

    /// <summary>Writes an entry; it is on disk when this returns.</summary>
    /// <param name="who">As <see cref="Who"/> gives it.</param>
    /// <param name="action">area.verb, as "agent.enrol".</param>
    /// <param name="subject">A resource name; empty = the hub. Control characters are taken out, and it is cut at 300.</param>
    /// <param name="fromRevision">The revision before; null = no facts.</param>
    /// <param name="toRevision">The revision after.</param>
    public void Add(string who, string action, string subject, long? fromRevision = null, long? toRevision = null)
    {
        var now = _clock.Now;
        _database.Write((connection, transaction) => connection.Run(
            transaction,
            "INSERT INTO access_audit(who, action, subject, from_revision, to_revision, boot, us, utc) VALUES($who, $action, $subject, $from, $to, $boot, $us, $utc)",
            ("$who", who),
            ("$action", action),
            ("$subject", OneLine(subject)),
            ("$from", fromRevision),
            ("$to", toRevision),
            ("$boot", now.Boot),
            ("$us", now.Us),
            ("$utc", _clock.UtcUs)));
    }

    /// <summary>The newest entries first. Empty when there are none before that id.</summary>
    /// <param name="most">At most so many.</param>
    /// <param name="before">Only entries with a smaller id; null = from the newest on.</param>
    public ImmutableArray<AuditEntry> Read(int most, long? before = null) => _database.Read(connection =>
    {
        using var command = connection.Sql(
            null,
            "SELECT id, who, action, subject, from_revision, to_revision, boot, us, utc FROM access_audit WHERE id < $before ORDER BY id DESC LIMIT $most",
            ("$before", before ?? long.MaxValue),
            ("$most", (long)most));
        using var reader = command.ExecuteReader();
        var entries = ImmutableArray.CreateBuilder<AuditEntry>();
        while (reader.Read())
        {
            entries.Add(new AuditEntry(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetInt64(5),
                Instant.AtBoot(reader.Id(6), reader.GetInt64(7)), reader.IsDBNull(8) ? null : reader.GetInt64(8)));
        }

        return entries.ToImmutable();
    });

    /// <summary>What a stranger typed must not look like two entries.</summary>
    private static string OneLine(string text)
    {
        var clean = string.Concat(text.Where(letter => !char.IsControl(letter) && letter is not ('\u2028' or '\u2029')));
        return clean.Length <= LongestSubject ? clean : clean[..LongestSubject];
    }
}
