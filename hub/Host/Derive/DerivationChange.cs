using System.Collections.Immutable;

namespace StemLab.Hub.Derive;

/// <summary>What the step to one version of the derivation altered in rows already stored.</summary>
/// <param name="Version"><see cref="Derivation.Version"/> that has it.</param>
/// <param name="Revision">Its revision of facts.</param>
/// <param name="Spans">Where time, value or unit changed, at most one per channel, by name; empty when only new channels came or labels changed.</param>
internal sealed record DerivationChange(long Version, long Revision, ImmutableArray<ChangedSpan> Spans);

/// <summary>UTC µs, from inclusive, to exclusive: covers the rows where they were and where they are now.</summary>
internal readonly record struct ChangedSpan(string Channel, long FromUtcUs, long ToUtcUs);
