using System.Collections.Immutable;

namespace StemLab.Hub.Screens;

/// <summary>What a person chose for the public. Immutable.</summary>
/// <param name="CityName">Empty = the school's name.</param>
/// <param name="Channels">Names of the channels the public may see.</param>
/// <param name="Logo">PNG or JPEG; empty = none.</param>
/// <param name="ConfirmedLimits">SHA-256 (hex) of the limits file a person has compared; empty = none.</param>
internal sealed record ScreenSettings(string CityName, ImmutableArray<string> Channels, ImmutableArray<byte> Logo, string ConfirmedLimits)
{
    /// <summary>Names of the campaigns the public may see, in their order.</summary>
    public ImmutableArray<string> Campaigns { get; init; } = [];
}
