using System.Globalization;
using StemLab.Store.Chunks;
using StemLab.Store.Journal;
using StemLab.Store.Sqlite;
using StemLab.Store.Writing;

namespace StemLab.Store.Maintenance;

/// <summary>Writes a file as text for a person without our code at hand.</summary>
internal sealed class Dumping(SqliteSession session, BlockDecoder decoder, TextWriter into)
{
    public void Run(bool withRows)
    {
        session.Run("BEGIN");
        Table("meta", "SELECT key, CASE typeof(value) WHEN 'blob' THEN lower(hex(value)) ELSE value END FROM meta");
        Table("agent", "SELECT id, lower(hex(agent_id)) FROM agent");
        Table("boot", "SELECT id, lower(hex(boot_id)), agent, kind, boot_no, lower(hex(previous)) FROM boot");
        Table("input", "SELECT id, agent, port, quantity, unit, config_rev FROM input");
        Table("catalog", "SELECT id, agent, printf('%016x', hash) FROM catalog");
        var knowsComplete = session.Scalar("SELECT count(*) FROM pragma_table_info('stream') WHERE name = 'complete'") > 0;
        Table("stream", $"SELECT id, agent, printf('%016x', stream), boot, durable_next_seq, {(knowsComplete ? "complete" : "0 AS complete")} FROM stream");
        Table("series", "SELECT id, boot, input FROM series");
        Table("conflict", "SELECT series, t, missing, printf('%016x', bits), seq FROM conflict");
        Table("aside", "SELECT id, seq, lower(hex(agent)), printf('%016x', stream), first_seq, count, reason, length(data) FROM aside");
        Table("erasure", "SELECT series, t0, t1 FROM erasure");
        if (session.Scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'dropped'") > 0)
        {
            Table("dropped", "SELECT series, before, seq FROM dropped");
        }

        Ledgers();
        Journal();
        Table("chunk", "SELECT series, t0, t1, n, missing, vmin, vmax, vsum, vfirst, vlast, data FROM chunk");
        if (withRows)
        {
            Rows();
        }

        session.Run("COMMIT");
    }

    private void Table(string name, string sql)
    {
        using var select = session.PrepareOnce(sql);
        while (select.Step())
        {
            into.Write(name);
            for (var column = 0; column < select.Columns; column++)
            {
                into.Write('\t');
                into.Write(select.IsNull(column) ? "" : select.Text(column));
            }

            into.WriteLine();
        }
    }

    private void Ledgers()
    {
        using var select = session.PrepareOnce("SELECT stream, state FROM ledger");
        while (select.Step())
        {
            var ledger = StreamLedger.TryRead(select.Blob(1));
            var ranges = ledger is null ? "unreadable" : string.Join(' ', ledger.Ranges.Select(range => $"{range.First}+{range.Count}"));
            Line($"ledger\t{select.Int64(0)}\t{ranges}\tstored {ledger?.Stored} duplicate {ledger?.Duplicate} conflict {ledger?.Conflict} erased {ledger?.Erased} rejected {ledger?.Rejected}");
        }
    }

    private void Journal() => new JournalTable(session).ReadAfter(0, (commit, atMs, row) =>
    {
        var cut = new SegmentCut();
        var isWhole = JournalReading.TryRead(row, decoder, cut, keys: null);
        var segments = cut.ToArray();
        Line($"journal\t{commit}\t{atMs} ms\t{row.Length} bytes\t{(isWhole ? "whole" : "damaged")}\t{segments.Sum(segment => segment.Length)} rows");
        return true;
    });

    private void Rows()
    {
        var reader = new ChunkReader(session) { OnDamage = (series, header) => Line($"damaged\t{series.Value}\t{header.T0}") };
        var decoded = new DecodedChunk();
        List<ChunkHeader> headers = [];
        using var series = session.PrepareOnce("SELECT DISTINCT series FROM chunk ORDER BY series");
        while (series.Step())
        {
            var id = new SeriesId((int)series.Int64(0));
            headers.Clear();
            reader.Headers(id, long.MinValue, long.MaxValue, int.MaxValue, headers);
            foreach (var header in headers.Where(header => !header.IsRemote))
            {
                reader.Decode(id, header, decoded);
                for (var i = 0; i < decoded.Count; i++)
                {
                    Line($"row\t{id.Value}\t{decoded.TUs[i]}\t{decoded.Raw[i]:R}\t{decoded.Missing?[i] ?? 0}");
                }
            }
        }
    }

    private void Line(FormattableString line) => into.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
