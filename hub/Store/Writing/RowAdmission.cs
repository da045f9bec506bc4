using StemLab.Store.Chunks;
using StemLab.Store.Memory;
using StemLab.Store.Reading;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Writing;

/// <summary>
/// Decides for every row whether it is new, a duplicate, a conflict or erased, and stages the new ones in memory. Rows later than all before
/// cost one comparison; late ones are compared with what is there. Writer thread only.
/// </summary>
internal sealed class RowAdmission(SqliteSession session, ChunkReader chunks)
{
    private enum Fate : byte
    {
        New,
        Duplicate,
        Conflict,
        LosingConflict,
        Erased,
    }

    private readonly SqliteStatement _hasConflict = session.Prepare("SELECT 1 FROM conflict WHERE series = ?1 AND t = ?2 AND missing = ?3 AND bits = ?4");
    private Fate[] _fates = [];

    /// <summary>Looks up the last time of a series, once.</summary>
    public void Know(SeriesState series, MemTable active, MemTable? frozen, long commit)
    {
        if (series.IsKnown)
        {
            return;
        }

        series.LastT = long.MinValue;
        if (active.Find(series.Id)?.TryGreatest(commit, long.MaxValue, out var inActive) == true)
        {
            series.LastT = inActive;
        }

        if (frozen?.Find(series.Id)?.TryGreatest(commit, long.MaxValue, out var inFrozen) == true)
        {
            series.LastT = Math.Max(series.LastT, inFrozen);
        }

        series.HasChunks = chunks.TryLast(series.Id, long.MaxValue, out var last);
        if (series.HasChunks)
        {
            series.LastT = Math.Max(series.LastT, last.T1);
        }

        series.IsKnown = true;
    }

    /// <summary>Admits ascending rows of one series.</summary>
    /// <param name="commit">Where they are staged.</param>
    /// <param name="active">The table that takes them.</param>
    /// <param name="frozen">The table being flushed.</param>
    /// <param name="series">The series, known.</param>
    /// <param name="tUs">Ascending times.</param>
    /// <param name="raw">Values.</param>
    /// <param name="missing">Reasons.</param>
    /// <param name="offset">Index of the first row in its submission.</param>
    /// <param name="hidden">Receives the rows not newly shown.</param>
    /// <param name="tally">Counts.</param>
    public void Admit(
        StagedCommit commit,
        MemTable active,
        MemTable? frozen,
        SeriesState series,
        ReadOnlySpan<long> tUs,
        ReadOnlySpan<double> raw,
        ReadOnlySpan<byte> missing,
        int offset,
        List<(int Start, int Length)> hidden,
        ref Tally tally)
    {
        commit.Touch(series);
        if (tUs[0] > series.LastT && series.Masks.Length == 0)
        {
            commit.Touch(active, active.Append(commit.Number, series.Id, tUs, raw, missing));
            series.LastT = tUs[^1];
            tally.Stored += tUs.Length;
            return;
        }

        var fates = Judge(commit, active, frozen, series, tUs, raw, missing);
        Stage(commit, active, series, fates, tUs, raw, missing, offset, hidden, ref tally);
        series.LastT = Math.Max(series.LastT, tUs[^1]);
    }

    private ReadOnlySpan<Fate> Judge(
        StagedCommit commit,
        MemTable active,
        MemTable? frozen,
        SeriesState series,
        ReadOnlySpan<long> tUs,
        ReadOnlySpan<double> raw,
        ReadOnlySpan<byte> missing)
    {
        if (_fates.Length < tUs.Length)
        {
            _fates = new Fate[tUs.Length];
        }

        var fates = _fates.AsSpan(0, tUs.Length);
        fates.Clear();
        foreach (var mask in series.Masks)
        {
            for (var i = 0; i < tUs.Length; i++)
            {
                if (mask.FromUs <= tUs[i] && tUs[i] < mask.ToUs)
                {
                    fates[i] = Fate.Erased;
                }
            }
        }

        var late = tUs.Length;
        while (late > 0 && tUs[late - 1] > series.LastT)
        {
            late--;
        }

        if (late > 0)
        {
            Compare(commit, active, frozen, series, fates[..late], tUs[..late], raw, missing);
        }

        return fates;
    }

