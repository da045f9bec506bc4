using StemLab.Science.Quality;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>Consecutive rows of one series with one verdict of the tests. Times are µs of the series' boot, both ends belong to it.</summary>
/// <param name="Flag">QARTOD flag.</param>
/// <param name="Reasons">Causes.</param>
internal readonly record struct FlagRun(long FromT, long LastT, byte Flag, FlagReasons Reasons);

/// <summary>A person's word on a stretch of one series, to exclusive.</summary>
/// <param name="Flag">QARTOD flag.</param>
/// <param name="Fact">The fact it stands in.</param>
internal readonly record struct HumanSpan(long FromT, long ToT, byte Flag, Id128 Fact);
