using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Retention;

/// <summary>What a removal by channel and UTC means in stored rows, now and for ever: spans on the boots' clocks, by global names. Immutable.</summary>
/// <param name="Spans">Where there are rows; with the rows that stand there.</param>
/// <param name="Unplaced">Channels with rows whose time is not known: left as they are.</param>
internal sealed record RemovalPlan(ImmutableArray<RemovedSpan> Spans, ImmutableArray<string> Unplaced)
{
    public long Rows => Spans.Sum(span => span.Rows);

    /// <summary>Resolves UTC [from, to) for channels. An open start means from the beginning, an open end up to the last row of now.</summary>
    /// <param name="snapshot">The rows.</param>
    /// <param name="derivation">Their time.</param>
    /// <param name="channels">Of that derivation.</param>
    /// <param name="fromUtcUs">0 or less = open.</param>
    /// <param name="toUtcUs"><see cref="long.MaxValue"/> = open.</param>
    /// <param name="certain">Only rows that lie before the end whatever their time bound.</param>
    public static RemovalPlan Of(StoreSnapshot snapshot, Derivation derivation, IEnumerable<ChannelView> channels, long fromUtcUs, long toUtcUs, bool certain)
    {
        snapshot.OnDamage = static _ => { };
        var spans = ImmutableArray.CreateBuilder<RemovedSpan>();
        var unplaced = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (ChannelView channel in channels)
        {
            foreach (SeriesId id in channel.Series)
            {
                if (!snapshot.Dictionary.TryFind(id, out SeriesEntry? entry) || !snapshot.TryExtent(id, out _, out long lastUs))
                {
                    continue;
                }

                bool isOpen = fromUtcUs <= 0 && toUtcUs == long.MaxValue;
                TimeMap map = derivation.Series(id).Map;
                if (map.State == TimeState.Unknown && !isOpen)
                {
                    unplaced.Add(channel.Name);
                    continue;
                }

                long from = fromUtcUs <= 0 ? long.MinValue : map.ToBoot(fromUtcUs);
                long to = toUtcUs == long.MaxValue ? lastUs + 1 : End(map, toUtcUs, certain);
                long rows = from < to ? Count(snapshot, id, from, to) : 0;
                if (rows > 0)
                {
                    InputDeclaration input = entry.Input;
                    spans.Add(new RemovedSpan(new Id128(entry.Boot.Value), new Id128(entry.Agent.Value), input.Port, input.Quantity, input.UnitUcum, input.ConfigRev, from, to, rows));
                }
            }
        }

        return new RemovalPlan(spans.ToImmutable(), [.. unplaced]);
    }

    /// <summary>The span in this store; false where it never heard of the input.</summary>
    public static bool TryFind(StoreDictionary dictionary, RemovedSpan span, out RowMask rows)
    {
        bool isKnown = dictionary.TryFind(new BootId(span.Boot.Value), new AgentId(span.Agent.Value), new InputDeclaration(span.Port, span.Quantity, span.Unit, span.ConfigRev), out SeriesId series);
        rows = new RowMask(series, span.FromTUs, span.ToTUs);
        return isKnown;
    }

    private static long End(TimeMap map, long toUtcUs, bool certain)
    {
        long to = map.ToBoot(toUtcUs);
        if (!certain)
        {
            return to;
        }

        long sigma = map.SigmaUs(to);
        return sigma > toUtcUs ? long.MinValue : map.ToBoot(toUtcUs - sigma);
    }

    private static long Count(StoreSnapshot snapshot, SeriesId series, long fromUs, long toUs)
    {
        var all = new BucketAggregate[1];
        snapshot.Aggregate(series, [fromUs, toUs], all);
        return all[0].Count + all[0].Missing;
    }
}
