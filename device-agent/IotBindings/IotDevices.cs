using System.Collections.Immutable;
using System.Device.I2c;

namespace StemLab.IotBindings;

/// <summary>A device whose driver is one of Iot.Device.Bindings. Immutable.</summary>
/// <param name="Kind">As agent.json names it: "iot-sht4x".</param>
/// <param name="FactoryAddress">I2C address where none is written.</param>
/// <param name="Outputs">Observed property and UCUM unit of each value, in the order the driver gives them.</param>
public sealed record IotDevice(string Kind, int FactoryAddress, ImmutableArray<(string Quantity, string UnitUcum)> Outputs);

/// <summary>Devices read by drivers of the package Iot.Device.Bindings, where a build has it. Stateless.</summary>
public static class IotDevices
{
    /// <summary>What to say where the build has not.</summary>
    public const string HowToGetIt =
        "needs the package Iot.Device.Bindings, which this build has not: build with -p:StemLabIotBindings=true where the package can be had (.ci/detect-packages finds out)";

    /// <summary>True where the drivers are in this build.</summary>
    public static bool IsBuiltIn =>
#if STEMLAB_IOT_BINDINGS
        true;
#else
        false;
#endif

    /// <summary>What the agent can measure with any driver of the package: kind iot, as a recipe says.</summary>
    public const string Generic = "iot";

    /// <summary>All devices with a name of their own, whether their drivers are in this build or not.</summary>
    public static ImmutableArray<IotDevice> All { get; } =
    [
        new("iot-sht4x", 0x44, [("air_temperature", "Cel"), ("relative_humidity", "%")]),
        new("iot-si7021", 0x40, [("air_temperature", "Cel"), ("relative_humidity", "%")]),
        new("iot-mcp9808", 0x18, [("air_temperature", "Cel")]),
        new("iot-mlx90614", 0x5A, [("air_temperature", "Cel"), ("surface_temperature", "Cel")]),
        new("iot-max44009", 0x4A, [("illuminance", "lx")]),
        new("iot-mpu6050", 0x68, [("acceleration_x", "m/s2"), ("acceleration_y", "m/s2"), ("acceleration_z", "m/s2"), ("angular_velocity_x", "deg/s"), ("angular_velocity_y", "deg/s"), ("angular_velocity_z", "deg/s")]),
    ];

    /// <summary>What is wrong with a recipe as far as the package's types tell; nothing where the drivers are not in this build.</summary>
    public static IEnumerable<string> Problems(IotRecipe recipe) =>
#if STEMLAB_IOT_BINDINGS
        GenericDriver.Problems(recipe, BindingDrivers.Library);
#else
        [];
#endif

    /// <summary>Starts a driver a recipe names.</summary>
    /// <param name="recipe">Without problems.</param>
    /// <param name="seat">What the driver is handed.</param>
    /// <exception cref="NotSupportedException">The drivers are not in this build.</exception>
    /// <exception cref="IOException">The device does not answer.</exception>
    public static IotReader Open(IotRecipe recipe, IotSeat seat) =>
#if STEMLAB_IOT_BINDINGS
        GenericDriver.Open(recipe, BindingDrivers.Library, seat);
#else
        throw new NotSupportedException($"{recipe.Driver} {HowToGetIt}");
#endif

    /// <summary>Starts a driver on an address; what it returns reads all values once, null where the device has none just now.</summary>
    /// <param name="kind">One of <see cref="All"/>.</param>
    /// <param name="address">Owned by the caller; the driver does not dispose it.</param>
    /// <exception cref="NotSupportedException">The drivers are not in this build.</exception>
    /// <exception cref="IOException">The device does not answer.</exception>
    public static Func<double?[]> Open(string kind, I2cDevice address) =>
#if STEMLAB_IOT_BINDINGS
        BindingDrivers.Open(kind, address);
#else
        throw new NotSupportedException($"{kind} {HowToGetIt}");
#endif
}
