using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>When something ends: on the hub's boot clock it began under, and in UTC where that was known then.</summary>
/// <param name="Boot">The hub's boot.</param>
/// <param name="EndUs">µs of that boot.</param>
/// <param name="EndUtcUs">UTC µs; null = not known at the beginning.</param>
internal readonly record struct Lifetime(Id128 Boot, long EndUs, long? EndUtcUs);
