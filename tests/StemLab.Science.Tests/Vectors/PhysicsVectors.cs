using System.Text.Json;
using StemLab.Science.Water;

namespace StemLab.Science.Vectors;

public sealed class PhysicsVectors
{
    [Fact]
    public void Every_physics_vector_passes() => Run(null);

    internal static void Run(string? folder) => VectorFiles.Run("water-and-air-physics", one => one.GetProperty("quantity").GetString()!, Miss, folder);

    private static string? Miss(JsonElement document, JsonElement one)
    {
        var inputs = one.GetProperty("inputs");
        var tolerance = one.GetProperty("tolerance");
        var expected = one.GetProperty("expected");
        var quantity = one.GetProperty("quantity").GetString()!;
        if (quantity == "pH_two_point")
            return TwoPoint(inputs, expected, tolerance);
        var actual = Compute(quantity, name => VectorFiles.Number(inputs, name));
        return VectorFiles.IsClose(expected.GetDouble(), actual, tolerance) ? null : $"{inputs}: {expected} expected, {actual:R} found";
    }

    private static string? TwoPoint(JsonElement inputs, JsonElement expected, JsonElement tolerance)
    {
        double Get(string name) => inputs.GetProperty(name).GetDouble();
        var slope = (Get("mV_2") - Get("mV_1")) / (Get("pH_2") - Get("pH_1"));
        var offset = Get("mV_1") + slope * (7 - Get("pH_1"));
        (string Name, double Value)[] found =
        [
            ("slope_mV_per_pH", slope),
            ("slope_percent", -100 * slope / Electrochemistry.NernstSlopeMVPerPh(Get("calibration_degC"))),
            ("offset_mV_at_pH7", offset),
            ("pH", Electrochemistry.Ph(Get("mV"), offset, slope, Get("calibration_degC"), Get("temperature_degC"))),
        ];
        return found.Where(one => !VectorFiles.IsClose(expected.GetProperty(one.Name).GetDouble(), one.Value, tolerance)).Select(one => $"{one.Name} {one.Value:R}").FirstOrDefault();
    }

    private static double Compute(string quantity, Func<string, double?> get)
    {
        double In(string name) => get(name) ?? throw new ArgumentException($"{quantity} lacks {name}");
        var celsius = get("temperature_degC") ?? double.NaN;
        var salinity = get("salinity_PSS78") ?? double.NaN;
        var dbar = get("pressure_dbar") ?? 0;
        return quantity switch
        {
            "do_saturation_mgL" => Oxygen.SaturationMgL(celsius, salinity, In("pressure_hPa")),
            "do_percent_saturation" => Oxygen.PercentSaturation(In("do_mgL"), celsius, salinity, In("pressure_hPa")),
            "do_saturation_umolkg" => Oxygen.SaturationMicroMolKg(celsius, salinity),
            "practical_salinity" when get("conductivity_ratio") is { } ratio => Seawater.PracticalSalinityFromRatio(ratio, get("temperature_IPTS68_degC") ?? celsius * 1.00024, dbar),
            "practical_salinity" => Seawater.PracticalSalinity(In("conductivity_mScm"), double.IsNaN(celsius) ? In("temperature_IPTS68_degC") / 1.00024 : celsius, dbar),
            "conductivity_mScm" => Seawater.ConductivityMScm(salinity, celsius, dbar),
            "density_eos80_kgm3" => get("temperature_IPTS68_degC") is { } t68 ? Seawater.DensityFrom68KgM3(salinity, t68, dbar) : Seawater.DensityKgM3(salinity, celsius, dbar),
            "sigma_t_eos80_kgm3" => Seawater.SigmaTKgM3(salinity, celsius),
            "density_teos10_kgm3" when get("absolute_salinity_gkg") is { } absolute =>
                1 / Teos10.SpecificVolume(absolute, Teos10.ConservativeCelsius(absolute, Teos10.PotentialCelsius(absolute, celsius, dbar)), dbar),
            "density_teos10_kgm3" => Teos10.DensityKgM3(salinity, celsius, dbar),
            "sound_speed_water_ms" => Seawater.SoundSpeedMs(salinity, double.IsNaN(celsius) ? In("temperature_IPTS68_degC") / 1.00024 : celsius, dbar),
            "sound_speed_water_ms_mackenzie" => Seawater.SoundSpeedMackenzieMs(salinity, celsius, In("depth_m")),
            "sound_speed_air_ms" => Air.SoundSpeedMs(celsius),
            "freezing_point_degC" => Seawater.FreezingPointCelsius68(salinity, dbar),
            "depth_from_pressure_m" => Seawater.DepthM(dbar, In("lat")),
            "specific_conductance_25_uScm" => FreshWater.SpecificConductance25(In("conductivity_uScm"), celsius, get("alpha_per_degC") ?? FreshWater.UsualAlphaPerCelsius),
            "tds_mgL" => FreshWater.DissolvedSolidsMgL(In("specific_conductance_25_uScm"), get("factor") ?? FreshWater.UsualSolidsFactor),
            "nernst_slope_mV_per_pH" => Electrochemistry.NernstSlopeMVPerPh(celsius),
            "buffer_pH_phthalate_4" => Electrochemistry.BufferPh(PhBuffer.Phthalate4, celsius),
            "buffer_pH_technical_7" => Electrochemistry.BufferPh(PhBuffer.Technical7, celsius),
            "buffer_pH_technical_10" => Electrochemistry.BufferPh(PhBuffer.Technical10, celsius),
            "agcl_3M_reference_mV" => Electrochemistry.SilverChloride3MReferenceMV(celsius),
            "zobell_Eh_mV" => Electrochemistry.ZoBellEhMV(celsius),
            "Eh_mV" => Electrochemistry.EhMV(In("orp_mV"), In("reference_mV")),
            "unionized_ammonia_percent" => Electrochemistry.UnionizedAmmoniaPercent(celsius, In("pH")),
            "saturation_vapour_pressure_Pa" => Air.SaturationVapourPressurePa(celsius),
            "heat_index_degF" => Air.HeatIndexFahrenheit(In("temperature_degF"), In("relative_humidity_percent")),
            "heat_index_degC" => Air.HeatIndexCelsius(celsius, In("relative_humidity_percent")),
            "altitude_from_pressure_isa_m" => Air.AltitudeM(In("pressure_hPa"), get("sea_level_hPa") ?? 1013.25),
            "wind_chill_degF" => Air.WindChillFahrenheit(In("temperature_degF"), In("wind_mph")),
            "dew_point_degC" => Air.DewPointCelsius(celsius, In("relative_humidity_percent")),
            "ppfd_from_lux_sunlight_umolm2s" => Air.PpfdFromSunlightLux(In("lux")),
            "ppfd_from_par_wm2" => Air.PpfdFromParWm2(In("par_Wm2")),
            _ => throw new NotSupportedException($"no such quantity here: {quantity}"),
        };
    }
}
