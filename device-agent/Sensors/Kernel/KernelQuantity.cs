using System.Collections.Frozen;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>What a kind of channel measures. Immutable.</summary>
/// <param name="Quantity">Observed property or native quantity.</param>
/// <param name="UnitUcum">Unit of what is sent.</param>
/// <param name="Times">The kernel's number times this …</param>
/// <param name="Over">… over this is in that unit; one of the two is 1, so that decimal numbers stay short.</param>
internal sealed record KernelQuantity(string Quantity, string UnitUcum, double Times = 1, double Over = 1)
{
    private const double Milli = 1000;

    /// <summary>IIO channel types (Documentation/ABI/testing/sysfs-bus-iio), longest name first where one begins another.</summary>
    public static FrozenDictionary<string, KernelQuantity> OfIio { get; } = new Dictionary<string, KernelQuantity>
    {
        ["temp"] = new("air_temperature", "Cel", Over: Milli),
        ["humidityrelative"] = new("relative_humidity", "%", Over: Milli),
        ["pressure"] = new("air_pressure", "kPa"),
        ["voltage"] = new("voltage", "mV"),
        ["current"] = new("current", "mA"),
        ["power"] = new("power", "mW"),
        ["resistance"] = new("resistance", "Ohm"),
        ["illuminance"] = new("illuminance", "lx"),
        ["intensity"] = new("light_intensity", "1"),
        ["uvindex"] = new("uv_index", "1"),
        ["concentration"] = new("concentration", "%"),
        ["concentration_co2"] = new("co2", "[ppm]", Times: 10_000),
        ["electricalconductivity"] = new("electrical_conductivity", "S/m"),
        ["ph"] = new("ph", "[pH]"),
        ["accel"] = new("acceleration", "m/s2"),
        ["anglvel"] = new("angular_velocity", "rad/s"),
        ["magn"] = new("magnetic_flux_density", "G"),
        ["distance"] = new("distance", "m"),
        ["proximity"] = new("proximity", "1"),
        ["massconcentration_pm1"] = new("pm1", "ug/m3"),
        ["massconcentration_pm2p5"] = new("pm2_5", "ug/m3"),
        ["massconcentration_pm10"] = new("pm10", "ug/m3"),
        ["massconcentration"] = new("mass_concentration", "ug/m3"),
    }.ToFrozenDictionary();

    /// <summary>hwmon channel types (Documentation/hwmon/sysfs-interface.rst).</summary>
    public static FrozenDictionary<string, KernelQuantity> OfHwmon { get; } = new Dictionary<string, KernelQuantity>
    {
        ["temp"] = new("air_temperature", "Cel", Over: Milli),
        ["humidity"] = new("relative_humidity", "%", Over: Milli),
        ["in"] = new("voltage", "mV"),
        ["curr"] = new("current", "mA"),
        ["power"] = new("power", "uW"),
    }.ToFrozenDictionary();
}
