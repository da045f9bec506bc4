using System.Device.Gpio;
using System.Device.I2c;
using System.Device.Spi;

namespace StemLab.IotBindings;

/// <summary>What the agent hands a driver; owned by the agent but for what <see cref="OpenSpi"/> opened.</summary>
/// <param name="I2c">Its address; null where it sits on no I2C bus.</param>
/// <param name="OpenSpi">Opens its SPI line with a mode (0 to 3) and a clock, Hz.</param>
/// <param name="OpenPins">Opens the machine's pins.</param>
public sealed record IotSeat(I2cDevice? I2c, Func<int, int, SpiDevice> OpenSpi, Func<GpioController> OpenPins);
