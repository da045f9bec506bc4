using System.Collections.Concurrent;

namespace StemLab.Hub.Samples;

/// <summary>Which credential kept which sample, so that a student may take back a slip of the thumb and nobody else's work. Only while the hub runs: no fact says who a student was. Safe from any thread.</summary>
internal sealed class OwnSamples
{
    /// <summary>Beyond it the oldest are no longer anybody's own: two hundred phones, fifty samples each.</summary>
    public const int Most = 10_000;

    private readonly ConcurrentDictionary<string, long> _keepers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    public void Remember(string factId, long credential)
    {
        _keepers[factId] = credential;
        _order.Enqueue(factId);
        while (_keepers.Count > Most && _order.TryDequeue(out var oldest))
        {
            _keepers.TryRemove(oldest, out _);
        }
    }

    public bool IsOf(string factId, long credential) => _keepers.TryGetValue(factId, out var keeper) && keeper == credential;
}
