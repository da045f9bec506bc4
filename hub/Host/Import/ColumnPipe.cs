using StemLab.Store;

namespace StemLab.Hub.Import;

/// <summary>Carries columns of rows to the store, a bounded number at a time, and counts what became of them. One caller.</summary>
internal sealed class ColumnPipe(ObservationStore store, ReportDraft draft)
{
    /// <summary>So many rows wait for the writer at most: readings that arrive meanwhile are not held up.</summary>
    private const int MostRowsInFlight = 131_072;

    private readonly Queue<ColumnRows> _inFlight = [];
    private int _rows;

    /// <summary>Hands on rows in any order of time; equal times follow each other, so that each is held against what is there.</summary>
    public async Task AddAsync(AgentId agent, BootId boot, InputDeclaration input, RowList rows, CancellationToken cancellationToken)
    {
        foreach (var (tUs, raw, missing) in rows.Ascending())
        {
            var column = new ColumnRows(agent, boot, input, tUs, raw, missing, isCounted: true);
            while (_rows > MostRowsInFlight)
            {
                await SettleAsync();
            }

            await store.SubmitAsync(column, cancellationToken);
            _inFlight.Enqueue(column);
            _rows += tUs.Length;
        }

        rows.Clear();
    }

    /// <summary>Waits until everything is durable.</summary>
    public async Task DrainAsync()
    {
        while (_inFlight.Count > 0)
        {
            await SettleAsync();
        }
    }

    private async Task SettleAsync()
    {
        var column = _inFlight.Dequeue();
        _rows -= column.Rows.Count;
        var outcome = await column.Completion;
        draft.New += outcome.Stored;
        draft.Duplicate += outcome.Duplicate;
        draft.Conflict += outcome.Conflict;
        draft.Erased += outcome.Erased;
    }
}

/// <summary>Rows of one input as they come. One thread.</summary>
internal sealed class RowList
{
    private long[] _tUs = new long[1024];
    private double[] _raw = new double[1024];
    private byte[] _missing = new byte[1024];
    private bool _isAscending = true;

    public int Count { get; private set; }

    public void Add(long tUs, double raw, byte missing)
    {
        if (Count == _tUs.Length)
        {
            Array.Resize(ref _tUs, Count * 2);
            Array.Resize(ref _raw, Count * 2);
            Array.Resize(ref _missing, Count * 2);
        }

        _isAscending &= Count == 0 || tUs > _tUs[Count - 1];
        (_tUs[Count], _raw[Count], _missing[Count]) = (tUs, raw, missing);
        Count++;
    }

    public void Clear() => (Count, _isAscending) = (0, true);

    /// <summary>The rows in pieces with strictly ascending times; of equal times the first of the file comes first.</summary>
    public IEnumerable<(long[] TUs, double[] Raw, byte[] Missing)> Ascending()
    {
        if (Count == 0)
        {
            yield break;
        }

        if (_isAscending)
        {
            for (var at = 0; at < Count; at += ColumnRows.MaxRows)
            {
                var end = Math.Min(Count, at + ColumnRows.MaxRows);
                yield return (_tUs[at..end], _raw[at..end], _missing[at..end]);
            }

            yield break;
        }

        var order = Enumerable.Range(0, Count).ToArray();
        Array.Sort(order, (a, b) => _tUs[a] != _tUs[b] ? _tUs[a].CompareTo(_tUs[b]) : a.CompareTo(b));
        while (order.Length > 0)
        {
            List<int> piece = [];
            List<int> later = [];
            foreach (var i in order)
            {
                (piece.Count < ColumnRows.MaxRows && (piece.Count == 0 || _tUs[i] > _tUs[piece[^1]]) ? piece : later).Add(i);
            }

            yield return ([.. piece.Select(i => _tUs[i])], [.. piece.Select(i => _raw[i])], [.. piece.Select(i => _missing[i])]);
            order = [.. later];
        }
    }
}
