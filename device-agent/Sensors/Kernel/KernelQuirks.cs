namespace StemLab.Agent.Sensors.Kernel;

/// <summary>Where a driver does otherwise than the kernel's own papers say, by its name. Pure.</summary>
internal static class KernelQuirks
{
    private const string Ads1015 = "ads1015";

    /// <summary>What a channel of this driver measures, where its type alone would mislead: a depth sensor's pressure and temperature are the water's, a motion chip's temperature is its own.</summary>
    public static KernelQuantity Meaning(string driver, string type, KernelQuantity usual) => (type, driver) switch
    {
        ("temp", _) when IsInWater(driver) => usual with { Quantity = "water_temperature" },
        ("pressure", _) when IsInWater(driver) => usual with { Quantity = "water_pressure" },
        ("temp", _) when IsOfMotion(driver) => usual with { Quantity = "chip_temperature" },
        _ => usual,
    };

    /// <summary>A processed value in the unit of the papers.</summary>
    /// <remarks>
    /// bme680: humidity is given in percent instead of thousandths of it, and pressure was in hPa until "Fix pressure value output"; no air on Earth has 0.1 % humidity or 200 kPa, so the number itself tells.
    /// </remarks>
    public static double Mend(string driver, string type, double value) => (driver, type) switch
    {
        ("bme680", "humidityrelative") when value is >= 0 and <= 100 => value * 1000,
        ("bme680", "pressure") when value > 200 => value / 10,
        _ => value,
    };

    /// <summary>True where a raw number is an end of the converter's scale, behind which the true value may be anywhere. The driver ads1015 is that of the ADS1115 too.</summary>
    /// <param name="driver">Name.</param>
    /// <param name="raw">The converter's number.</param>
    /// <param name="scale">mV for one step; of the 12-bit ADS1015 0.25 and more, but for its finest range.</param>
    public static bool IsSaturated(string driver, double raw, double scale) =>
        driver == Ads1015 && (raw is >= 32_767 or <= -32_768 || (scale >= 0.25 && raw is >= 2_047 or <= -2_048));

    /// <summary>The chip, for people.</summary>
    public static string Model(string driver) => driver == Ads1015 ? "ADS1115/ADS1015" : driver.ToUpperInvariant();

    private static bool IsInWater(string driver) => driver.StartsWith("ms5837", StringComparison.Ordinal) || driver.StartsWith("ms5803", StringComparison.Ordinal);

    private static bool IsOfMotion(string driver) =>
        driver.StartsWith("mpu", StringComparison.Ordinal) || driver.StartsWith("bno", StringComparison.Ordinal) || driver.StartsWith("lsm", StringComparison.Ordinal) || driver.StartsWith("icm", StringComparison.Ordinal);
}
