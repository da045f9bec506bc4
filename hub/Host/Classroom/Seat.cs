namespace StemLab.Hub.Classroom;

/// <summary>A student's place in an open session: an animal of the bay, nothing else. Immutable.</summary>
/// <param name="Id">Id of its credential.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Alias">The animal's key, with a number when all animals are taken: "octopus", "octopus-2".</param>
internal sealed record Seat(long Id, long SessionId, string Alias);
