using System.Collections.Immutable;

namespace StemLab.Agent.Sensors.VirtualBay;

/// <summary>One place of the virtual bay. Immutable.</summary>
/// <param name="Slug">Label of the agent that stands there.</param>
/// <param name="NameEn">For people, in English.</param>
/// <param name="NameVi">The same in Vietnamese.</param>
/// <param name="Latitude">Degrees north of a bay that is not on any map; only how the places lie to each other means something.</param>
/// <param name="Longitude">Degrees east of it.</param>
/// <param name="Freshness">How much river water reaches it, 0 open sea … 1 river mouth.</param>
/// <param name="DepthM">Water depth at mean level, m.</param>
/// <param name="Life">How much lives and breathes there, 0 bare … 1 reef, weed or farm: drives oxygen and pH over the day.</param>
/// <param name="TideLagS">How much later the tide comes than at the bay's mouth, s.</param>
internal sealed record BaySite(
    string Slug, string NameEn, string NameVi, double Latitude, double Longitude, double Freshness, double DepthM, double Life, double TideLagS)
{
    /// <summary>In both languages, for where there is room for one text only.</summary>
    public string Name => $"{NameEn} / {NameVi}";

    /// <summary>Eight places named after kinds of places, not after real stations: nothing here was measured.</summary>
    public static ImmutableArray<BaySite> All { get; } =
    [
        new("bay-mouth", "Bay mouth", "Cửa vịnh", 20.885, 107.187, 0.02, 12.0, 0.20, 0),
        new("coral-garden", "Coral garden", "Vườn san hô", 20.907, 107.147, 0.05, 5.5, 0.90, 600),
        new("karst-lagoon", "Karst lagoon", "Áng nước", 20.947, 107.153, 0.15, 3.5, 0.75, 1_500),
        new("pearl-farm", "Pearl farm", "Trại ngọc trai", 20.909, 107.060, 0.12, 7.0, 0.60, 900),
        new("fishing-village", "Fishing village", "Làng chài", 20.928, 107.107, 0.20, 6.0, 0.55, 1_200),
        new("mangrove", "Mangrove edge", "Rìa rừng ngập mặn", 20.942, 107.055, 0.45, 1.8, 0.85, 2_400),
        new("harbour", "Harbour", "Bến tàu", 20.969, 107.101, 0.35, 8.0, 0.30, 1_800),
        new("river-plume", "River plume", "Luồng nước sông", 20.966, 107.026, 0.80, 4.0, 0.40, 3_000),
    ];
}
