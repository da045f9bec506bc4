using StemLab.Hub.Operations;
using StemLab.Store;

namespace StemLab.Hub.Startup;

public sealed class StorePresetTests
{
    private static readonly string[] Pi =
    [
        "22 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw",
        "30 22 0:25 / /run rw - tmpfs tmpfs rw",
        "40 22 8:1 / /media/usb\\040disk rw - ext4 /dev/sda1 rw",
        "41 22 0:40 / /btrfs rw - btrfs /dev/mmcblk1p1 rw,subvol=/",
        "a line of a kernel to come",
    ];

    [Theory]
    [InlineData("/srv/stemlab", "mmcblk0p2")]
    [InlineData("/media/usb disk/stemlab", null)]
    [InlineData("/media/usb disk2", "mmcblk0p2")]
    [InlineData("/run/stemlab", null)]
    [InlineData("/btrfs/a", "mmcblk1p1")]
    public void A_data_folder_on_a_card_is_found_by_the_kernels_table(string folder, string? card) => Assert.Equal(card, StorePreset.CardUnder(folder, Pi, device => device switch
    {
        "179:2" => "../../devices/platform/emmc2bus/fe340000.mmc/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0/mmcblk0p2",
        "8:1" => "../../devices/pci0000:00/usb2/2-1/block/sda/sda1",
        _ => null,
    }));

    [Theory]
    [InlineData(StorePreset.Default, 0)]
    [InlineData(StorePreset.SdCard, 500)]
    public void What_the_options_say_holds(string asked, int ms) =>
        Assert.Equal(ms, StorePreset.Choose(new HubOptions { StorePreset = asked }, "/").CommitInterval.TotalMilliseconds);

    [Fact]
    public void The_start_says_what_was_found_done_and_is_missing_in_both_languages()
    {
        var report = new OpenReport(true, LogTail.Zeroed, 4120, 2, 100, [17, 18]);
        foreach (var vi in (bool[])[false, true])
        {
            var lines = FoundLines.Of(report, 8, new StorePreset(StorePreset.CardInterval, "mmcblk0p2"), vi).ToArray();
            Assert.Equal(4, lines.Length);
            Assert.Contains("mmcblk0p2", lines[0], StringComparison.Ordinal);
            Assert.Contains("series.db", lines[1], StringComparison.Ordinal);
            Assert.Contains("4120", lines[2], StringComparison.Ordinal);
            Assert.Contains("17", lines[3], StringComparison.Ordinal);
            Assert.Contains("RECOVERY.md", lines[3], StringComparison.Ordinal);
        }

        Assert.Empty(FoundLines.Of(new OpenReport(true, LogTail.None, 0, 0, 0, []), 0, new StorePreset(TimeSpan.Zero, null), vi: false));
    }
}
