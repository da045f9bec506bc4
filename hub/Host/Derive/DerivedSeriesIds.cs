using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>
/// Numbers for series of derived channels, which have no rows of their own: one for ever (of this process) for a channel and the stored series it follows, so that
/// verdicts keep their place when the derivation is built anew. Far above what the store counts to. Safe from any thread.
/// </summary>
internal sealed class DerivedSeriesIds
{
    private const int First = 1 << 30;

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<(string Channel, SeriesId Rows), SeriesId> _ids = [];

    public SeriesId Of(string channel, SeriesId rows)
    {
        lock (_gate)
        {
            if (!_ids.TryGetValue((channel, rows), out SeriesId id))
            {
                _ids[(channel, rows)] = id = new SeriesId(First + _ids.Count);
            }

            return id;
        }
    }
}
