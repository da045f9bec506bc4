using System.Device.I2c;
using Iot.Device.Imu;
using Iot.Device.Max44009;
using Iot.Device.Mcp9808;
using Iot.Device.Mlx90614;
using Iot.Device.Sht4x;
using Iot.Device.Si7021;

namespace StemLab.IotBindings;

/// <summary>The package's drivers, each as one function that reads all values in the order <see cref="IotDevices.All"/> declares. Compiled only with the package.</summary>
internal static class BindingDrivers
{
    /// <summary>Where all its drivers are.</summary>
    public static System.Reflection.Assembly Library => typeof(Mcp9808).Assembly;

    public static Func<double?[]> Open(string kind, I2cDevice address)
    {
        switch (kind)
        {
            case "iot-sht4x":
                var sht4x = new Sht4x(address);
                return () =>
                {
                    var (humidity, temperature) = sht4x.ReadHumidityAndTemperature();
                    return [temperature?.DegreesCelsius, humidity?.Percent];
                };
            case "iot-si7021":
                var si7021 = new Si7021(address);
                return () => [si7021.Temperature.DegreesCelsius, si7021.Humidity.Percent];
            case "iot-mcp9808":
                var mcp9808 = new Mcp9808(address);
                return () => [mcp9808.Temperature.DegreesCelsius];
            case "iot-mlx90614":
                var mlx90614 = new Mlx90614(address);
                return () => [mlx90614.ReadAmbientTemperature().DegreesCelsius, mlx90614.ReadObjectTemperature().DegreesCelsius];
            case "iot-max44009":
                var max44009 = new Max44009(address);
                return () => [max44009.Illuminance];
            case "iot-mpu6050":
                var mpu6050 = new Mpu6050(address);
                return () =>
                {
                    var acceleration = mpu6050.GetAccelerometer();
                    var rate = mpu6050.GetGyroscopeReading();
                    return [acceleration.X, acceleration.Y, acceleration.Z, rate.X, rate.Y, rate.Z];
                };
            default:
                throw new NotSupportedException($"{kind} is no device of this program");
        }
    }
}
