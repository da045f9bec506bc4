using System.Globalization;

namespace StemLab.Agent.Machine;

/// <summary>What an agent is to measure with, as far as the machine must be prepared for it.</summary>
/// <param name="I2cBuses">Numbers of the I2C buses; empty = none.</param>
/// <param name="OneWire">True = 1-Wire thermometers.</param>
/// <param name="IsGuess">True = nothing is configured yet: what is not there is worth knowing, no more.</param>
internal sealed record Wanted(IReadOnlyList<int> I2cBuses, bool OneWire, bool IsGuess);

/// <summary>Looks at a machine and says what it lacks for measuring, in English and Vietnamese; mends what may be mended. One thread.</summary>
/// <param name="tree">The machine.</param>
/// <param name="dataFolder">Where the agent keeps its data.</param>
internal sealed class Doctor(MachineTree tree, string dataFolder)
{
    private const string Modules = "etc/modules-load.d/stemlab-agent.conf";
    private const long LittleDisk = 200L << 20;
    private static readonly string[] Configs = ["boot/firmware/config.txt", "boot/config.txt"];
    private static readonly string[] Groups = ["i2c", "gpio", "dialout"];

    /// <summary>Everything looked at, in the order a person would mend it.</summary>
    /// <param name="wanted">What is to be measured with.</param>
    /// <param name="user">Whose groups count; empty = nobody's (the service has its own).</param>
    public IReadOnlyList<Finding> Look(Wanted wanted, string user)
    {
        var findings = new List<Finding> { Board() };
        var config = Configs.Select(tree.Text).FirstOrDefault(text => text is not null);
        foreach (var bus in wanted.I2cBuses)
        {
            findings.Add(I2c(bus, config, wanted.IsGuess));
        }

        if (wanted.OneWire)
        {
            findings.Add(OneWire(config, wanted.IsGuess));
        }

        findings.AddRange(GroupsOf(user));
        findings.AddRange(Health());
        return findings;
    }

    /// <summary>Mends what can be: lines of config.txt (the file as it was is kept beside it) and modules. Returns what was done and whether the machine must start again.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Only root may.</exception>
    public (IReadOnlyList<string> Done, bool NeedsRestart) Mend(IReadOnlyList<Finding> findings)
    {
        var done = new List<string>();
        var lines = findings.Select(finding => finding.ConfigLine).Where(line => line.Length > 0).Distinct().ToList();
        if (lines.Count > 0 && Configs.FirstOrDefault(tree.Has) is { } config)
        {
            var path = tree.At(config);
            var before = File.ReadAllText(path);
            var kept = Keep(path);
            Write(path, BootConfig.With(before, lines));
            done.Add($"{path}: + {string.Join(", ", lines)} ({Path.GetFileName(kept)} = as it was)");
        }

        var modules = findings.Select(finding => finding.Module).Where(module => module.Length > 0).Distinct().ToList();
        if (modules.Count > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(tree.At(Modules))!);
            Write(tree.At(Modules), string.Concat(modules.Select(module => module + "\n")));
            done.Add($"{tree.At(Modules)}: {string.Join(", ", modules)}");
        }

