using Microsoft.Data.Sqlite;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>What an agent must remember for ever, in agent.db: its boots, the ties of their clocks, the config_rev of its ports, its answers to commands. Small and rarely written. Safe from any thread.</summary>
internal sealed class AgentBook : IDisposable
{
    private const int MostTies = 16;
    private readonly Lock gate = new();
    private readonly SqliteConnection connection;

    private AgentBook(SqliteConnection connection) => this.connection = connection;

    /// <summary>Opens the book; a damaged one is set aside (its path is returned) and a new one begun.</summary>
    public static AgentBook Open(string path, out string? setAside)
    {
        setAside = null;
        try
        {
            return new AgentBook(OpenChecked(path));
        }
        catch (SqliteException damaged) when (DamagedFile.IsDamage(damaged))
        {
            setAside = DamagedFile.SetAside(path);
            return new AgentBook(OpenChecked(path));
        }
    }

    /// <summary>
    /// The device boot of this process: the same as before if the machine has not been started again and the clock has not gone behind what was stored, else a new one.
    /// </summary>
    /// <param name="agent">The agent.</param>
    /// <param name="source">The clock.</param>
    /// <param name="startAge">How long ago the agent's very first boot is said to have begun; zero = as the clock says.</param>
    /// <param name="last">Greatest stored t of a boot, null where none was stored; and the greatest boot_no any other file knows.</param>
    public BootRecord DeviceBoot(Id128 agent, BootSource source, TimeSpan startAge, (Func<Id128, long?> StoredTUs, uint BootNo) last)
    {
        var nowUs = source.NowUs();
        var before = Read("SELECT * FROM boot WHERE kind = 1 ORDER BY boot_no DESC LIMIT 1").FirstOrDefault();
        if (before is not null && source.KernelBoot is { } kernel && before.Origin == kernel && nowUs + before.OffsetUs >= (last.StoredTUs(before.Id) ?? long.MinValue))
        {
            return before;
        }

        var wanted = source.KernelBoot is null ? Id128.New() : BootRecord.IdOf(source.KernelBoot, agent);
        var id = Find(wanted) is null ? wanted : Id128.New();
        var isFirst = before is null && last.BootNo == 0;
        var offset = isFirst && startAge > TimeSpan.Zero ? ((long)startAge.TotalMicroseconds) - nowUs
            : source.KernelBoot is null ? -nowUs : 0;
        var boot = new BootRecord(id, BootKind.Device, Math.Max(before?.BootNo ?? 0, last.BootNo) + 1, before?.Id ?? default, source.KernelBoot ?? "", offset, 0);
        Add(boot);
        return boot;
    }

    /// <summary>The utc boot of a source; the same at every start.</summary>
    public BootRecord UtcBoot(Id128 agent, string sourceName, long declaredSigmaUs)
    {
        var origin = "utc:" + sourceName;
        var boot = new BootRecord(BootRecord.IdOf(origin, agent), BootKind.Utc, 0, default, origin, 0, declaredSigmaUs);
        if (Find(boot.Id) is null)
        {
            Add(boot);
        }

        return boot;
    }

    /// <summary>A boot by its id; null where it is not known.</summary>
    public BootRecord? Find(Id128 id) => Read("SELECT * FROM boot WHERE id = $1", id.ToBytes()).FirstOrDefault();

    /// <summary>Keeps a tie. Of more than 16 per boot the first, the latest and the sharpest stay.</summary>
    public void AddTie(Id128 boot, ClockTie tie)
    {
        using var locked = gate.EnterScope();
        using var transaction = connection.BeginTransaction();
        connection.Run("INSERT OR REPLACE INTO tie(boot, other, t_us, other_t_us, sigma_us) VALUES ($1, $2, $3, $4, $5)",
            boot.ToBytes(), tie.BootB.ToByteArray(), tie.TAUs, tie.TBUs, tie.SigmaUs);
        var surplus = Convert.ToInt64(connection.One("SELECT count(*) FROM tie WHERE boot = $1", boot.ToBytes()), null) - MostTies;
        if (surplus > 0)
        {
            connection.Run("""
                DELETE FROM tie WHERE rowid IN (
                  SELECT rowid FROM tie WHERE boot = $1
                    AND t_us > (SELECT min(t_us) FROM tie WHERE boot = $1) AND t_us < (SELECT max(t_us) FROM tie WHERE boot = $1)
                  ORDER BY sigma_us DESC LIMIT $2)
                """, boot.ToBytes(), surplus);
        }

        transaction.Commit();
    }

