namespace StemLab.Agent.Sensors.Kernel;

/// <summary>Which part of the kernel drives a device.</summary>
internal enum KernelClass
{
    /// <summary>Industrial I/O: converters, weather, light, motion, gases.</summary>
    Iio,

    /// <summary>Hardware monitoring: many thermometers, hygrometers and power meters.</summary>
    Hwmon,
}

/// <summary>One device the kernel has a driver for. Immutable.</summary>
/// <param name="Class">Part of the kernel.</param>
/// <param name="Id">Stable over restarts, unlike iio:device0: where it sits, <c>1-0076</c> (bus 1, address 0x76), <c>spi0.0</c>, <c>dht11@4</c>; with a colon and its name where two sit in one place.</param>
/// <param name="Name">As its driver calls it: bme280, ads1015, sht4x.</param>
/// <param name="Folder">Where its files are now.</param>
/// <param name="Place">Folder of the physical device, by which one thing registered twice is known.</param>
internal sealed record KernelDevice(KernelClass Class, string Id, string Name, string Folder, string Place);
