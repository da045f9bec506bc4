using System.Globalization;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.I2c;

/// <summary>What drivers of chips on the bus say and give when a transfer failed. Pure.</summary>
internal static class I2cWords
{
    /// <summary>Where a chip is.</summary>
    public static Words Place(SharedBus bus, int address) => new(
        string.Create(CultureInfo.InvariantCulture, $"address {address} (0x{address:x2}) on i2c-{bus.Number}"),
        string.Create(CultureInfo.InvariantCulture, $"địa chỉ {address} (0x{address:x2}) trên i2c-{bus.Number}"));

    /// <summary>Why there is no reading.</summary>
    public static Words Why(Words place, Transfer transfer) => transfer switch
    {
        Transfer.NoAcknowledge => new($"{place.En} is silent: is the chip plugged in, and its address right?", $"{place.Vi} im lặng: chip đã cắm chưa, địa chỉ đúng chưa?"),
        Transfer.Stuck => new("its bus is stuck", "bus của nó bị kẹt"),
        Transfer.NoBus => new("its bus cannot be opened", "không mở được bus của nó"),
        Transfer.Failed => new("its bus fails", "bus của nó bị lỗi"),
        _ => Words.None,
    };

    /// <summary>An address a kernel driver owns.</summary>
    public static Words Owned(Words place, string driver) => new(
        $"{place.En} belongs to the kernel driver {driver}: use the kind iio or hwmon for it, or take its overlay out",
        $"{place.Vi} thuộc về trình điều khiển {driver} của nhân: hãy dùng kiểu iio hoặc hwmon, hoặc bỏ overlay của nó");

    /// <summary>Reason of the missing reading.</summary>
    public static MissingReason Reason(Transfer transfer) => transfer is Transfer.NoAcknowledge or Transfer.NoBus ? MissingReason.Absent : MissingReason.Fault;
}