    /// <summary>Ties of a boot, oldest first, at most 16.</summary>
    public IReadOnlyList<ClockTie> Ties(Id128 boot)
    {
        using var locked = gate.EnterScope();
        var ties = new List<ClockTie>();
        using var command = connection.Prepare("SELECT other, t_us, other_t_us, sigma_us FROM tie WHERE boot = $1 ORDER BY t_us", boot.ToBytes());
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ties.Add(new ClockTie
            {
                BootA = boot.ToByteString(),
                TAUs = reader.GetInt64(1),
                BootB = Google.Protobuf.ByteString.CopyFrom(reader.Bytes(0)),
                TBUs = reader.GetInt64(2),
                SigmaUs = reader.GetInt64(3),
            });
        }

        return ties;
    }

    /// <summary>config_rev of a port: 1 at first, one more whenever its board settings differ from those kept. Settings that could not be asked (null) change nothing.</summary>
    public uint ConfigRev(string port, string? boardSettings)
    {
        using var locked = gate.EnterScope();
        using var command = connection.Prepare("SELECT config_rev, settings FROM port WHERE name = $1", port);
        var rev = 0u;
        using (var reader = command.ExecuteReader())
        {
            if (reader.Read())
            {
                rev = (uint)reader.GetInt64(0);
                if (boardSettings is null || reader.GetString(1) == boardSettings)
                {
                    return rev;
                }
            }
        }

        connection.Run("INSERT INTO port(name, config_rev, settings) VALUES ($1, $2, $3) ON CONFLICT(name) DO UPDATE SET config_rev = $2, settings = $3", port, rev + 1, boardSettings ?? "");
        return rev + 1;
    }

    /// <summary>A number kept under a name; 0 where none is.</summary>
    public long Note(string name)
    {
        using var locked = gate.EnterScope();
        return connection.One("SELECT value FROM note WHERE name = $1", name) is long value ? value : 0;
    }

    /// <summary>Keeps a number under a name.</summary>
    public void SetNote(string name, long value)
    {
        using var locked = gate.EnterScope();
        connection.Run("INSERT INTO note(name, value) VALUES ($1, $2) ON CONFLICT(name) DO UPDATE SET value = $2", name, value);
    }

    /// <summary>What was answered to a command that changed something; null where it was not done yet.</summary>
    public byte[]? Answer(Id128 command)
    {
        using var locked = gate.EnterScope();
        return connection.One("SELECT result FROM command WHERE id = $1", command.ToBytes()) as byte[];
    }

    /// <summary>Keeps an answer; the latest 256 stay.</summary>
    public void KeepAnswer(Id128 command, byte[] result)
    {
        using var locked = gate.EnterScope();
        using var transaction = connection.BeginTransaction();
        connection.Run("INSERT OR IGNORE INTO command(id, result) VALUES ($1, $2)", command.ToBytes(), result);
        connection.Run("DELETE FROM command WHERE rowid <= (SELECT max(rowid) FROM command) - 256");
        transaction.Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private static SqliteConnection OpenChecked(string path)
    {
        var connection = Sql.Open(path);
        try
        {
            DamagedFile.Check(connection);
            connection.Run("""
                CREATE TABLE IF NOT EXISTS boot(id BLOB PRIMARY KEY, kind INTEGER NOT NULL, boot_no INTEGER NOT NULL, previous BLOB NOT NULL, origin TEXT NOT NULL,
                  offset_us INTEGER NOT NULL, sigma_us INTEGER NOT NULL) STRICT;
                CREATE TABLE IF NOT EXISTS tie(boot BLOB NOT NULL, other BLOB NOT NULL, t_us INTEGER NOT NULL, other_t_us INTEGER NOT NULL, sigma_us INTEGER NOT NULL,
                  UNIQUE(boot, t_us)) STRICT;
                CREATE TABLE IF NOT EXISTS port(name TEXT PRIMARY KEY, config_rev INTEGER NOT NULL, settings TEXT NOT NULL) STRICT;
                CREATE TABLE IF NOT EXISTS command(id BLOB NOT NULL UNIQUE, result BLOB NOT NULL) STRICT;
                CREATE TABLE IF NOT EXISTS note(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
                """);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Add(BootRecord boot)
    {
        using var locked = gate.EnterScope();
        connection.Run("INSERT INTO boot(id, kind, boot_no, previous, origin, offset_us, sigma_us) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            boot.Id.ToBytes(), (int)boot.Kind, boot.BootNo, boot.Previous.IsEmpty ? Array.Empty<byte>() : boot.Previous.ToBytes(), boot.Origin, boot.OffsetUs, boot.DeclaredSigmaUs);
    }

    private List<BootRecord> Read(string sql, params ReadOnlySpan<object?> values)
    {
        using var locked = gate.EnterScope();
        var boots = new List<BootRecord>();
        using var command = connection.Prepare(sql, values);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            _ = Id128.TryRead(reader.Bytes(0), out var id);
            _ = Id128.TryRead(reader.Bytes(3), out var previous);
            boots.Add(new BootRecord(id, (BootKind)reader.GetInt32(1), (uint)reader.GetInt64(2), previous, reader.GetString(4), reader.GetInt64(5), reader.GetInt64(6)));
        }

        return boots;
    }
}
