using System.Collections.Immutable;
using StemLab.Science.Properties;
using StemLab.Science.Texts;
using StemLab.Science.Units;

namespace StemLab.Science.Water;

/// <summary>Everything StemLab derives, to choose from. Immutable; safe from any thread.</summary>
public static class DerivedQuantities
{
    private static readonly DerivedInput _water = new("water_temperature", "Cel", new ValueRange(0, 40));
    private static readonly DerivedInput _salinity = new("practical_salinity", "1", new ValueRange(0, 42), 0);
    private static readonly DerivedInput _pressure = new("water_pressure", "dbar", new ValueRange(0, 10_000), 0);
    private static readonly DerivedInput _barometer = new("air_pressure", "hPa", new ValueRange(506, 1115), 1013.25);
    private static readonly DerivedInput _air = new("air_temperature", "Cel", new ValueRange(-40, 60));
    private static readonly DerivedInput _humidity = new("relative_humidity", "%", new ValueRange(0, 100));
    private static readonly DerivedInput _conductivity = new("electrical_conductivity", "mS/cm", new ValueRange(0, 100));
    private static readonly DerivedInput _oxygen = new("dissolved_oxygen", "mg/L", new ValueRange(0, 50));

    internal static SentenceTable Names { get; } = SentenceTable.Load("derived-texts.json");

