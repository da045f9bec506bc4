using System.Collections.Immutable;
using StemLab.Store.Journal;

namespace StemLab.Store.Reading;

/// <summary>Reads pages of the commit log.</summary>
internal static class CommitReading
{
    public static CommitPage Read(ReadSession session, PublishedState state, BlockDecoder decoder, CommitPosition after, int maxRows)
    {
        var isWhole = after.Index == int.MaxValue;
        var firstNeeded = isWhole ? after.Commit + 1 : after.Commit;
        var (oldest, newest) = session.Journal.Ends();
        if (after.Commit > state.Commit || (firstNeeded <= state.Commit && (newest == 0 || firstNeeded < oldest)))
        {
            return new CommitPage([], CommitPosition.After(oldest > 0 ? oldest - 1 : state.Commit), IsExpired: true, IsAtEnd: false);
        }

        var commits = ImmutableArray.CreateBuilder<CommittedRows>();
        var next = after;
        var left = maxRows;
        session.Journal.ReadAfter(firstNeeded - 1, (commit, _, row) =>
        {
            if (commit > state.Commit || left <= 0)
            {
                return false;
            }

            var cut = new SegmentCut();
            JournalReading.TryRead(row, decoder, cut, keys: null);
            var from = commit == after.Commit ? after.Index + 1 : 0;
            var segments = Part(commit, cut.ToArray(), state, from, ref left, out var lastIndex);
            if (segments.Length > 0)
            {
                commits.Add(new CommittedRows(commit, segments));
            }

            next = lastIndex is { } index ? new CommitPosition(commit, index) : CommitPosition.After(commit);
            return left > 0;
        });
        return new CommitPage(commits.ToImmutable(), next, IsExpired: false, IsAtEnd: next >= CommitPosition.After(state.Commit));
    }

    /// <summary>Segments from an index on, at most so many rows, without what is erased. The last index is null when the commit ended.</summary>
    private static SegmentOfRows[] Part(long commit, SegmentOfRows[] segments, PublishedState state, int from, ref int left, out int? lastIndex)
    {
        lastIndex = null;
        List<SegmentOfRows> part = [];
        foreach (var segment in segments)
        {
            var skip = Math.Clamp(from - segment.FirstIndex, 0, segment.Length);
            var length = segment.Length - skip;
            if (length == 0)
            {
                continue;
            }

            if (left == 0)
            {
                lastIndex ??= segment.FirstIndex + skip - 1;
                break;
            }

            var taken = Math.Min(length, left);
            left -= taken;
            Masking.Add(Slice(segment, skip, taken), state.MasksOf(segment.Series, commit), part);
            if (taken < length)
            {
                lastIndex = segment.FirstIndex + skip + taken - 1;
                break;
            }
        }

        return [.. part];
    }

    public static SegmentOfRows Slice(SegmentOfRows segment, int skip, int length) => new(
        segment.Series,
        segment.FirstIndex + skip,
        segment.TUs.Slice(skip, length),
        segment.Raw.Slice(skip, length),
        segment.Missing.Slice(skip, length));
}

/// <summary>Leaves erased rows out of segments; the others keep their indexes.</summary>
internal static class Masking
{
    public static void Add(SegmentOfRows segment, RowMask[] masks, List<SegmentOfRows> into)
    {
        if (masks.Length == 0)
        {
            into.Add(segment);
            return;
        }

        var times = segment.TUs.Span;
        var start = 0;
        for (var i = 0; i <= times.Length; i++)
        {
            if (i < times.Length && !IsMasked(times[i], masks))
            {
                continue;
            }

            if (i > start)
            {
                into.Add(CommitReading.Slice(segment, start, i - start));
            }

            start = i + 1;
        }
    }

    private static bool IsMasked(long tUs, RowMask[] masks)
    {
        foreach (var mask in masks)
        {
            if (mask.FromUs <= tUs && tUs < mask.ToUs)
            {
                return true;
            }
        }

        return false;
    }
}
