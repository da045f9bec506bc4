using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.V1;

namespace StemLab.Hub.Live;

/// <summary>What is said of changes: for each channel of a selection the span that holds them all. Pure.</summary>
internal static class ToldChanges
{
    /// <summary>2100-01-01: an end for "everything" that survives JSON numbers.</summary>
    private const long LatestUtcUs = 4_102_444_800_000_000;

    /// <summary>The changes as they are told; none when they are of other channels.</summary>
    /// <param name="changes">Null = no longer kept: everything may have changed.</param>
    /// <param name="derivation">Not older than the changes.</param>
    public static IEnumerable<Changed> Of(IEnumerable<QualityChange>? changes, ChannelSelection selection, Derivation derivation)
    {
        if (changes is null)
        {
            return Everything(selection, derivation);
        }

        var spans = new Dictionary<string, ChangedSpan>(StringComparer.Ordinal);
        foreach (var span in changes.SelectMany(change => change.Spans))
        {
            spans[span.Channel] = spans.TryGetValue(span.Channel, out var known)
                ? new ChangedSpan(span.Channel, Math.Min(known.FromUtcUs, span.FromUtcUs), Math.Max(known.ToUtcUs, span.ToUtcUs))
                : span;
        }

        return spans.Values.Where(span => derivation.TryFindChannel(span.Channel, out var channel) && selection.Contains(channel)).Select(span => Of(span, derivation));
    }

    /// <summary>Every channel of a selection may have changed wherever it has readings.</summary>
    public static IEnumerable<Changed> Everything(ChannelSelection selection, Derivation derivation) =>
        selection.Of(derivation).Select(channel => Of(new ChangedSpan(channel.Name, 0, LatestUtcUs), derivation));

    private static Changed Of(ChangedSpan span, Derivation derivation) =>
        new() { Channel = span.Channel, StartTimeUs = span.FromUtcUs, EndTimeUs = span.ToUtcUs, Revision = derivation.Revision };
}