    /// <summary>Every derived quantity; formula ids are unique.</summary>
    public static ImmutableArray<DerivedQuantity> All { get; } =
    [
        new("practical-salinity-pss78/1", "practical_salinity", "1", [_conductivity, _water with { Range = new ValueRange(-2, 35) }, _pressure], x => Seawater.PracticalSalinity(x[0], x[1], x[2])),
        new("practical-salinity-from-25/1", "practical_salinity", "1", [new("specific_conductance_25", "uS/cm", new ValueRange(0, 65_000))], x => Seawater.PracticalSalinity(x[0] / 1000, 25, 0)),
        new("conductivity-pss78/1", "electrical_conductivity", "mS/cm", [_salinity with { Default = null }, _water with { Range = new ValueRange(-2, 35) }, _pressure], x => Seawater.ConductivityMScm(x[0], x[1], x[2])),
        new("density-teos10/1", "water_density", "kg/m3", [_salinity, _water with { Range = new ValueRange(-2, 40) }, _pressure], x => Teos10.DensityKgM3(x[0], x[1], x[2])),
        new("density-eos80/1", "water_density", "kg/m3", [_salinity, _water with { Range = new ValueRange(-2, 40) }, _pressure], x => Seawater.DensityKgM3(x[0], x[1], x[2])),
        new("sigma-t-eos80/1", "sigma_t", "kg/m3", [_salinity, _water with { Range = new ValueRange(-2, 40) }], x => Seawater.SigmaTKgM3(x[0], x[1])),
        new("sound-speed-water-chen-millero/1", "sound_speed_water", "m/s", [_salinity with { Range = new ValueRange(0, 40) }, _water, _pressure], x => Seawater.SoundSpeedMs(x[0], x[1], x[2])),
        new("sound-speed-water-mackenzie/1", "sound_speed_water", "m/s", [_salinity with { Range = new ValueRange(25, 40), Default = null }, _water with { Range = new ValueRange(2, 30) }, new("depth", "m", new ValueRange(0, 8000), 0)], x => Seawater.SoundSpeedMackenzieMs(x[0], x[1], x[2])),
        new("depth-unesco44/1", "depth", "m", [_pressure with { Default = null }, new("latitude", "deg", new ValueRange(-90, 90), 20)], x => Seawater.DepthM(x[0], x[1])),
        new("freezing-point-unesco44/1", "water_temperature", "Cel", [_salinity with { Range = new ValueRange(4, 40), Default = null }, _pressure with { Range = new ValueRange(0, 500) }], x => Seawater.FreezingPointCelsius68(x[0], x[1]) / 1.00024),
        new("specific-conductance-linear/1", "specific_conductance_25", "uS/cm", [_conductivity with { UnitUcum = "uS/cm", Range = new ValueRange(0, 100_000) }, _water with { Range = new ValueRange(0, 50) }], x => FreshWater.SpecificConductance25(x[0], x[1])),
        new("dissolved-solids-factor/1", "total_dissolved_solids", "mg/L", [new("specific_conductance_25", "uS/cm", new ValueRange(0, 5000))], x => FreshWater.DissolvedSolidsMgL(x[0])),
        new("oxygen-saturation-benson-krause/1", "dissolved_oxygen_saturation", "%", [_oxygen, _water, _salinity with { Range = new ValueRange(0, 40) }, _barometer], x => Oxygen.PercentSaturation(x[0], x[1], x[2], x[3])),
        new("oxygen-from-percent-benson-krause/1", "dissolved_oxygen", "mg/L", [new("dissolved_oxygen_saturation", "%", new ValueRange(0, 500)), _water, _salinity with { Range = new ValueRange(0, 40) }, _barometer], x => Oxygen.FromPercentMgL(x[0], x[1], x[2], x[3])),
        new("oxygen-at-saturation-benson-krause/1", "dissolved_oxygen", "mg/L", [_water, _salinity with { Range = new ValueRange(0, 40) }, _barometer], x => Oxygen.SaturationMgL(x[0], x[1], x[2])),
        new("oxygen-at-saturation-garcia-gordon/1", "dissolved_oxygen", "umol/kg", [_water, _salinity], x => Oxygen.SaturationMicroMolKg(x[0], x[1])),
        new("oxygen-used-benson-krause/1", "apparent_oxygen_utilization", "mg/L", [_oxygen, _water, _salinity with { Range = new ValueRange(0, 40) }, _barometer], x => Oxygen.SaturationMgL(x[1], x[2], x[3]) - x[0]),
        new("eh-silver-chloride-3m/1", "redox_potential_eh", "mV", [new("oxidation_reduction_potential", "mV", new ValueRange(-2000, 2000)), _water with { Range = new ValueRange(5, 40) }], x => Electrochemistry.EhMV(x[0], Electrochemistry.SilverChloride3MReferenceMV(x[1]))),
        new("unionized-ammonia-emerson/1", "unionized_ammonia", "mg/L", [new("ammonium", "mg/L", new ValueRange(0, 200)), _water with { Range = new ValueRange(0, 50) }, new("ph", "[pH]", new ValueRange(6, 10))], x => x[0] * Electrochemistry.UnionizedAmmoniaPercent(x[1], x[2]) / 100),
        new("dew-point-magnus/1", "dew_point", "Cel", [_air, _humidity], x => Air.DewPointCelsius(x[0], x[1])),
        new("wet-bulb-stull/1", "wet_bulb_temperature", "Cel", [_air with { Range = new ValueRange(-20, 50) }, _humidity with { Range = new ValueRange(5, 99) }], x => Air.WetBulbCelsius(x[0], x[1])),
        new("heat-index-nws/1", "heat_index", "Cel", [_air with { Range = new ValueRange(20, 50) }, _humidity], x => Air.HeatIndexCelsius(x[0], x[1])),
        new("absolute-humidity/1", "absolute_humidity", "g/m3", [_air, _humidity], x => Air.AbsoluteHumidityGM3(x[0], x[1])),
        new("vapour-pressure-deficit/1", "vapour_pressure_deficit", "kPa", [_air, _humidity], x => Air.VapourPressureDeficitKPa(x[0], x[1])),
        new("saturation-vapour-pressure-ashrae/1", "saturation_vapour_pressure", "Pa", [_air], x => Air.SaturationVapourPressurePa(x[0])),
        new("wind-chill-nws/1", "wind_chill", "Cel", [_air with { Range = new ValueRange(-50, 10) }, new("wind_speed", "m/s", new ValueRange(1.34, 50))], x => (Air.WindChillFahrenheit(x[0] * 1.8 + 32, x[1] / 0.44704) - 32) / 1.8),
        new("altitude-isa/1", "altitude", "m", [_barometer with { Range = new ValueRange(226, 1100), Default = null }, new("sea_level_pressure", "hPa", new ValueRange(870, 1085), 1013.25)], x => Air.AltitudeM(x[0], x[1])),
        new("sea-level-pressure-isa/1", "sea_level_pressure", "hPa", [_barometer with { Default = null }, new("altitude", "m", new ValueRange(-500, 3000))], x => Air.SeaLevelPressureHPa(x[0], x[1])),
        new("sound-speed-air/1", "sound_speed_air", "m/s", [_air], x => Air.SoundSpeedMs(x[0])),
        new("ppfd-sunlight-lux/1", "par", "umol/(m2.s)", [new("illuminance", "lx", new ValueRange(0, 200_000))], x => Air.PpfdFromSunlightLux(x[0])),
        new("ppfd-sunlight-par/1", "par", "umol/(m2.s)", [new("solar_irradiance_par", "W/m2", new ValueRange(0, 700))], x => Air.PpfdFromParWm2(x[0])),
    ];

    /// <summary>What can be derived from what an agent measures: every input without a default is there, in a unit that converts.</summary>
    /// <param name="unitsByProperty">UCUM unit of each property measured, by its id.</param>
    /// <returns>In the order of the list.</returns>
    public static ImmutableArray<DerivedQuantity> PossibleWith(IReadOnlyDictionary<string, string> unitsByProperty)
    {
        ArgumentNullException.ThrowIfNull(unitsByProperty);
        return [.. All.Where(quantity => quantity.Inputs.All(input => input.Default is not null || (unitsByProperty.TryGetValue(input.PropertyId, out var unit) && Ucum.TryConvert(unit, input.UnitUcum, out _))))];
    }
}
