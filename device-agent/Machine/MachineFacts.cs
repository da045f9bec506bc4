namespace StemLab.Agent.Machine;

/// <summary>How the machine itself is. Reads files of a few bytes; safe from any thread.</summary>
/// <param name="tree">The machine.</param>
/// <param name="dataFolder">Whose disk counts.</param>
internal sealed class MachineFacts(MachineTree tree, string dataFolder)
{
    private const string Temperature = "sys/class/thermal/thermal_zone0/temp";
    private const string Monitors = "sys/class/hwmon";

    /// <summary>Temperature of the processor, Cel; null where the machine does not tell.</summary>
    public double? ProcessorCelsius() => tree.Number(Temperature) / 1000.0;

    /// <summary>1 while the firmware sees less than 4.63 V at the 5 V input, 0 while not; null where nothing watches it (the rpi_volt monitor of a Pi).</summary>
    public double? Undervoltage()
    {
        var monitor = tree.Names(Monitors).FirstOrDefault(name => tree.Text($"{Monitors}/{name}/name") == "rpi_volt");
        return monitor is null ? null : tree.Number($"{Monitors}/{monitor}/in0_lcrit_alarm");
    }

    /// <summary>Bytes free where the data lies; null where that cannot be asked.</summary>
    public double? FreeBytes()
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(dataFolder)).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
