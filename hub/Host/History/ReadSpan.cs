using StemLab.Hub.Derive;
using StemLab.Store;

namespace StemLab.Hub.History;

/// <summary>Derived readings of one channel in a UTC span, copied out as columns of equal length, in the order of <see cref="ChannelRows"/>. Its reader's own.</summary>
internal sealed class ReadSpan
{
    private ReadSpan(ChannelView channel, long revision, long commit) => (Channel, Revision, Commit) = (channel, revision, commit);

    public ChannelView Channel { get; }

    public long Revision { get; }

    public long Commit { get; }

    /// <summary>UTC µs; only an order where the time is not known.</summary>
    public List<long> UtcUs { get; } = [];

    /// <summary>In the channel's unit; NaN = missing.</summary>
    public List<double> Value { get; } = [];

    /// <summary>QARTOD flag.</summary>
    public List<byte> Flag { get; } = [];

    /// <summary>What the probe gave, native unit; NaN = missing.</summary>
    public List<double> Raw { get; } = [];

    public int Count => UtcUs.Count;

    /// <summary>Reads a span; null when it holds more than <paramref name="most"/> readings.</summary>
    /// <param name="fromUtcUs">First UTC µs wanted.</param>
    /// <param name="toUtcUs">First UTC µs not wanted.</param>
    /// <param name="flags">Verdicts to lay over the readings.</param>
    public static ReadSpan? Read(
        StoreSnapshot snapshot, Derivation derivation, ChannelView channel, long fromUtcUs, long toUtcUs, int most, ChannelFlags flags, CancellationToken cancellationToken)
    {
        var span = new ReadSpan(channel, derivation.Revision, snapshot.Commit);
        var rows = new ChannelRows(snapshot, derivation, channel, fromUtcUs, toUtcUs, flags);
        while (rows.TryNext(most - span.Count + 1, out var stretch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            span.Take(stretch);
            rows.Release();
            if (span.Count > most)
            {
                return null;
            }
        }

        return span;
    }

    private void Take(in RowStretch stretch)
    {
        UtcUs.AddRange(stretch.Columns.UtcUs.AsSpan(stretch.From, stretch.Count));
        Value.AddRange(stretch.Columns.Value.AsSpan(stretch.From, stretch.Count));
        Flag.AddRange(stretch.Columns.Flag.AsSpan(stretch.From, stretch.Count));
        for (var row = stretch.From; row < stretch.From + stretch.Count; row++)
        {
            Raw.Add(stretch.Run.Missing.Span[row] == 0 && stretch.Series.Computed is null ? stretch.Run.Raw.Span[row] : double.NaN);
        }
    }
}
