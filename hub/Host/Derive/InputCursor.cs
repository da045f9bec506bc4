using StemLab.Science.Quality;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>Where a reader stands in one series a derived channel rests on: its newest reading with a value at or before the moment asked for. Moments ascend; going back starts anew. One thread.</summary>
internal sealed class InputCursor(StoreSnapshot snapshot, SeriesDerivation series, SiblingRows siblings, FlagsOfSeries? flagsOf, bool withUncertainty, long maxAgeUs)
{
    private readonly DerivedColumns _columns = new(withUncertainty);
    private RowRuns? _runs;
    private ReadOnlyMemory<long> _times;
    private int _next;
    private long _lastAskedUs = long.MinValue;

    /// <summary>Time of the reading; <see cref="long.MinValue"/> = none.</summary>
    public long AtUs { get; private set; } = long.MinValue;

    public double Value { get; private set; }

    /// <summary>Standard uncertainty, NaN = not known.</summary>
    public double Uncertainty { get; private set; } = double.NaN;

    public byte Flag { get; private set; }

    public FlagReasons Reason { get; private set; }

    /// <summary>Takes in every reading up to t. Afterwards <see cref="AtUs"/> is that of the newest with a value, at most so old, or <see cref="long.MinValue"/>.</summary>
    public void MoveTo(long tUs)
    {
        if (_runs is null || tUs < _lastAskedUs)
        {
            Open(tUs);
        }

        _lastAskedUs = tUs;
        Advance(tUs);
        if (AtUs != long.MinValue && AtUs < Oldest(tUs))
        {
            AtUs = long.MinValue;
        }
    }

    private long Oldest(long tUs) => tUs < long.MinValue + maxAgeUs ? long.MinValue : tUs - maxAgeUs;

    /// <summary>Starts at the newest row not after t; where that has no value, as far back as the age allows.</summary>
    private void Open(long tUs)
    {
        bool isNear = snapshot.TryLatest(series.Entry.Id, tUs, out StoredRow row) && row.TUs >= Oldest(tUs);
        Start(isNear ? row.TUs : tUs);
        if (!isNear)
        {
            return;
        }

        Advance(row.TUs);
        if (AtUs != row.TUs)
        {
            Start(Oldest(tUs));
        }
    }

    private void Start(long fromUs)
    {
        _runs = snapshot.Rows(series.Entry.Id, fromUs, long.MaxValue);
        (_times, _next, AtUs) = (default, 0, long.MinValue);
    }

    private void Advance(long tUs)
    {
        while (true)
        {
            ReadOnlySpan<long> times = _times.Span;
            for (; _next < times.Length && times[_next] <= tUs; _next++)
            {
                if (!double.IsNaN(_columns.Value[_next]))
                {
                    (AtUs, Value, Flag, Reason) = (times[_next], _columns.Value[_next], _columns.Flag[_next], _columns.Reason[_next]);
                    Uncertainty = withUncertainty ? _columns.Uncertainty[_next] : double.NaN;
                }
            }

            if (_next < times.Length || !_runs!.MoveNext())
            {
                return;
            }

            RowRun run = _runs.Current;
            series.Values(run.TUs.Span, run.Raw.Span, run.Missing.Span, siblings, _columns);
            flagsOf?.Invoke(series, run.TUs.Span[0], run.TUs.Span[^1]).Apply(run.TUs.Span, _columns);
            (_times, _next) = (run.TUs, 0);
        }
    }
}
