using System.Globalization;
using System.Text.RegularExpressions;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ds18b20;

/// <summary>What the kernel's w1_therm driver writes, and which of it to believe. Pure; no text makes it throw.</summary>
internal static partial class Ds18b20Text
{
    private const int PowerOn = 85_000;
    private const int Lowest = -55_000;
    private const int Highest = 125_000;

    /// <summary>True for the name of a DS18B20 in the tree: 28- and twelve lowercase hex digits.</summary>
    public static bool IsId(string text) => Id().IsMatch(text);

    /// <summary>The content of <c>temperature</c>: millidegrees, one line.</summary>
    /// <param name="text">As read; empty while the kernel converts all probes at once.</param>
    /// <param name="before">The last value believed, °C; null of none.</param>
    public static Ds18b20Reading ReadTemperature(string text, double? before) =>
        int.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milli)
            ? Judge(milli, before)
            : text.Trim().Length == 0 ? Ds18b20Reading.Without(MissingReason.Fault, "the kernel has no value for it yet", "nhân hệ điều hành chưa có giá trị của nó")
            : Ds18b20Reading.Without(MissingReason.Fault, $"the kernel says '{Short(text)}', which is no temperature", $"nhân hệ điều hành báo '{Short(text)}', đó không phải là nhiệt độ");

    /// <summary>
    /// The content of <c>w1_slave</c>: nine bytes, their checksum and YES or NO; then the bytes again and t= millidegrees. After NO the second line is of an earlier reading.
    /// </summary>
    /// <param name="text">As read.</param>
    /// <param name="before">The last value believed, °C; null of none.</param>
    public static Ds18b20Reading ReadSlave(string text, double? before)
    {
        var lines = text.Split('\n');
        var first = lines[0].Trim();
        if (first.EndsWith(" NO", StringComparison.Ordinal))
        {
            return Ds18b20Reading.Without(MissingReason.Fault, "its checksum is wrong: long cable, loose contact, or a missing pull-up of 4.7 kΩ", "mã kiểm tra sai: dây quá dài, tiếp xúc kém, hoặc thiếu điện trở kéo lên 4,7 kΩ");
        }

        var t = lines.Length > 1 ? lines[1].IndexOf("t=", StringComparison.Ordinal) : -1;
        if (!first.EndsWith(" YES", StringComparison.Ordinal) || t < 0
            || !int.TryParse(lines[1].AsSpan(t + 2).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milli))
        {
            return Ds18b20Reading.Without(MissingReason.Fault, $"the kernel says '{Short(text)}', which is no reading", $"nhân hệ điều hành báo '{Short(text)}', đó không phải là số đo");
        }

        // A data line held low reads as zeros, whose checksum is right: the configuration byte of a real probe is never zero.
        return first.StartsWith("00 00 00 00 00 00 00 00 00", StringComparison.Ordinal)
            ? Ds18b20Reading.Without(MissingReason.Fault, "its data line is held low: a short circuit", "dây dữ liệu của nó bị kéo xuống thấp: chập mạch")
            : Judge(milli, before);
    }

    private static Ds18b20Reading Judge(int milli, double? before) => milli switch
    {
        PowerOn when before is not (>= 80 and <= 90) => Ds18b20Reading.Without(MissingReason.Fault, "it says 85 °C, its value after power-on: it lost its supply while measuring", "nó báo 85 °C, giá trị ngay sau khi có điện: nó mất nguồn trong lúc đo"),
        < Lowest or > Highest => Ds18b20Reading.Without(MissingReason.Fault,
            string.Create(CultureInfo.InvariantCulture, $"it says {milli / 1000.0} °C, which no DS18B20 can measure: too little supply, or a loose contact"),
            string.Create(CultureInfo.InvariantCulture, $"nó báo {milli / 1000.0} °C, không DS18B20 nào đo được như vậy: nguồn yếu, hoặc tiếp xúc kém")),
        _ => new Ds18b20Reading(milli / 1000.0, MissingReason.Unspecified, Words.None),
    };

    private static string Short(string text) => text.Length <= 40 ? text.Trim() : text[..40];

    [GeneratedRegex("^28-[0-9a-f]{12}$", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
