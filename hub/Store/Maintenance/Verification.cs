using System.Collections.Immutable;
using StemLab.Store.Chunks;
using StemLab.Store.Journal;
using StemLab.Store.Sqlite;
using StemLab.Store.Writing;

namespace StemLab.Store.Maintenance;

/// <summary>One walk over a file, in one read transaction.</summary>
internal sealed class Verification(SqliteSession session, BlockDecoder decoder)
{
    private const int MostProblems = 1000;
    private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
    private long _chunks;
    private long _chunkRows;
    private long _journalRows;
    private long _ledgers;
    private long _allChunks;
    private Action<StoreProgress>? _progress;

    public VerifyReport Run(Action<StoreProgress>? progress)
    {
        session.Run("BEGIN");
        _progress = progress;
        _allChunks = session.Scalar("SELECT count(*) FROM chunk");
        Pages();
        Chunks();
        Journal();
        Ledgers();
        session.Run("COMMIT");
        return new VerifyReport(_chunks, _chunkRows, _journalRows, _ledgers, _problems.ToImmutable());
    }

    private void Pages()
    {
        var answer = session.Text("PRAGMA integrity_check(10)");
        if (answer != "ok")
        {
            Problem($"pages: {answer}");
        }

        if (session.Scalar("SELECT count(*) FROM chunk_data WHERE id NOT IN (SELECT data FROM chunk)") is var orphans and > 0)
        {
            Problem($"{orphans} chunk bodies belong to no header");
        }
    }

    private void Chunks()
    {
        var reader = new ChunkReader(session) { OnDamage = static (_, _) => { } };
        var decoded = new DecodedChunk();
        List<ChunkHeader> headers = [];
        using var series = session.PrepareOnce("SELECT DISTINCT series FROM chunk ORDER BY series");
        while (series.Step())
        {
            var id = new SeriesId((int)series.Int64(0));
            headers.Clear();
            reader.Headers(id, long.MinValue, long.MaxValue, int.MaxValue, headers);
            var previousEnd = long.MinValue;
            foreach (var header in headers)
            {
                Chunk(reader, id, header, decoded, previousEnd);
                previousEnd = header.T1;
            }
        }
    }

    private void Chunk(ChunkReader reader, SeriesId series, in ChunkHeader header, DecodedChunk decoded, long previousEnd)
    {
        _chunks++;
        if (_chunks % 4096 == 0)
        {
            _progress?.Invoke(new StoreProgress(_chunks, _allChunks));
        }

        if (previousEnd != long.MinValue && header.T0 <= previousEnd)
        {
            Problem($"chunk {header.DataId} of series {series.Value} at t {header.T0}: overlaps the chunk before");
        }

        if (header.IsRemote)
        {
            // Its rows are only in InfluxDB; the hub compares them when it brings them back.
            return;
        }

        reader.Decode(series, header, decoded);
        if (decoded.Count == 0)
        {
            Problem($"chunk {header.DataId} of series {series.Value} at t {header.T0}: damaged");
            return;
        }

        _chunkRows += decoded.Count;
        var missing = decoded.Missing is null ? default : decoded.Missing.AsSpan(0, decoded.Count);
        var computed = ChunkHeader.Of(decoded.TUs.AsSpan(0, decoded.Count), decoded.Raw.AsSpan(0, decoded.Count), missing);
        if (!Same(header, computed))
        {
            Problem($"chunk {header.DataId} of series {series.Value} at t {header.T0}: header says otherwise than its rows");
        }
    }

    private void Journal()
    {
        var previous = 0L;
        new JournalTable(session).ReadAfter(0, (commit, _, row) =>
        {
            _journalRows++;
            if (!JournalReading.TryRead(row, decoder, new SegmentCut(), keys: null))
            {
                Problem($"journal row of commit {commit}: damaged");
            }

            if (previous != 0 && commit != previous + 1)
            {
                Problem($"journal: commits {previous + 1} … {commit - 1} are not there");
            }

            previous = commit;
            return true;
        });
    }

    private void Ledgers()
    {
        using var ledger = session.PrepareOnce("SELECT stream, state FROM ledger");
        while (ledger.Step())
        {
            _ledgers++;
            if (StreamLedger.TryRead(ledger.Blob(1)) is null)
            {
                Problem($"ledger of stream {ledger.Int64(0)}: unreadable");
            }
        }
    }

    private void Problem(string text)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(text);
        }
    }

    // Values are compared as numbers: SQLite keeps -0.0 in a header as 0.
    private static bool Same(in ChunkHeader a, in ChunkHeader b) =>
        (a.T0, a.T1, a.Rows, a.MissingRows) == (b.T0, b.T1, b.Rows, b.MissingRows)
        && (a.RawRows == 0
            || (a.Min == b.Min && a.Max == b.Max && SameSum(a, b) && a.First == b.First && a.Last == b.Last
                && a.FirstRawT == b.FirstRawT && a.LastRawT == b.LastRawT));

    // Older hubs added in as many lanes as their machine had: what another machine wrote may differ by rounding.
    private static bool SameSum(in ChunkHeader a, in ChunkHeader b) =>
        a.Sum.Equals(b.Sum) || Math.Abs(a.Sum - b.Sum) <= 1e-11 * a.RawRows * Math.Max(Math.Abs(a.Min), Math.Abs(a.Max));
}
