using System.Collections.Frozen;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>Verdicts on the rows of one channel over a stretch, by series. Immutable; safe from any thread.</summary>
internal sealed class ChannelFlags(FrozenDictionary<SeriesId, SeriesFlags> series)
{
    /// <summary>Nothing judged: rows keep the flag they were derived with.</summary>
    public static ChannelFlags None { get; } = new(FrozenDictionary<SeriesId, SeriesFlags>.Empty);

    public SeriesFlags Of(SeriesId id) => series.TryGetValue(id, out SeriesFlags? flags) ? flags : SeriesFlags.None;
}