        return (done, done.Count > 0);
    }

    private Finding Board()
    {
        var model = tree.Text("proc/device-tree/model") is { Length: > 0 } named ? named : "";
        return Environment.Is64BitOperatingSystem
            ? new Finding(Grade.Good, model.Length > 0 ? $"{model}, 64 bit" : "64-bit system", model.Length > 0 ? $"{model}, 64 bit" : "Hệ thống 64 bit")
            : new Finding(Grade.Missing,
                "This system is 32-bit: the agent needs the 64-bit Raspberry Pi OS (Pi Zero 2 W, 3, 4, 5)",
                "Hệ thống này là 32 bit: cần Raspberry Pi OS 64 bit (Pi Zero 2 W, 3, 4, 5)");
    }

    private Finding I2c(int bus, string? config, bool isGuess)
    {
        if (tree.Has($"dev/i2c-{bus}"))
        {
            return new Finding(Grade.Good, $"I2C bus {bus} is there", $"Có bus I2C {bus}");
        }

        var grade = isGuess ? Grade.Note : Grade.Missing;
        if (bus != 1 || config is null)
        {
            return new Finding(grade, $"I2C bus {bus} is not there: load its overlay and the module i2c-dev", $"Không có bus I2C {bus}: hãy bật overlay của nó và mô-đun i2c-dev");
        }

        return (BootConfig.Parameter(config, "i2c_arm") ?? BootConfig.Parameter(config, "i2c")) == "on"
            ? tree.Text(Modules)?.Contains("i2c-dev", StringComparison.Ordinal) == true || tree.Text("etc/modules")?.Contains("i2c-dev", StringComparison.Ordinal) == true
                ? new Finding(grade, "I2C is switched on, but the bus is not there yet: start the Pi again", "I2C đã bật nhưng chưa có bus: hãy khởi động lại Pi")
                : new Finding(grade, "I2C is switched on, but the module i2c-dev is not loaded", "I2C đã bật nhưng mô-đun i2c-dev chưa được nạp", Module: "i2c-dev")
            : new Finding(grade, "I2C is switched off: config.txt lacks dtparam=i2c_arm=on", "I2C đang tắt: config.txt thiếu dòng dtparam=i2c_arm=on", "dtparam=i2c_arm=on", "i2c-dev");
    }

    private Finding OneWire(string? config, bool isGuess)
    {
        var grade = isGuess ? Grade.Note : Grade.Missing;
        return tree.Has("sys/bus/w1/devices")
            ? new Finding(Grade.Good, "1-Wire is there", "Có 1-Wire")
            : config is null
                ? new Finding(grade, "1-Wire is not there: load the module w1-gpio", "Không có 1-Wire: hãy nạp mô-đun w1-gpio")
                : BootConfig.HasOverlay(config, "w1-gpio")
                    ? new Finding(grade, "1-Wire is switched on, but not there yet: start the Pi again", "1-Wire đã bật nhưng chưa có: hãy khởi động lại Pi")
                    : new Finding(grade, "1-Wire is switched off: config.txt lacks dtoverlay=w1-gpio", "1-Wire đang tắt: config.txt thiếu dòng dtoverlay=w1-gpio", "dtoverlay=w1-gpio");
    }

    private IEnumerable<Finding> GroupsOf(string user)
    {
        var lines = (tree.Text("etc/group") ?? "").Split('\n').Select(line => line.Split(':')).Where(parts => parts.Length == 4).ToList();
        foreach (var group in Groups)
        {
            if (lines.Find(parts => parts[0] == group) is not { } line)
            {
                yield return new Finding(Grade.Note, $"There is no group {group} here; the package makes it", $"Không có nhóm {group}; gói cài đặt sẽ tạo");
            }
            else if (user is not ("" or "root") && !line[3].Split(',').Contains(user))
            {
                yield return new Finding(Grade.Note,
                    $"{user} is not in the group {group}; to run the agent by hand: sudo usermod -aG {group} {user}, then log in again",
                    $"{user} chưa ở trong nhóm {group}; muốn tự chạy: sudo usermod -aG {group} {user}, rồi đăng nhập lại");
            }
        }
    }

    private IEnumerable<Finding> Health()
    {
        var facts = new MachineFacts(tree, dataFolder);
        if (facts.Undervoltage() is > 0)
        {
            yield return new Finding(Grade.Missing, "The power supply is too weak (undervoltage): readings and the card suffer; take another supply or a shorter cable",
                "Nguồn điện quá yếu: số đo và thẻ nhớ có thể hỏng; hãy đổi nguồn hoặc dùng dây ngắn hơn");
        }

        if (facts.FreeBytes() is { } free)
        {
            var mebibytes = (free / (1 << 20)).ToString("0", CultureInfo.InvariantCulture);
            yield return free < LittleDisk
                ? new Finding(Grade.Missing, $"Only {mebibytes} MiB free: delete something, or readings will be lost", $"Chỉ còn {mebibytes} MiB trống: hãy xoá bớt, nếu không sẽ mất số đo")
                : new Finding(Grade.Good, $"{mebibytes} MiB free", $"Còn {mebibytes} MiB trống");
        }

        if (!tree.Has("sys/class/leds/ACT/brightness") && !tree.Has("sys/class/leds/led0/brightness"))
        {
            yield return new Finding(Grade.Note, "This board has no light of its own to blink", "Bo mạch này không có đèn để nháy");
        }
    }

    /// <summary>A copy beside the file that overwrites no earlier one.</summary>
    private static string Keep(string path)
    {
        for (var i = 1; ; i++)
        {
            var kept = $"{path}.before-stemlab{(i == 1 ? "" : "-" + i.ToString(CultureInfo.InvariantCulture))}";
            if (!File.Exists(kept))
            {
                File.Copy(path, kept);
                return kept;
            }
        }
    }

    /// <summary>Whole or not at all: the old file stays until the new one is on disk.</summary>
    private static void Write(string path, string text)
    {
        var beside = path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
