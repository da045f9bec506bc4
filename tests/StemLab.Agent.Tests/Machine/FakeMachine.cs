using StemLab.TestKit;

namespace StemLab.Agent.Machine;

/// <summary>A Raspberry Pi as a folder: the files Linux and the firmware would show.</summary>
internal sealed class FakeMachine : IDisposable
{
    private readonly TempFolder folder = new();

    public FakeMachine()
    {
        Write("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0");
        Write("etc/group", "root:x:0:\ni2c:x:998:lan\ngpio:x:997:\ndialout:x:20:lan\n");
        Write("sys/class/leds/ACT/trigger", "none rc-feedback [mmc0] timer\n");
        Write("sys/class/leds/ACT/brightness", "0\n");
    }

    public const string Config = "boot/firmware/config.txt";

    public string Root => folder.Path;

    public MachineTree Tree => new(folder.Path);

    public void Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Tree.At(relative))!);
        File.WriteAllText(Tree.At(relative), text);
    }

    public void Add(string relative) => Directory.CreateDirectory(Tree.At(relative));

    public void Dispose() => folder.Dispose();
}
