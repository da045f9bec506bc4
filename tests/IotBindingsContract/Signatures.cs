// Signatures of Iot.Device.Bindings 4.2 and UnitsNet 5 as far as BindingDrivers uses them; written by hand from their documentation. They compute nothing, but for the MCP9808, whose datasheet fits into three lines: by it tests go the whole way where the package is not to be had.
using System.Device.I2c;
using System.Numerics;
using UnitsNet;

namespace UnitsNet
{
    public readonly struct Temperature
    {
        public double DegreesCelsius { get; init; }
    }

    public readonly struct RelativeHumidity
    {
        public double Percent => 0;
    }
}

namespace Iot.Device.Sht4x
{
    public enum Sht4xRepeatability
    {
        Low,
        Medium,
        High,
    }

    public sealed class Sht4x(I2cDevice device)
    {
        public (RelativeHumidity? RelativeHumidity, Temperature? Temperature) ReadHumidityAndTemperature(Sht4xRepeatability repeatability = Sht4xRepeatability.High) => (null, null);
    }
}

namespace Iot.Device.Si7021
{
    public sealed class Si7021(I2cDevice i2cDevice)
    {
        public Temperature Temperature => default;

        public RelativeHumidity Humidity => default;
    }
}

namespace Iot.Device.Mcp9808
{
    public sealed class Mcp9808(I2cDevice i2cDevice)
    {
        /// <summary>MCP9808 datasheet DS20005095, register 5: thirteen bits of two's complement, 1/16 °C.</summary>
        public Temperature Temperature
        {
            get
            {
                var bytes = new byte[2];
                i2cDevice.WriteRead([5], bytes);
                return new Temperature { DegreesCelsius = ((((bytes[0] << 8) | bytes[1]) << 19) >> 19) / 16.0 };
            }
        }
    }
}

namespace Iot.Device.Mlx90614
{
    public sealed class Mlx90614(I2cDevice i2cDevice)
    {
        public Temperature ReadAmbientTemperature() => default;

        public Temperature ReadObjectTemperature() => default;
    }
}

namespace Iot.Device.Max44009
{
    public sealed class Max44009(I2cDevice i2cDevice)
    {
        public double Illuminance => 0;
    }
}

namespace Iot.Device.Imu
{
    public sealed class Mpu6050(I2cDevice i2cDevice)
    {
        public Vector3 GetAccelerometer() => default;

        public Vector3 GetGyroscopeReading() => default;
    }
}
