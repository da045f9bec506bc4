using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Science.Quality;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.Quality;

/// <summary>Verdicts on a stretch of one channel.</summary>
/// <param name="Runs">By series; a series without an entry is all good.</param>
/// <param name="FromUtcUs">UTC of the first row judged.</param>
/// <param name="LastUtcUs">UTC of the last row judged; before <paramref name="FromUtcUs"/> where there was none.</param>
internal sealed record RangeVerdicts(Dictionary<SeriesId, FlagRuns> Runs, long FromUtcUs, long LastUtcUs, long Rows);

/// <summary>
/// Judges stored rows of one channel over a stretch of UTC: reads as much of the past as its tests look back, and one row ahead. The same rows, facts and
/// rules give the same verdicts, whatever was judged before. One use, one thread.
/// </summary>
/// <param name="inputFlags">Verdicts on the readings a compensated value is made with: the worst of them travels.</param>
internal sealed class RangeCheck(StoreSnapshot snapshot, Derivation derivation, ChannelView channel, ImmutableArray<RuleSpan> rules, FlagsOfSeries inputFlags)
{
    private const int RowsOfAStretch = 8_192;

    private readonly Dictionary<SeriesId, FlagRuns> _runs = [];
    private long _firstUtcUs = long.MaxValue;
    private long _lastUtcUs = long.MinValue;
    private long _rows;

    /// <summary>The rows with from ≤ utc &lt; to.</summary>
    /// <param name="withReach">Also those whose verdict a change inside may touch: the row before, and as many after as tests look back.</param>
    public RangeVerdicts Judge(long fromUtcUs, long toUtcUs, bool withReach, CancellationToken cancellationToken)
    {
        for (int i = 0; i < rules.Length; i++)
        {
            long begin = rules[i].FromUtcUs;
            long end = i + 1 < rules.Length ? rules[i + 1].FromUtcUs : long.MaxValue;
            if (begin < toUtcUs && end > fromUtcUs)
            {
                new Piece(this, rules[i].Rules, begin, end, cancellationToken).Judge(Math.Max(begin, fromUtcUs), Math.Min(end, toUtcUs), withReach);
            }
        }

        return new RangeVerdicts(_runs, _firstUtcUs, _lastUtcUs, _rows);
    }

    /// <summary>A pass that knows what came before a moment, for going on live from there.</summary>
    public QcPass PassBefore(long utcUs, ChannelRules at, long spanFromUtcUs, CancellationToken cancellationToken) =>
        new Piece(this, at, spanFromUtcUs, utcUs, cancellationToken).Past(utcUs);

    /// <summary>One flag and its causes out of what tests and derivation say.</summary>
    public static (byte Flag, FlagReasons Reasons) Join(QcVerdict verdict, byte derived, FlagReasons derivedReasons)
    {
        QcFlag flag = (QcFlag)derived is QcFlag.Suspect or QcFlag.Fail ? QcFlags.Stronger(verdict.Flag, (QcFlag)derived) : verdict.Flag;
        flag = flag == QcFlag.Pass && derivedReasons.HasFlag(FlagReasons.InputNotEvaluated) ? QcFlag.NotEvaluated : flag;
        FlagReasons reasons = verdict.Flag is QcFlag.Suspect or QcFlag.Fail ? Causes(verdict) : FlagReasons.None;
        return ((byte)flag, reasons | derivedReasons);
    }

    private static FlagReasons Causes(QcVerdict verdict)
    {
        FlagReasons causes = FlagReasons.None;
        foreach ((QcTest test, FlagReasons cause) in Bits)
        {
            causes |= verdict.Of(test) is QcFlag.Suspect or QcFlag.Fail ? cause : FlagReasons.None;
        }

        return causes;
    }

    /// <summary>The tests a channel may be put to and the bit each sets.</summary>
    public static ImmutableArray<(QcTest Test, FlagReasons Cause)> Bits { get; } =
    [
        (QcTest.GrossRange, FlagReasons.GrossRange), (QcTest.FlatLine, FlagReasons.FlatLine), (QcTest.Spike, FlagReasons.Spike), (QcTest.RateOfChange, FlagReasons.RateOfChange),
        (QcTest.Neighbour, FlagReasons.Neighbour), (QcTest.Multivariate, FlagReasons.Multivariate), (QcTest.Climatology, FlagReasons.Climatology),
        (QcTest.AttenuatedSignal, FlagReasons.AttenuatedSignal),
    ];

    private void Write(in Row row)
    {
        if (!_runs.TryGetValue(row.Series, out FlagRuns? runs))
        {
            _runs[row.Series] = runs = new FlagRuns();
        }

        _firstUtcUs = Math.Min(_firstUtcUs, row.UtcUs);
        _lastUtcUs = Math.Max(_lastUtcUs, row.UtcUs);
        _rows++;
        (byte flag, FlagReasons reasons) = row.IsMissing ? ((byte)QcFlag.Pass, FlagReasons.None) : Join(row.Verdict, row.Derived, row.Reasons);
        runs.Add(row.TUs, flag, reasons);
    }

    private readonly record struct Row(SeriesId Series, long TUs, long UtcUs, bool IsMissing, byte Derived, FlagReasons Reasons, QcVerdict Verdict);

    /// <summary>The part of the stretch one set of rules speaks of.</summary>
    private sealed class Piece(RangeCheck whole, ChannelRules rules, long spanFromUtcUs, long spanToUtcUs, CancellationToken cancellationToken)
    {
        private double _value;
        private readonly CompanionWindow? _companions = rules.HasCompanions ? new CompanionWindow(whole.Snapshot, whole.Derivation, rules, whole.Channel.UnitUcum) : null;

