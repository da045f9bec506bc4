using StemLab.Science.Quality;

namespace StemLab.Hub.Query;

/// <summary>Buckets cut where flags change, so that each piece lies in one bucket and bears one flag. Immutable.</summary>
internal sealed class FlagPieces
{
    private readonly List<int> _bucket;
    private readonly List<QcFlag> _flag;

    private FlagPieces(long[] edges, List<int> bucket, List<QcFlag> flag)
    {
        Edges = edges;
        _bucket = bucket;
        _flag = flag;
    }

    /// <summary>One more than pieces, ascending.</summary>
    public long[] Edges { get; }

    public int Count => _bucket.Count;

    public int BucketOf(int piece) => _bucket[piece];

    public QcFlag FlagOf(int piece) => _flag[piece];

    /// <param name="edges">Of the buckets, ascending, µs of one boot.</param>
    /// <param name="runs">Rows that are not good: ascending, not overlapping, both ends belong to them.</param>
    public static FlagPieces Of(ReadOnlySpan<long> edges, ReadOnlySpan<(long FromT, long LastT, byte Flag)> runs)
    {
        int room = edges.Length + (2 * runs.Length);
        var cuts = new List<long>(room);
        var bucket = new List<int>(room);
        var flag = new List<QcFlag>(room);
        int next = 0;
        for (int i = 0; i + 1 < edges.Length; i++)
        {
            (long at, long end) = (edges[i], edges[i + 1]);
            while (next < runs.Length && runs[next].LastT < at)
            {
                next++;
            }

            for (int run = next; run < runs.Length && runs[run].FromT < end && at < end; run++)
            {
                long from = Math.Max(at, runs[run].FromT);
                long to = runs[run].LastT >= end ? end : runs[run].LastT + 1;
                if (from > at)
                {
                    Add(at, QcFlag.Pass);
                }

                Add(from, (QcFlag)runs[run].Flag);
                at = to;
            }

            if (at < end || edges[i] == end)
            {
                Add(at, QcFlag.Pass);
            }

            void Add(long start, QcFlag of)
            {
                cuts.Add(start);
                bucket.Add(i);
                flag.Add(of);
            }
        }

        cuts.Add(edges[^1]);
        return new FlagPieces([.. cuts], bucket, flag);
    }
}
