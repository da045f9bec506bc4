using System.Collections.Immutable;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>The first question of a chart, told with the page, so that the browser asks it while it still loads the scripts.</summary>
/// <param name="Url">Path and question.</param>
/// <param name="Of">The channel's resource name.</param>
/// <param name="SpanS">Seconds shown.</param>
/// <param name="StartUs">From when on it asks, UTC µs.</param>
public sealed record FirstHistory(string Url, string Of, int SpanS, long StartUs)
{
    /// <summary>What a chart draws of the answer, as the JSON face gives it but for each index, which is told from the one before it (bucketsIn in api.js), told with the page too; null = the browser asks.</summary>
    public string? Answer { get; init; }

    /// <summary>The answer for the hub's own picture; empty where there is none.</summary>
    internal ImmutableArray<BucketBlock> Blocks { get; init; } = [];

    /// <summary>A phone of 360 px shows two thirds of them.</summary>
    public const int Buckets = 510;
}
