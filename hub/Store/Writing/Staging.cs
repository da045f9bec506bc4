using System.Runtime.InteropServices;
using StemLab.Store.Journal;
using StemLab.Store.Memory;

namespace StemLab.Store.Writing;

/// <summary>
/// Turns submissions into a staged commit: names looked up, ledger asked, rows admitted, journal record written. Nothing is visible or durable yet. Writer thread only.
/// </summary>
internal sealed class Staging(NameTables names, RowAdmission admission, RecentKeys keys)
{
    public const string PartialOverlap = "partial_overlap";
    public const string BadColumn = "bad_column";
    public const string BadRange = "bad_range";

    private readonly Dictionary<SeriesId, SeriesState> _series = [];
    private readonly Dictionary<(AgentId, StreamId, ulong, BootId), Route> _routes = [];
    private readonly Dictionary<(BootId, AgentId, InputDeclaration), SeriesState> _foreign = [];
    private readonly List<(int Start, int Length)> _hidden = [];
    private readonly List<SeriesId> _columns = [];
    private readonly List<StagedRow> _rows = [];

    /// <summary>Where the blocks of one stream with one catalogue go.</summary>
    private sealed record Route(LedgerSlot Slot, CatalogDeclaration Catalog, SeriesState?[] Series);

    public MemTable Active { get; set; } = new();

    public MemTable? Frozen { get; set; }

    public long NextAsideId { get; set; } = 1;

