namespace StemLab.Hub.Quality;

/// <summary>
/// Rows that were stored when the book followed a change, but not taken yet. A recheck settles the change before they are, and a row is judged by what is known when it
/// is taken: without its late temperature, say, that the change spoke of. So what is taken until everything stored then has been taken is judged once more.
/// Under the lock of its <see cref="QualityBook"/>.
/// </summary>
internal sealed class Overtaken
{
    private static readonly UtcSpan Nothing = new(long.MaxValue, long.MinValue);

    private readonly Dictionary<string, UtcSpan> _taken = new(StringComparer.Ordinal);
    private long _throughCommit;

    /// <summary>A change of these channels was followed when commits up to that one were stored.</summary>
    public void Follow(IEnumerable<string> channels, long storedCommit)
    {
        _throughCommit = Math.Max(_throughCommit, storedCommit);
        foreach (string channel in channels)
        {
            _taken.TryAdd(channel, Nothing);
        }
    }

    /// <summary>Rows of a channel were taken, from first to last, UTC µs.</summary>
    public void Take(string channel, long firstUtcUs, long lastUtcUs)
    {
        if (_taken.TryGetValue(channel, out UtcSpan known))
        {
            _taken[channel] = new UtcSpan(Math.Min(known.FromUs, firstUtcUs), Math.Max(known.ToUs, lastUtcUs + 1));
        }
    }

    /// <summary>Commits up to that one were taken; what is to be judged again, handed out once.</summary>
    public List<(string Channel, UtcSpan Span)> Through(long commit)
    {
        if (_taken.Count == 0 || commit < _throughCommit)
        {
            return [];
        }

        List<(string Channel, UtcSpan Span)> again = [.. _taken.Where(taken => taken.Value.FromUs < taken.Value.ToUs).Select(taken => (taken.Key, taken.Value))];
        _taken.Clear();
        return again;
    }
}
