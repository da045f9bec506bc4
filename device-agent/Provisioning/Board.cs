using System.Security.Cryptography;
using System.Text;

namespace StemLab.Agent.Provisioning;

/// <summary>What stays with the board when its memory card is put into another. Immutable.</summary>
/// <param name="Id">SHA-256 of the board's serial number, 32 bytes; the number itself leaves the board never.</param>
/// <param name="Model">"Raspberry Pi 4 Model B Rev 1.4", for people; may be empty.</param>
internal sealed record Board(byte[] Id, string Model)
{
    private static readonly string[] Serials = ["proc/device-tree/serial-number", "sys/firmware/devicetree/base/serial-number", "sys/class/dmi/id/product_uuid"];

    /// <summary>Reads it: the serial number of the chip; where there is none or it may not be read, the machine id, which a copied card has too.</summary>
    /// <param name="root">/, or a tree of the same shape.</param>
    /// <param name="named">What the configuration calls it; empty = nothing.</param>
    public static Board Read(string root, string named)
    {
        var serial = named.Length > 0 ? named : Serials.Select(path => Text(root, path)).FirstOrDefault(text => text.Length > 0) ?? OfCpuinfo(Text(root, "proc/cpuinfo"));
        serial = serial.Length > 0 ? serial : Text(root, "etc/machine-id");
        return new Board(SHA256.HashData(Encoding.UTF8.GetBytes("stemlab board " + serial)), Text(root, "proc/device-tree/model"));
    }

    /// <summary>64 lowercase hex digits.</summary>
    public string Hex => Convert.ToHexStringLower(Id);

    private static string OfCpuinfo(string text) =>
        text.Split('\n').Where(line => line.StartsWith("Serial", StringComparison.Ordinal)).Select(line => line.Split(':')[^1].Trim()).FirstOrDefault() ?? "";

    private static string Text(string root, string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path)).Trim('\0', '\n', ' ');
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
