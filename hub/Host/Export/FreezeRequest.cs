using System.Collections.Immutable;

namespace StemLab.Hub.Export;

/// <summary>What is to be frozen. Immutable; checked by <see cref="SelectionCheck"/>.</summary>
/// <param name="Channels">As in a query; empty = all.</param>
/// <param name="Sites">Slugs; empty = anywhere.</param>
/// <param name="ToUtcUs">Exclusive; <see cref="long.MaxValue"/> = no bound.</param>
/// <param name="Flags">QARTOD flags that count; empty = all.</param>
/// <param name="Measured">Take real readings.</param>
/// <param name="Simulated">Take simulated ones.</param>
/// <param name="Runs">Run ids; empty = whatever the runs.</param>
/// <param name="Real">Take readings that are no practice.</param>
/// <param name="Practice">Take those of practice runs.</param>
/// <param name="Revision">0 = the newest.</param>
/// <param name="PlaceDecimals">Places are rounded to so many digits; absent = as they are.</param>
internal sealed record FreezeRequest(
    ImmutableArray<string> Channels, ImmutableArray<string> Sites, long FromUtcUs, long ToUtcUs, ImmutableArray<byte> Flags, bool Measured, bool Simulated, ImmutableArray<Wire.Id128> Runs, bool Real, bool Practice, long Revision, int? PlaceDecimals);
