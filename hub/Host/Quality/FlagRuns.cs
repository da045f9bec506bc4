using System.Collections.Immutable;
using System.Runtime.InteropServices;
using StemLab.Hub.Derive;
using StemLab.Science.Quality;

namespace StemLab.Hub.Quality;

/// <summary>
/// The verdicts on one series as runs of equal ones, ascending; good rows take no room. Rows are added in order at the end, and stretches judged again take the
/// place of what was there. One owner, one thread.
/// </summary>
internal sealed class FlagRuns
{
    private readonly List<FlagRun> _runs = [];

    /// <summary>True while the last row added belongs to the last run: only then the next equal row continues it.</summary>
    private bool _isOpen;

    private long _lastT = long.MinValue;

    /// <summary>Runs held: 32 bytes each.</summary>
    public int Count => _runs.Count;

    /// <summary>The same runs, to be changed apart from their owner.</summary>
    public static FlagRuns Of(ImmutableArray<FlagRun> runs)
    {
        var copy = new FlagRuns();
        copy._runs.AddRange(runs);
        return copy;
    }

    /// <summary>Adds the verdict of a row after all rows before.</summary>
    public void Add(long tUs, byte flag, FlagReasons reasons)
    {
        _lastT = tUs;
        if (flag == (byte)QcFlag.Pass && reasons == FlagReasons.None)
        {
            _isOpen = false;
            return;
        }

        if (_isOpen && _runs[^1].Flag == flag && _runs[^1].Reasons == reasons)
        {
            _runs[^1] = _runs[^1] with { LastT = tUs };
            return;
        }

        _runs.Add(new FlagRun(tUs, tUs, flag, reasons));
        _isOpen = true;
    }

    /// <summary>A row is judged from the store, not added: the run before it does not go on over it.</summary>
    public void PassOver(long tUs)
    {
        if (tUs > _lastT)
        {
            (_lastT, _isOpen) = (tUs, false);
        }
    }

    /// <summary>Gives the last row added another verdict.</summary>
    public void AmendLast(long tUs, byte flag, FlagReasons reasons)
    {
        if (_isOpen && _runs[^1].LastT == tUs)
        {
            if (_runs[^1].FromT == tUs)
            {
                _runs.RemoveAt(_runs.Count - 1);
            }
            else
            {
                // The row before it ended earlier; nothing stored lies between.
                _runs[^1] = _runs[^1] with { LastT = tUs - 1 };
            }
        }

        _isOpen = _runs.Count > 0 && _runs[^1].LastT == tUs - 1;
        Add(tUs, flag, reasons);
    }

    /// <summary>Puts other runs in the place of what lies in [from, last]; a run that reaches across an end is cut there.</summary>
    public void Replace(long fromT, long lastT, ImmutableArray<FlagRun> runs)
    {
        int first = FirstEndingAtOrAfter(fromT);
        int after = first;
        var edges = new List<FlagRun>(runs.Length + 2);
        while (after < _runs.Count && _runs[after].FromT <= lastT)
        {
            FlagRun old = _runs[after++];
            if (old.FromT < fromT)
            {
                edges.Add(old with { LastT = fromT - 1 });
            }

            if (old.LastT > lastT)
            {
                runs = [.. runs, old with { FromT = lastT + 1 }];
            }
        }

        edges.AddRange(runs);
        _runs.RemoveRange(first, after - first);
        _runs.InsertRange(first, edges);
        // Which row the last run ends with is not known any more.
        _isOpen = _runs.Count > 0 && _runs[^1].LastT == _lastT;
    }

    /// <summary>The runs up to a moment; one that reaches beyond it is cut there.</summary>
    public ImmutableArray<FlagRun> Through(long lastT)
    {
        int after = 0;
        while (after < _runs.Count && _runs[after].FromT <= lastT)
        {
            after++;
        }

        ImmutableArray<FlagRun> runs = [.. CollectionsMarshal.AsSpan(_runs)[..after]];
        return after > 0 && runs[^1].LastT > lastT ? runs.SetItem(after - 1, runs[^1] with { LastT = lastT }) : runs;
    }

    /// <summary>The runs that reach into [from, to).</summary>
    public ImmutableArray<FlagRun> Within(long fromT, long toT)
    {
        int first = FirstEndingAtOrAfter(fromT);
        int after = first;
        while (after < _runs.Count && _runs[after].FromT < toT)
        {
            after++;
        }

        return [.. CollectionsMarshal.AsSpan(_runs)[first..after]];
    }

    private int FirstEndingAtOrAfter(long tUs)
    {
        (int low, int high) = (0, _runs.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _runs[middle].LastT < tUs ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
