using System.Collections.Immutable;

namespace StemLab.Store.Writing;

/// <summary>Rows being taken out of chunks, a bounded slice an errand, so that commits go on between. Writer thread only until done.</summary>
internal sealed class Removal(ImmutableArray<RowMask> spans, bool isSecret)
{
    private int _at;

    /// <summary>Freed pages are overwritten with zeros.</summary>
    public bool IsSecret { get; } = isSecret;

    /// <summary>Rows taken out so far.</summary>
    public long Rows { get; private set; }

    public bool IsDone => _at >= spans.Length;

    /// <summary>Takes out the next slice, inside a transaction.</summary>
    public void Slice(Erasing erasing)
    {
        var chunks = Erasing.SliceChunks;
        while (!IsDone && chunks > 0)
        {
            var (rows, isEmpty) = erasing.Remove(spans[_at], ref chunks);
            Rows += rows;
            if (!isEmpty)
            {
                return;
            }

            _at++;
        }
    }
}