        public void Judge(long fromUtcUs, long toUtcUs, bool withReach)
        {
            long start = Math.Max(spanFromUtcUs, Back(fromUtcUs));
            var pass = new QcPass(rules.Rules);
            Row? before = null;
            (int after, long afterUs) = (0, withReach ? Add(toUtcUs, rules.Rules.ReachBehindUs) : toUtcUs);
            foreach (Row row in Rows(start, spanToUtcUs))
            {
                QcVerdict verdict = pass.Add(row.UtcUs, _value, out QcFlag spike);
                if (before is { } known)
                {
                    Emit(spike == 0 ? known : known with { Verdict = known.Verdict.With(QcTest.Spike, spike) }, fromUtcUs, withReach && row.UtcUs >= fromUtcUs);
                }

                bool isAfter = row.UtcUs >= toUtcUs;
                bool isWanted = !isAfter || (withReach && (after++ < rules.Rules.ReachBehind || row.UtcUs < afterUs));
                before = isWanted ? row with { Verdict = _companions is null ? verdict : _companions.Judge(row.UtcUs, _value, verdict) } : null;
                if (!isWanted)
                {
                    return;
                }
            }

            if (before is { } last)
            {
                Emit(last, fromUtcUs, withReach);
            }
        }

        public QcPass Past(long utcUs)
        {
            var pass = new QcPass(rules.Rules);
            foreach (Row row in Rows(Math.Max(spanFromUtcUs, Back(utcUs)), utcUs))
            {
                pass.Add(row.UtcUs, _value, out _);
            }

            return pass;
        }

        private static long Add(long utcUs, long us) => utcUs > long.MaxValue - us ? long.MaxValue : utcUs + us;

        /// <param name="isLastBefore">The row just before the stretch counts too.</param>
        private void Emit(in Row row, long fromUtcUs, bool isLastBefore)
        {
            if (row.UtcUs >= fromUtcUs || isLastBefore)
            {
                whole.Write(row);
            }
        }

        private IEnumerable<Row> Rows(long fromUtcUs, long toUtcUs)
        {
            var rows = new ChannelRows(whole.Snapshot, whole.Derivation, whole.Channel, fromUtcUs, toUtcUs, inputFlags: whole.InputFlags);
            while (rows.TryNext(RowsOfAStretch, out RowStretch stretch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int i = stretch.From; i < stretch.From + stretch.Count; i++)
                {
                    DerivedColumns columns = stretch.Columns;
                    _value = columns.Value[i];
                    yield return new Row(stretch.Series.Id, stretch.Run.TUs.Span[i], columns.UtcUs[i], double.IsNaN(_value), columns.Flag[i], columns.Reason[i], default);
                }

                rows.Release();
            }
        }

        /// <summary>A moment with enough rows and time before the given one for every test; the beginning where there are fewer.</summary>
        private long Back(long utcUs)
        {
            if (utcUs == long.MinValue)
            {
                return utcUs;
            }

            long span = Math.Max(rules.Rules.ReachBehindUs, (long)(1.1e6 * rules.Rules.ReachBehind * rules.Rules.IntervalSeconds)) + 1;
            while (true)
            {
                long from = utcUs < long.MinValue + span ? long.MinValue : utcUs - span;
                if (!whole.TryExtent(out long first, out _) || from <= first || whole.Count(from, utcUs) >= rules.Rules.ReachBehind)
                {
                    return from;
                }

                span = span > long.MaxValue / 8 ? long.MaxValue : span * 4;
            }
        }
    }

    private StoreSnapshot Snapshot => snapshot;

    private Derivation Derivation => derivation;

    private ChannelView Channel => channel;

    private FlagsOfSeries InputFlags => inputFlags;

    /// <summary>UTC of the channel's first and last stored row; false while it has none.</summary>
    public bool TryExtent(out long firstUtcUs, out long lastUtcUs)
    {
        (firstUtcUs, lastUtcUs) = (long.MaxValue, long.MinValue);
        foreach (SeriesId id in channel.Series)
        {
            SeriesDerivation series = derivation.Series(id);
            if (snapshot.TryExtent(series.Entry.Id, out long firstUs, out long lastUs))
            {
                TimeMap map = series.Map;
                (firstUtcUs, lastUtcUs) = (Math.Min(firstUtcUs, map.ToUtc(firstUs)), Math.Max(lastUtcUs, map.ToUtc(lastUs)));
            }
        }

        return firstUtcUs <= lastUtcUs;
    }

    /// <summary>Stored rows with from ≤ utc &lt; to, from the headers where they can tell.</summary>
    public long Count(long fromUtcUs, long toUtcUs)
    {
        long count = 0;
        Span<BucketAggregate> bucket = stackalloc BucketAggregate[1];
        foreach (SeriesId id in channel.Series)
        {
            SeriesDerivation series = derivation.Series(id);
            if (!snapshot.Dictionary.TryFind(series.Entry.Id, out _))
            {
                continue;
            }

            TimeMap map = series.Map;
            long from = fromUtcUs == long.MinValue ? fromUtcUs : map.ToBoot(fromUtcUs);
            long to = toUtcUs == long.MaxValue ? toUtcUs : map.ToBoot(toUtcUs);
            snapshot.Aggregate(series.Entry.Id, [from, Math.Max(from, to)], bucket);
            count += bucket[0].Count + bucket[0].Missing;
        }

        return count;
    }
}
