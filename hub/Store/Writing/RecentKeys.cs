namespace StemLab.Store.Writing;

/// <summary>Keys of foreign publishes already durable, for 10 minutes and at most 500,000 of them: oldest go first. Writer thread only.</summary>
internal sealed class RecentKeys
{
    public const int Most = 500_000;
    public const long KeepMs = 600_000;
    private readonly Queue<(UInt128 Key, long AtMs)> _order = [];
    private readonly Dictionary<UInt128, long> _latest = [];

    public bool Contains(UInt128 key, long nowMs) => _latest.TryGetValue(key, out var at) && nowMs - at <= KeepMs;

    public void Add(UInt128 key, long atMs)
    {
        _latest[key] = atMs;
        _order.Enqueue((key, atMs));
        while (_order.Count > Most || (_order.TryPeek(out var oldest) && atMs - oldest.AtMs > KeepMs))
        {
            var (gone, goneAt) = _order.Dequeue();
            if (_latest.TryGetValue(gone, out var at) && at == goneAt)
            {
                _latest.Remove(gone);
            }
        }
    }
}
