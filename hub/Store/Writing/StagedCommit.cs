using StemLab.Store.Journal;
using StemLab.Store.Memory;

namespace StemLab.Store.Writing;

/// <summary>How rows of one submission fared.</summary>
internal struct Tally
{
    public int Stored;
    public int Duplicate;
    public int Conflict;
    public int Erased;
    public int Rejected;
}

/// <summary>A row whose (series, t) was there with other bits; both sides are kept.</summary>
internal readonly record struct ConflictRow(SeriesId Series, long TUs, byte Missing, ulong Bits);

/// <summary>Bytes to be kept aside.</summary>
internal sealed record AsideRow(long Id, AgentId? Agent, StreamId? Stream, ulong FirstSeq, ulong Count, string Reason, ReadOnlyMemory<byte> Payload);

/// <summary>Everything one commit is about to change, so that a disk that refuses leaves no trace. Writer thread only; reused.</summary>
internal sealed class StagedCommit
{
    private readonly List<(MemTable Table, MemRun Run)> _runs = [];
    private readonly List<SeriesState> _series = [];
    private readonly List<Action> _undo = [];

    public long Number { get; private set; }

    public StoreDictionary Before { get; private set; } = StoreDictionary.Empty;

    /// <summary>The next dictionary; null while nothing in it changed.</summary>
    public DictionaryDraft? Names { get; private set; }

    public JournalRow Journal { get; } = new();

    public SegmentCut Segments { get; private set; } = new();

    public List<LedgerSlot> Ledgers { get; } = [];

    public HashSet<ConflictRow> Conflicts { get; } = [];

    public List<AsideRow> Asides { get; } = [];

    /// <summary>Statements for new names, in order.</summary>
    public List<Action> Sql { get; } = [];

    public HashSet<UInt128> Keys { get; } = [];

    public List<(Submission Submission, Outcome Outcome)> Answers { get; } = [];

    public Tally Total;

    public long PartialOverlaps { get; set; }

    /// <summary>A stream was met for the first time.</summary>
    public bool HasNewSlots { get; set; }

    /// <summary>True when the commit has a number of its own, that is, something to tell in the log.</summary>
    public bool HasRecords => !Journal.IsEmpty;

    public bool NeedsDisk => HasRecords || Sql.Count > 0;

    public void Begin(long number, StoreDictionary before)
    {
        Number = number;
        Before = before;
        Names = null;
        Segments = new SegmentCut();
        Journal.Begin();
        _runs.Clear();
        _series.Clear();
        _undo.Clear();
        Ledgers.Clear();
        Conflicts.Clear();
        Asides.Clear();
        Sql.Clear();
        Keys.Clear();
        Answers.Clear();
        Total = default;
        PartialOverlaps = 0;
        HasNewSlots = false;
    }

    public DictionaryDraft ChangeNames() => Names ??= Before.Draft();

    public void Touch(MemTable table, MemRun run) => _runs.Add((table, run));

    public void Touch(SeriesState series) => _series.Add(series);

    public void Undo(Action action) => _undo.Add(action);

    public void Set(LedgerSlot slot, StreamLedger draft)
    {
        slot.Draft = draft;
        if (!slot.IsDirty)
        {
            slot.IsDirty = true;
            Ledgers.Add(slot);
        }
    }

    public void Answer(Submission submission, Outcome outcome)
    {
        Answers.Add((submission, outcome));
        Total.Stored += outcome.Stored;
        Total.Duplicate += outcome.Duplicate;
        Total.Conflict += outcome.Conflict;
        Total.Erased += outcome.Erased;
        Total.Rejected += outcome.Rejected;
    }

    /// <summary>After the fsync: what was staged is now so.</summary>
    public void Keep()
    {
        foreach (var slot in Ledgers)
        {
            slot.Published = slot.Draft;
            slot.IsDirty = false;
        }
    }

    /// <summary>The disk refused: as if nothing had come.</summary>
    public void TakeBack()
    {
        foreach (var (table, run) in _runs)
        {
            table.TakeBack(run, Number);
        }

        foreach (var series in _series)
        {
            series.IsKnown = false;
        }

        foreach (var slot in Ledgers)
        {
            slot.Draft = slot.Published;
            slot.IsDirty = false;
        }

        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            _undo[i]();
        }
    }
}
