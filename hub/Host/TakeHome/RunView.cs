using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Wire;

namespace StemLab.Hub.TakeHome;

/// <summary>A run as the newest facts have it. Immutable.</summary>
/// <param name="Id">Its run id.</param>
/// <param name="Title">For people; may be empty.</param>
/// <param name="Channels">Those of it this hub still has.</param>
/// <param name="StartUs">UTC µs, inclusive.</param>
/// <param name="EndUs">UTC µs, exclusive; of a run that goes on, now.</param>
/// <param name="IsRunning">It has no end yet.</param>
/// <param name="IsPractice">It was to try things out.</param>
/// <param name="IsTimeKnown">False while nobody knows UTC: lengths are right, clock times are not.</param>
internal sealed record RunView(Id128 Id, string Title, ImmutableArray<ChannelView> Channels, long StartUs, long EndUs, bool IsRunning, bool IsTimeKnown, bool IsPractice)
{
    /// <summary>An instant, UTC µs, lies in it.</summary>
    public bool Holds(long utcUs) => utcUs >= StartUs && (utcUs < EndUs || IsRunning);

    /// <summary>Those of its channels that a student calculates, by the name they have here.</summary>
    public ImmutableDictionary<string, (string Channel, Derivation Under)> Own { get; init; } = ImmutableDictionary<string, (string Channel, Derivation Under)>.Empty;

    /// <summary>What to ask for a channel's readings, and under which facts; null = the newest.</summary>
    public (string Name, Derivation? Under) ReadingsOf(ChannelView channel) => Own.TryGetValue(channel.Name, out var own) ? own : (channel.Name, null);
}
