using StemLab.Agent.Operations;

namespace StemLab.Agent.Machine;

/// <summary>What a Pi lacks is named in both languages, and mended without touching what is there.</summary>
public sealed class DoctorTests : IDisposable
{
    private const string OnePh = """{ "Sources": [ { "Kind": "ezo-ph" }, { "Kind": "ds18b20" } ] }""";
    private readonly FakeMachine pi = new();

    [Fact]
    public async Task A_new_pi_is_told_the_lines_its_config_lacks_in_both_languages()
    {
        pi.Write(FakeMachine.Config, "# For more options\ndtparam=audio=on\n");
        var (code, en) = await AskAsync(OnePh, fixes: false, "en");
        var (_, vi) = await AskAsync(OnePh, fixes: false, "vi");
        Assert.Equal(1, code);
        Assert.Contains("✗ I2C is switched off: config.txt lacks dtparam=i2c_arm=on", en, StringComparison.Ordinal);
        Assert.Contains("✗ 1-Wire is switched off: config.txt lacks dtoverlay=w1-gpio", en, StringComparison.Ordinal);
        Assert.Contains("✗ I2C đang tắt: config.txt thiếu dòng dtparam=i2c_arm=on", vi, StringComparison.Ordinal);
        Assert.Contains("sudo usermod -aG gpio lan", en, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_adds_the_lines_for_every_board_keeps_the_file_as_it_was_and_asks_for_one_restart()
    {
        const string Before = "dtparam=audio=on\n[pi4]\ndtparam=i2c_arm=on\n";
        pi.Write(FakeMachine.Config, Before);
        var (code, said) = await AskAsync(OnePh, fixes: true, "en");
        Assert.Equal(0, code);
        Assert.Contains("sudo reboot", said, StringComparison.Ordinal);
        Assert.Equal(Before + "\n# Added by stemlab-agent doctor --fix\n[all]\ndtparam=i2c_arm=on\ndtoverlay=w1-gpio\n", await File.ReadAllTextAsync(pi.Tree.At(FakeMachine.Config), TestContext.Current.CancellationToken));
        Assert.Equal(Before.TrimEnd(), pi.Tree.Text(FakeMachine.Config + ".before-stemlab"));
        Assert.Equal("i2c-dev", pi.Tree.Text("etc/modules-load.d/stemlab-agent.conf"));
    }

    [Fact]
    public async Task Fix_twice_changes_nothing_more_and_says_that_only_the_restart_is_missing()
    {
        pi.Write(FakeMachine.Config, "");
        _ = await AskAsync(OnePh, fixes: true, "en");
        var once = pi.Tree.Text(FakeMachine.Config);
        var (_, said) = await AskAsync(OnePh, fixes: true, "en");
        Assert.Equal(once, pi.Tree.Text(FakeMachine.Config));
        Assert.Contains("Nothing to mend", said, StringComparison.Ordinal);
        Assert.Contains("start the Pi again", said, StringComparison.Ordinal);
        Assert.Single(pi.Tree.Names("boot/firmware"), name => name.Contains("before-stemlab", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_prepared_pi_is_good()
    {
        pi.Write(FakeMachine.Config, "dtparam=i2c_arm=on,spi=on\ndtoverlay=w1-gpio,gpiopin=4\n");
        pi.Write("dev/i2c-1", "");
        pi.Add("sys/bus/w1/devices");
        var (code, said) = await AskAsync(OnePh, fixes: false, "en", user: "");
        Assert.Equal(0, code);
        Assert.DoesNotContain("✗", said, StringComparison.Ordinal);
        Assert.DoesNotContain("--fix", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_used_is_refused_before_anything_is_mended()
    {
        pi.Write(FakeMachine.Config, "");
        var (code, said) = await AskAsync("{ \"Sorces\": [] }", fixes: true, "en");
        Assert.Equal(2, code);
        Assert.Contains("nearest is Sources", said, StringComparison.Ordinal);
        Assert.Equal("", pi.Tree.Text(FakeMachine.Config));
    }

    [Fact]
    public async Task A_weak_power_supply_is_named()
    {
        pi.Write("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
        pi.Write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
        var (code, said) = await AskAsync(null, fixes: false, "en");
        Assert.Equal(1, code);
        Assert.Contains("power supply is too weak", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dtparam=i2c_arm=on\ndtparam=i2c_arm=off", "off")]
    [InlineData("#dtparam=i2c_arm=on", null)]
    [InlineData("[pi5]\ndtparam=i2c_arm=on\n[all]\n", null)]
    [InlineData("[pi5]\n[ALL]\n  dtparam=audio=on,i2c_arm=on", "on")]
    [InlineData("dtparam=i2c_arm", "on")]
    public void A_line_of_config_counts_where_the_firmware_lets_it(string text, string? value) => Assert.Equal(value, BootConfig.Parameter(text, "i2c_arm"));

    public void Dispose() => pi.Dispose();

    private async Task<(int Code, string Said)> AskAsync(string? config, bool fixes, string language, string user = "lan")
    {
        await using var output = new StringWriter();
        var code = await CareCommands.DoctorAsync(config, fixes, pi.Root, language, user, output);
        return (code, output.ToString());
    }
}