    public SeriesState Series(SeriesId id)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, id, out _);
        return state ??= new SeriesState(id);
    }

    /// <summary>Stages a submission, or answers it when there is nothing to stage.</summary>
    public void Stage(StagedCommit commit, Submission submission, long nowMs)
    {
        switch (submission)
        {
            case NativeBlock block:
                commit.Answer(block, Native(commit, block));
                break;
            case ForeignRows rows:
                commit.Answer(rows, Foreign(commit, rows, nowMs));
                break;
            case ColumnRows column:
                commit.Answer(column, Column(commit, column));
                break;
            case LostRange lost:
                commit.Answer(lost, Lost(commit, lost));
                break;
            case AsideBytes aside:
                commit.Answer(aside, Aside(commit, aside));
                break;
            case Declaring declaring:
                declaring.Result = new DeclareOutcome(names.Stage(commit, declaring.Declarations));
                commit.Answer(declaring, default);
                break;
        }
    }

    /// <summary>After a failed commit: names it had made are gone.</summary>
    public void Forget(int seriesCount)
    {
        _routes.Clear();
        _foreign.Clear();
        foreach (var id in _series.Keys.Where(id => id.Value > seriesCount).ToArray())
        {
            _series.Remove(id);
        }
    }

    private Outcome Native(StagedCommit commit, NativeBlock block)
    {
        if (Find(commit, block) is not { } route)
        {
            return new Outcome(Verdict.UnknownDeclaration, 0, 0, 0, 0, 0, 0);
        }

        if (block.Count < 1 || block.Rows.Count != block.Count || block.FirstSeq > ulong.MaxValue - (ulong)block.Count)
        {
            return KeepAside(commit, null, block.Agent, null, 0, 0, BadRange, block.Payload);
        }

        var ledger = route.Slot.Draft;
        switch (ledger.Overlap(block.FirstSeq, (ulong)block.Count))
        {
            case Overlap.Whole:
                route.Slot.Redelivered += block.Count;
                return new Outcome(Verdict.Duplicate, commit.Number - 1, 0, block.Count, 0, 0, 0);
            case Overlap.Part:
                commit.PartialOverlaps++;
                return KeepAside(commit, route.Slot, block.Agent, block.Stream, block.FirstSeq, (ulong)block.Count, PartialOverlap, block.Payload);
        }

        if (ledger.Cover(block.FirstSeq, (ulong)block.Count) is not { } covered)
        {
            return new Outcome(Verdict.LedgerFull, 0, 0, 0, 0, 0, 0);
        }

        if (!ColumnsFit(block.Rows, route.Catalog))
        {
            return KeepAside(commit, route.Slot, block.Agent, block.Stream, block.FirstSeq, (ulong)block.Count, BadColumn, block.Payload);
        }

        var tally = AdmitColumns(commit, block, route);
        commit.Journal.Native(route.Slot.LocalId, block, CollectionsMarshal.AsSpan(_columns), _hidden);
        commit.Segments.Native(block.Rows, CollectionsMarshal.AsSpan(_columns), CollectionsMarshal.AsSpan(_hidden));
        commit.Set(route.Slot, covered with
        {
            Stored = covered.Stored + tally.Stored,
            Duplicate = covered.Duplicate + tally.Duplicate,
            Conflict = covered.Conflict + tally.Conflict,
            Erased = covered.Erased + tally.Erased,
        });
        return new Outcome(Verdict.Stored, commit.Number, tally.Stored, tally.Duplicate, tally.Conflict, tally.Erased, 0);
    }

    private Tally AdmitColumns(StagedCommit commit, NativeBlock block, Route route)
    {
        _hidden.Clear();
        _columns.Clear();
        var tally = default(Tally);
        var rows = block.Rows;
        foreach (var column in rows.Columns)
        {
            var series = route.Series[column.Input] ??= Series(names.Series(commit, block.Boot, block.Agent, route.Catalog.Inputs[column.Input]));
            _columns.Add(series.Id);
            admission.Know(series, Active, Frozen, commit.Number);
            admission.Admit(
                commit,
                Active,
                Frozen,
                series,
                rows.TUs.AsSpan(column.Start, column.Length),
                rows.Raw.AsSpan(column.Start, column.Length),
                rows.Missing.AsSpan(column.Start, column.Length),
                column.Start,
                _hidden,
                ref tally);
        }

        return tally;
    }

    private Route? Find(StagedCommit commit, NativeBlock block)
    {
        var key = (block.Agent, block.Stream, block.CatalogHash, block.Boot);
        if (_routes.TryGetValue(key, out var route))
        {
            return route;
        }

        var dictionary = commit.Names?.Freeze() ?? commit.Before;
        if (!dictionary.Knows(block.Agent, block.CatalogHash, block.Boot, block.Stream)
            || !dictionary.TryFind(block.Agent, block.CatalogHash, out var catalog)
            || names.Slot(block.Agent, block.Stream) is not { } slot)
        {
            return null;
        }

        return _routes[key] = new Route(slot, catalog, new SeriesState?[catalog.Inputs.Length]);
    }

    private static bool ColumnsFit(BlockRows rows, CatalogDeclaration catalog)
    {
        var next = 0;
        foreach (var column in rows.Columns)
        {
            if ((uint)column.Input >= (uint)catalog.Inputs.Length || column.Start != next || column.Length < 1 || column.Length > rows.Count - next)
            {
                return false;
            }

            // Ranges end before their upper bound, so the very last number cannot be a time.
            if (rows.TUs[next + column.Length - 1] == long.MaxValue)
            {
                return false;
            }

            next += column.Length;
        }

        return next == rows.Count;
    }

    private Outcome Lost(StagedCommit commit, LostRange lost)
    {
        if (names.Slot(lost.Agent, lost.Stream) is not { } slot || lost.Stream.Value == 0)
        {
            return new Outcome(Verdict.UnknownDeclaration, 0, 0, 0, 0, 0, 0);
        }

        if (lost.Count < 1 || lost.FirstSeq > ulong.MaxValue - lost.Count)
        {
            return KeepAside(commit, null, lost.Agent, null, 0, 0, BadRange, lost.Payload);
        }

        // What is covered stays what it is: the block had come through, only its receipt had not.
        var fresh = lost.Count - slot.Draft.CoveredOf(lost.FirstSeq, lost.Count);
        if (fresh == 0)
        {
            return new Outcome(Verdict.Duplicate, commit.Number - 1, 0, 0, 0, 0, 0);
        }

        if (slot.Draft.Cover(lost.FirstSeq, lost.Count) is not { } covered)
        {
            return new Outcome(Verdict.LedgerFull, 0, 0, 0, 0, 0, 0);
        }

        commit.Journal.Lost(slot.LocalId, lost);
        commit.Set(slot, covered.Lose(lost.Reason, (long)Math.Min(fresh, long.MaxValue)));
        return new Outcome(Verdict.Stored, commit.Number, 0, 0, 0, 0, 0);
    }

    private Outcome Aside(StagedCommit commit, AsideBytes aside)
    {
        var slot = aside is { Agent: { } agent, Stream: { Value: not 0 } stream } ? names.Slot(agent, stream) : null;
        if (aside.Stream is not null && (slot is null || aside.Count < 1 || aside.FirstSeq > ulong.MaxValue - aside.Count))
        {
            return KeepAside(commit, null, aside.Agent, null, 0, 0, aside.Reason, aside.Payload);
        }

        if (slot?.Draft.Overlap(aside.FirstSeq, aside.Count) == Overlap.Whole)
        {
            return new Outcome(Verdict.Duplicate, commit.Number - 1, 0, 0, 0, 0, 0);
        }

        return KeepAside(commit, slot, aside.Agent, aside.Stream, aside.FirstSeq, aside.Count, aside.Reason, aside.Payload);
    }

    private Outcome KeepAside(
        StagedCommit commit, LedgerSlot? slot, AgentId? agent, StreamId? stream, ulong firstSeq, ulong count, string reason, ReadOnlyMemory<byte> payload)
    {
        var rejected = 0UL;
        if (slot is not null)
        {
            rejected = count - slot.Draft.CoveredOf(firstSeq, count);
            if (slot.Draft.Cover(firstSeq, count) is not { } covered)
            {
                return new Outcome(Verdict.LedgerFull, 0, 0, 0, 0, 0, 0);
            }

            commit.Set(slot, covered with { Rejected = covered.Rejected + (long)Math.Min(rejected, long.MaxValue) });
        }

        var id = NextAsideId++;
        commit.Undo(() => NextAsideId--);
        commit.Asides.Add(new AsideRow(id, agent, stream, firstSeq, count, reason, payload.Length > 65_536 ? payload[..65_536] : payload));
        commit.Journal.Aside(id);
        var verdict = reason == PartialOverlap ? Verdict.PartialOverlap : Verdict.KeptAside;
        return new Outcome(verdict, commit.Number, 0, 0, 0, 0, (int)Math.Min(rejected, int.MaxValue));
    }

    private Outcome Foreign(StagedCommit commit, ForeignRows rows, long nowMs)
    {
        if (rows.Key is { } key && key.IsRedelivery && (keys.Contains(key.Value, nowMs) || commit.Keys.Contains(key.Value)))
        {
            if (names.Slot(rows.Agent, default) is { } known)
            {
                known.Redelivered += rows.Rows.Length;
            }

            return new Outcome(Verdict.Redelivered, commit.Number - 1, 0, rows.Rows.Length, 0, 0, 0);
        }

        var isKnown = commit.Names is { } draft ? draft.TryFind(rows.Boot, out _) : commit.Before.TryFind(rows.Boot, out _);
        if (!isKnown || rows.Rows.IsDefaultOrEmpty)
        {
            return new Outcome(Verdict.UnknownDeclaration, 0, 0, 0, 0, 0, 0);
        }

        _rows.Clear();
        var tally = default(Tally);
        foreach (var row in rows.Rows)
        {
            AdmitForeign(commit, rows, row, ref tally);
        }

        var slot = names.ForeignSlot(commit, rows.Agent);
        commit.Journal.Foreign(slot.LocalId, rows.Key, CollectionsMarshal.AsSpan(_rows));
        foreach (var row in _rows)
        {
            commit.Segments.Foreign(row);
        }

        if (rows.Key is { } fresh)
        {
            commit.Keys.Add(fresh.Value);
        }

        commit.Set(slot, slot.Draft with
        {
            Stored = slot.Draft.Stored + tally.Stored,
            Duplicate = slot.Draft.Duplicate + tally.Duplicate,
            Conflict = slot.Draft.Conflict + tally.Conflict,
            Erased = slot.Draft.Erased + tally.Erased,
        });
        return new Outcome(Verdict.Stored, commit.Number, tally.Stored, tally.Duplicate, tally.Conflict, tally.Erased, 0);
    }

    /// <summary>Rows of a file or another hub: by identity alone, a whole column at a time.</summary>
    private Outcome Column(StagedCommit commit, ColumnRows column)
    {
        var isKnown = commit.Names is { } draft ? draft.TryFind(column.Boot, out _) : commit.Before.TryFind(column.Boot, out _);
        if (!isKnown)
        {
            return new Outcome(Verdict.UnknownDeclaration, 0, 0, 0, 0, 0, 0);
        }

        ref var cached = ref CollectionsMarshal.GetValueRefOrAddDefault(_foreign, (column.Boot, column.Agent, column.Input), out _);
        var series = cached ??= Series(names.Series(commit, column.Boot, column.Agent, column.Input));
        admission.Know(series, Active, Frozen, commit.Number);
        _hidden.Clear();
        var tally = default(Tally);
        var rows = column.Rows;
        admission.Admit(commit, Active, Frozen, series, rows.TUs, rows.Raw, rows.Missing, 0, _hidden, ref tally);
        var slot = names.ForeignSlot(commit, column.Agent);
        commit.Journal.Column(slot.LocalId, series.Id, rows, _hidden);
        commit.Segments.Native(rows, [series.Id], CollectionsMarshal.AsSpan(_hidden));
        if (column.IsCounted)
        {
            commit.Set(slot, slot.Draft with
            {
                Stored = slot.Draft.Stored + tally.Stored,
                Duplicate = slot.Draft.Duplicate + tally.Duplicate,
                Conflict = slot.Draft.Conflict + tally.Conflict,
                Erased = slot.Draft.Erased + tally.Erased,
            });
        }

        return new Outcome(Verdict.Stored, commit.Number, tally.Stored, tally.Duplicate, tally.Conflict, tally.Erased, 0);
    }

    private void AdmitForeign(StagedCommit commit, ForeignRows rows, ForeignRow row, ref Tally tally)
    {
        ref var cached = ref CollectionsMarshal.GetValueRefOrAddDefault(_foreign, (rows.Boot, rows.Agent, row.Input), out _);
        var series = cached ??= Series(names.Series(commit, rows.Boot, rows.Agent, row.Input));
        admission.Know(series, Active, Frozen, commit.Number);
        var t = rows.BumpIfNotLater && row.TUs <= series.LastT ? series.LastT + 1 : row.TUs;
        var raw = row.Missing == 0 ? row.Raw : double.NaN;
        var missing = row.Missing;
        _hidden.Clear();
        admission.Admit(commit, Active, Frozen, series, new ReadOnlySpan<long>(in t), new ReadOnlySpan<double>(in raw), new ReadOnlySpan<byte>(in missing), 0, _hidden, ref tally);
        _rows.Add(new StagedRow(series.Id, t, raw, missing, _hidden.Count > 0));
    }
}
