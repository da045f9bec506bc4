using System.Collections.Immutable;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>The animals groups are called after, each with a picture in the asset <c>mascots.svg</c>. Immutable.</summary>
internal static class Mascots
{
    /// <summary>In the order groups get them.</summary>
    public static ImmutableArray<string> All { get; } =
        ["dolphin", "turtle", "crab", "octopus", "seahorse", "starfish", "jellyfish", "squid", "egret", "ray", "clownfish", "puffer"];

    public static Sentence NameOf(string alias) => new() { En = BayAnimals.NameOf(alias, "en"), Vi = BayAnimals.NameOf(alias, "vi") };
}
