using System.Buffers.Binary;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Writing;

/// <summary>The statements of one commit. Writer thread only.</summary>
internal sealed class CommitTables(SqliteSession session)
{
    private readonly SqliteStatement _begin = session.Prepare("BEGIN IMMEDIATE");
    private readonly SqliteStatement _commit = session.Prepare("COMMIT");
    private readonly SqliteStatement _journal = session.Prepare("INSERT INTO journal VALUES(?1, ?2, ?3)");
    private readonly SqliteStatement _ledger = session.Prepare("INSERT INTO ledger VALUES(?1, ?2) ON CONFLICT(stream) DO UPDATE SET state = ?2");
    private readonly SqliteStatement _conflict = session.Prepare("INSERT OR IGNORE INTO conflict VALUES(?1, ?2, ?3, ?4, ?5)");
    private readonly SqliteStatement _aside = session.Prepare("INSERT INTO aside VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    private readonly ByteWriter _state = new();

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    /// <summary>Leaves a failed transaction; SQLite may have left it already.</summary>
    public void RollBack()
    {
        if (session.IsInTransaction)
        {
            session.Run("ROLLBACK");
        }
    }

    /// <summary>Writes everything staged, inside a transaction.</summary>
    public void Write(StagedCommit commit, long nowMs)
    {
        foreach (var statement in commit.Sql)
        {
            statement();
        }

        if (commit.HasRecords)
        {
            _journal.Bind(1, commit.Number).Bind(2, nowMs).Bind(3, commit.Journal.Seal()).Run();
        }

        foreach (var slot in commit.Ledgers)
        {
            _state.Clear();
            slot.Draft.WriteTo(_state);
            _ledger.Bind(1, slot.LocalId).Bind(2, _state.Written).Run();
        }

        foreach (var row in commit.Conflicts)
        {
            _conflict.Bind(1, row.Series.Value).Bind(2, row.TUs).Bind(3, row.Missing).Bind(4, unchecked((long)row.Bits)).Bind(5, commit.Number).Run();
        }

        foreach (var row in commit.Asides)
        {
            Write(commit.Number, row);
        }
    }

    private void Write(long commit, AsideRow row)
    {
        _aside.Bind(1, row.Id).Bind(2, commit);
        _ = row.Agent is { } agent ? _aside.Bind(3, Bytes(agent)) : _aside.BindNull(3);
        if (row.Stream is { } stream)
        {
            _aside.Bind(4, unchecked((long)stream.Value)).Bind(5, unchecked((long)row.FirstSeq)).Bind(6, unchecked((long)row.Count));
        }
        else
        {
            _aside.BindNull(4).BindNull(5).BindNull(6);
        }

        _aside.Bind(7, row.Reason).Bind(8, row.Payload.Span).Run();
    }

    private static byte[] Bytes(AgentId agent)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, agent.Value);
        return bytes;
    }
}