    private void Compare(
        StagedCommit commit,
        MemTable active,
        MemTable? frozen,
        SeriesState series,
        Span<Fate> fates,
        ReadOnlySpan<long> tUs,
        ReadOnlySpan<double> raw,
        ReadOnlySpan<byte> missing)
    {
        var endUs = tUs[^1] + 1;
        List<RowSlice> memory = [];
        frozen?.Find(series.Id)?.Slices(commit.Number, tUs[0], endUs, memory);
        active.Find(series.Id)?.Slices(commit.Number, tUs[0], endUs, memory);
        if (memory.Count > PublishedState.SortAbove)
        {
            memory = [SliceSort.Merge(memory)];
        }

        var there = new SeriesWalk(chunks, series.Id, tUs[0], endUs, memory, [], mayReuse: true, skipChunks: !series.HasChunks, pageRows: 16);
        var i = 0;
        while (i < tUs.Length && there.MoveNext())
        {
            var rows = there.Rows;
            for (var at = rows.Start; at < rows.End && i < tUs.Length; at++)
            {
                while (i < tUs.Length && tUs[i] < rows.TUs[at])
                {
                    i++;
                }

                if (i < tUs.Length && tUs[i] == rows.TUs[at])
                {
                    if (fates[i] == Fate.Erased)
                    {
                        i++;
                        continue;
                    }

                    var shown = rows.Missing is null ? (byte)0 : rows.Missing[at];
                    fates[i] = Meet(commit, series.Id, tUs[i], missing[i], raw[i], shown, rows.Raw[at]);
                    i++;
                }
            }
        }
    }

    private Fate Meet(StagedCommit commit, SeriesId series, long tUs, byte missing, double raw, byte shownMissing, double shownRaw)
    {
        if (Collision.IsSame(missing, raw, shownMissing, shownRaw))
        {
            return Fate.Duplicate;
        }

        var row = Conflict(series, tUs, missing, raw);
        if (commit.Conflicts.Contains(row) || IsRecorded(row))
        {
            return Fate.Duplicate;
        }

        commit.Conflicts.Add(row);
        commit.Conflicts.Add(Conflict(series, tUs, shownMissing, shownRaw));
        return Collision.Beats(missing, raw, shownMissing, shownRaw) ? Fate.Conflict : Fate.LosingConflict;
    }

    private static void Stage(
        StagedCommit commit,
        MemTable active,
        SeriesState series,
        ReadOnlySpan<Fate> fates,
        ReadOnlySpan<long> tUs,
        ReadOnlySpan<double> raw,
        ReadOnlySpan<byte> missing,
        int offset,
        List<(int Start, int Length)> hidden,
        ref Tally tally)
    {
        var at = 0;
        while (at < fates.Length)
        {
            var isShown = IsShown(fates[at]);
            var end = at;
            for (; end < fates.Length && IsShown(fates[end]) == isShown; end++)
            {
                Count(fates[end], ref tally);
            }

            if (isShown)
            {
                commit.Touch(active, active.Append(commit.Number, series.Id, tUs[at..end], raw[at..end], missing[at..end]));
            }
            else
            {
                hidden.Add((offset + at, end - at));
            }

            at = end;
        }
    }

    private static bool IsShown(Fate fate) => fate is Fate.New or Fate.Conflict;

    private static void Count(Fate fate, ref Tally tally)
    {
        switch (fate)
        {
            case Fate.New:
                tally.Stored++;
                break;
            case Fate.Duplicate:
                tally.Duplicate++;
                break;
            case Fate.Erased:
                tally.Erased++;
                break;
            default:
                tally.Conflict++;
                break;
        }
    }

    private static ConflictRow Conflict(SeriesId series, long tUs, byte missing, double raw) =>
        new(series, tUs, missing, missing == 0 ? BitConverter.DoubleToUInt64Bits(raw) : 0);

    private bool IsRecorded(ConflictRow row)
    {
        var found = _hasConflict.Bind(1, row.Series.Value).Bind(2, row.TUs).Bind(3, row.Missing).Bind(4, (long)row.Bits).Step();
        _hasConflict.Reset();
        return found;
    }
}
