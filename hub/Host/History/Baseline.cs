using System.Collections.Immutable;
using StemLab.Hub.Derive;

namespace StemLab.Hub.History;

/// <summary>What values are compared with: the same rows at the same times, read under an earlier revision or without drift spreads. Immutable.</summary>
/// <param name="Of">The earlier derivation; absent = the newest one without drift spreads.</param>
internal sealed record Baseline(Derivation? Of)
{
    /// <summary>How a series' rows read under the baseline; null where they meant another property or unit then.</summary>
    public SeriesDerivation? For(SeriesDerivation series)
    {
        if (Of is null)
        {
            ImmutableArray<DerivedSpan> spans = [.. series.Spans.Select(span => span with { Drift = null })];
            return series.With(spans);
        }

        bool isSame = Of.TryFindSeries(series.Id, out SeriesDerivation? then) && then.Channel.PropertyId == series.Channel.PropertyId && then.Channel.UnitUcum == series.Channel.UnitUcum;
        return isSame ? series.With(then!.Spans) : null;
    }
}
