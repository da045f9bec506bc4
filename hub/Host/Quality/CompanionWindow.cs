using System.Runtime.InteropServices;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Science.Quality;
using StemLab.Science.Units;
using StemLab.Store;

namespace StemLab.Hub.Quality;

/// <summary>What neighbour and companion said around a moment; reads on as the moments do. One use, one thread.</summary>
/// <param name="unit">Unit of the channel that is judged; a neighbour in another is converted, or not asked.</param>
internal sealed class CompanionWindow(StoreSnapshot snapshot, Derivation derivation, ChannelRules rules, string unit)
{
    private const int RowsOfAStretch = 8_192;

    /// <summary>Read at once, µs.</summary>
    private const long Ahead = 3_600_000_000;

    private readonly List<long> _neighbourTUs = [];
    private readonly List<double> _neighbour = [];
    private readonly List<long> _jumpTUs = [];
    private readonly List<QcFlag> _jumps = [];
    private long _fromUtcUs = long.MaxValue;
    private long _toUtcUs = long.MaxValue;

    /// <summary>Adds their word to the verdict of one row.</summary>
    public QcVerdict Judge(long utcUs, double value, QcVerdict verdict)
    {
        if (utcUs < _fromUtcUs || utcUs >= _toUtcUs)
        {
            Load(utcUs, utcUs > long.MaxValue - Ahead ? long.MaxValue : utcUs + Ahead);
        }

        if (rules.Neighbour is { } neighbour)
        {
            verdict = verdict.With(
                QcTest.Neighbour,
                CompanionChecks.NeighbourAt(value, utcUs, CollectionsMarshal.AsSpan(_neighbour), CollectionsMarshal.AsSpan(_neighbourTUs), Micros(neighbour.WithinSeconds), neighbour.Limit));
        }

        if (rules.Jumps is { } jumps)
        {
            verdict = verdict.With(
                QcTest.Multivariate,
                CompanionChecks.MultivariateAt(verdict.Of(QcTest.RateOfChange), utcUs, CollectionsMarshal.AsSpan(_jumps), CollectionsMarshal.AsSpan(_jumpTUs), Micros(jumps.WithinSeconds)));
        }

        return verdict;
    }

    /// <summary>One interval more than asked for on both sides, so that the first rate has a value before it, µs.</summary>
    public static long StepUs(ChannelView companion) => Math.Max(companion.IntervalUs, 60_000_000);

    private static long Micros(double seconds) => (long)(seconds * 1e6);

    private void Load(long fromUtcUs, long toUtcUs)
    {
        (_fromUtcUs, _toUtcUs) = (fromUtcUs, toUtcUs);
        if (rules.Neighbour is { } neighbour)
        {
            Read(neighbour, unit, _neighbourTUs, _neighbour);
        }

        if (rules.Jumps is { } jumps)
        {
            var values = new List<double>();
            Read(jumps, null, _jumpTUs, values);
            CollectionsMarshal.SetCount(_jumps, values.Count);
            ChangeChecks.RateOfChange(
                CollectionsMarshal.AsSpan(values), CollectionsMarshal.AsSpan(_jumpTUs), jumps.Limit, null, QcMode.StemLab, CollectionsMarshal.AsSpan(_jumps));
        }
    }

    /// <param name="into">Unit wanted; null = its own.</param>
    private void Read(Companion companion, string? into, List<long> tUs, List<double> values)
    {
        tUs.Clear();
        values.Clear();
        AffineMap map = AffineMap.Identity;
        if (!derivation.TryFindChannel(companion.Channel, out ChannelView? other) || (into is not null && into != other.UnitUcum && !Ucum.TryConvert(other.UnitUcum, into, out map)))
        {
            return;
        }

        long reach = Micros(companion.WithinSeconds) + StepUs(other);
        var rows = new ChannelRows(
            snapshot, derivation, other, _fromUtcUs < long.MinValue + reach ? long.MinValue : _fromUtcUs - reach, _toUtcUs > long.MaxValue - reach ? long.MaxValue : _toUtcUs + reach);
        while (rows.TryNext(RowsOfAStretch, out RowStretch stretch))
        {
            tUs.AddRange(stretch.Columns.UtcUs.AsSpan(stretch.From, stretch.Count));
            foreach (double value in stretch.Columns.Value.AsSpan(stretch.From, stretch.Count))
            {
                values.Add(map.Apply(value));
            }

            rows.Release();
        }
    }
}
