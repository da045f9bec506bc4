using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>Turns committed rows into one message: column blocks per channel, in the order of commits. One owner, one thread.</summary>
internal sealed class FrameBuilder(ObservationStore store, QualityBook quality, ChannelSelection selection, ChannelRefs refs, bool withRaw, double maxRateHz)
{
    private readonly DerivedColumns _columns = new();
    private readonly Dictionary<string, long> _lastSentUs = new(StringComparer.Ordinal);
    private ImmutableDictionary<SeriesId, ImmutableArray<(SeriesDerivation Series, uint Ref)>> _series = ImmutableDictionary<SeriesId, ImmutableArray<(SeriesDerivation, uint)>>.Empty;
    private Derivation? _of;

    /// <summary>Adds the selected rows of some commits to a message.</summary>
    public void Add(WatchReadingsResponse message, ImmutableArray<CommittedRows> commits, Derivation derivation)
    {
        Remember(derivation);
        var open = new Dictionary<uint, ReadingBlock>();
        StoreSnapshot? snapshot = null;
        SiblingRows? siblings = null;
        try
        {
            foreach (var segment in commits.SelectMany(commit => commit.Segments))
            {
                foreach (var (series, channelRef) in Find(segment.Series, derivation))
                {
                    if (series.NeedsSiblings && snapshot is null)
                    {
                        // Not older than the commits, so it holds every sibling they came with; what comes later is told as Changed.
                        snapshot = store.Snapshot();
                        siblings = new SiblingRows(snapshot, derivation);
                    }

                    Add(message, open, series, channelRef, segment, siblings);
                }
            }
        }
        finally
        {
            snapshot?.Dispose();
        }
    }

    /// <summary>Adds derived rows of the past, as the replay by time reads them.</summary>
    public void Add(WatchReadingsResponse message, Dictionary<uint, ReadingBlock> open, RowStretch stretch)
    {
        var channelRef = refs.Of(stretch.Series.Channel.Name);
        Append(message, open, stretch.Series, channelRef, stretch.Columns, stretch.Run.Raw.Span, stretch.From, stretch.Count);
    }

    private void Remember(Derivation derivation)
    {
        if (!ReferenceEquals(_of, derivation))
        {
            _of = derivation;
            _series = _series.Clear();
        }
    }

    /// <summary>The selected series that have a row wherever this stored one has: its own, then derived ones.</summary>
    private ImmutableArray<(SeriesDerivation Series, uint Ref)> Find(SeriesId id, Derivation derivation)
    {
        if (_series.TryGetValue(id, out var known))
        {
            return known;
        }

        ImmutableArray<(SeriesDerivation, uint)> found = [.. derivation.ReadersOf(id).Where(series => selection.Contains(series.Channel)).Select(series => (series, refs.Of(series.Channel.Name)))];
        _series = _series.SetItem(id, found);
        return found;
    }

    private void Add(WatchReadingsResponse message, Dictionary<uint, ReadingBlock> open, SeriesDerivation series, uint channelRef, in SegmentOfRows segment, SiblingRows? siblings)
    {
        series.Apply(segment.TUs.Span, segment.Raw.Span, segment.Missing.Span, siblings, _columns);
        quality.LiveFlags(series.Id, segment.TUs.Span[0], segment.TUs.Span[^1]).Apply(segment.TUs.Span, _columns);
        Append(message, open, series, channelRef, _columns, segment.Raw.Span, 0, segment.Length);
    }

    private void Append(
        WatchReadingsResponse message, Dictionary<uint, ReadingBlock> open, SeriesDerivation series, uint channelRef, DerivedColumns columns, ReadOnlySpan<double> raw, int from, int count)
    {
        raw = series.Computed is null ? raw : [];
        var state = ReadingBlocks.StateOf(series.Map.State);
        if (!open.TryGetValue(channelRef, out var block) || block.TimeState != state)
        {
            block = new ReadingBlock { ChannelRef = channelRef, TimeState = state };
            open[channelRef] = block;
            message.Blocks.Add(block);
        }

        if (maxRateHz == 0)
        {
            ReadingBlocks.Append(block, columns, raw, from, count, withRaw);
            return;
        }

        // The watcher asked for less: leave out what comes too soon after the one sent before, and say how many.
        var least = (long)(1e6 / maxRateHz);
        for (var row = from; row < from + count; row++)
        {
            var utc = columns.UtcUs[row];
            if (_lastSentUs.TryGetValue(series.Channel.Name, out var last) && utc >= last && utc - last < least)
            {
                message.SkippedCount++;
                continue;
            }

            _lastSentUs[series.Channel.Name] = utc;
            ReadingBlocks.Append(block, columns, raw, row, 1, withRaw);
        }

        if (block.Value.Count == 0)
        {
            message.Blocks.Remove(block);
            open.Remove(channelRef);
        }
    }
}
