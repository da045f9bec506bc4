namespace StemLab.Hub.Access;

/// <summary>The room's tables in hub.db. Nothing personal of a child is in them; secrets only as hashes.</summary>
internal static class AccessTable
{
    public const string Ddl = """
        CREATE TABLE IF NOT EXISTS access_setup(
            one INTEGER PRIMARY KEY CHECK(one = 1), school TEXT NOT NULL, language TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS access_person(
            id INTEGER PRIMARY KEY AUTOINCREMENT, role TEXT NOT NULL, name TEXT NOT NULL UNIQUE COLLATE NOCASE, passphrase TEXT) STRICT;
        CREATE TABLE IF NOT EXISTS access_credential(
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, role TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, scope TEXT NOT NULL, secret BLOB NOT NULL UNIQUE,
            made_boot BLOB NOT NULL, made_us INTEGER NOT NULL, made_utc INTEGER, end_boot BLOB, end_us INTEGER, end_utc INTEGER) STRICT;
        CREATE TABLE IF NOT EXISTS access_audit(
            id INTEGER PRIMARY KEY AUTOINCREMENT, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, from_revision INTEGER, to_revision INTEGER,
            boot BLOB NOT NULL, us INTEGER NOT NULL, utc INTEGER) STRICT;
        CREATE TRIGGER IF NOT EXISTS access_audit_stays BEFORE DELETE ON access_audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
        CREATE TRIGGER IF NOT EXISTS access_audit_is_fixed BEFORE UPDATE ON access_audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
        """;
}
