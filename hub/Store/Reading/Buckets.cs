using StemLab.Store.Chunks;
using StemLab.Store.Memory;

namespace StemLab.Store.Reading;

/// <summary>Finds the bucket of a time. Times are asked for in ascending order, so the answer is nearly always where it was or next to it.</summary>
internal sealed class Buckets(ReadOnlySpan<long> edges)
{
    private readonly long[] _edges = edges.ToArray();
    private int _at;

    /// <summary>Checks the form of a caller's edges.</summary>
    public static void Require(ReadOnlySpan<long> edges, int buckets)
    {
        if (edges.Length != buckets + 1)
        {
            throw new ArgumentException($"{buckets} buckets need {buckets + 1} edges, not {edges.Length}", nameof(edges));
        }

        for (var i = 1; i < edges.Length; i++)
        {
            if (edges[i] < edges[i - 1])
            {
                throw new ArgumentException($"Edge {i} ({edges[i]}) lies before the edge before it ({edges[i - 1]})", nameof(edges));
            }
        }
    }

    /// <summary>The bucket of a time inside the edges, not earlier than asked for before.</summary>
    public int At(long tUs)
    {
        while (_edges[_at + 1] <= tUs)
        {
            _at++;
        }

        return _at;
    }

    /// <summary>True when a whole chunk lies inside one bucket.</summary>
    public bool IsInOne(ChunkHeader header)
    {
        // The question comes before the rows ahead of the chunk are added, so the pointer must not move.
        var at = Array.BinarySearch(_edges, header.T0);
        at = at < 0 ? ~at : at + 1;
        while (at < _edges.Length && _edges[at] <= header.T0)
        {
            at++;
        }

        return at < _edges.Length && header.T1 < _edges[at];
    }

    /// <summary>Adds rows, cut at the edges.</summary>
    public void Add(RowSlice rows, Span<BucketAggregate> into)
    {
        while (!rows.IsEmpty)
        {
            var at = At(rows.TUs[rows.Start]);
            var end = RowSlice.LowerBound(rows.TUs, rows.Start, rows.End, _edges[at + 1]);
            var part = rows with { End = end };
            Aggregates.Add(ref into[at], part.Times, part.Values, part.Reasons);
            rows = rows with { Start = end };
        }
    }
}
