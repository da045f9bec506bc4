using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>
/// A disk of its own, ext4 in a file, whose power can be cut: what no sync had brought to it is gone, as when the plug is pulled (kill -9 leaves it all to the kernel, which writes it later).
/// Needs root and a loop device. One test owns one.
/// </summary>
internal sealed class Ext4Disk : IAsyncDisposable
{
    // _IOR('X', 125, __u32) and EXT4_GOING_FLAGS_NOLOGFLUSH of the kernel's fs/ext4/ext4.h: everything fails from now on, and the journal is not written either.
    private const nuint Shutdown = 0x8004587D;
    private const uint NoLogFlush = 2;

    private readonly TempFolder folder;

    private Ext4Disk(TempFolder folder) => this.folder = folder;

    /// <summary>Root of the disk.</summary>
    public string Path => folder.File("disk");

    /// <summary>How often its power was cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Cuts that took what had been written to a file and not been synced.</summary>
    public int CutsThatLost { get; private set; }

    private string Image => folder.File("image");

    private string Witness => System.IO.Path.Combine(Path, "unsynced");

    /// <summary>
    /// A new disk; ends the test as skipped, by name, where none can be mounted. That is so also where servers are required: root and loop devices cannot be installed, only the programs can
    /// (<see cref="ServerFactAttribute"/> names those).
    /// </summary>
    /// <param name="folders">Made on it, and brought to it.</param>
    public static async Task<Ext4Disk> MakeAsync(params string[] folders)
    {
        var disk = new Ext4Disk(new TempFolder());
        await using (var image = File.Create(disk.Image))
        {
            image.SetLength(256L << 20);
        }

        Directory.CreateDirectory(disk.Path);
        var (made, _, why) = await RealProcess.RunAsync(Servers.PathOf("mkfs.ext4"), ["-q", "-F", "-E", "lazy_itable_init=1,lazy_journal_init=1", disk.Image]);
        Assert.True(made == 0, why);
        (made, _, why) = await disk.MountAsync();
        if (made != 0)
        {
            await disk.DisposeAsync();
            Assert.Skip($"a disk in a file cannot be mounted here (needs root and a loop device): {why.Trim()}");
        }

        foreach (var name in folders)
        {
            Directory.CreateDirectory(System.IO.Path.Combine(disk.Path, name));
        }

        Assert.Equal(0, (await RealProcess.RunAsync("sync", ["-f", disk.Path])).Code);
        return disk;
    }

    /// <summary>A folder on it.</summary>
    public string Folder(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Cuts the power: whoever writes to the disk from now on is refused.</summary>
    /// <remarks>
    /// Programs on it are the caller's to freeze before (<see cref="RealProcess.FreezeAsync"/>) and to kill after. A machine without power says nothing; a program that still runs does: the kernel answers
    /// a sync that is under way when the disk goes with "done", though its journal is not written any more. A loop of append and fdatasync (or fsync) on Linux 6.18 was told so in 16 (10) of 150 cuts; no
    /// append it was told of before the cut was missing, and none at all where the program was frozen first.
    /// </remarks>
    public void Cut()
    {
        using var witness = File.OpenHandle(Witness, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(witness, "written, never synced"u8, 0);
        Assert.True(IoCtl(witness, Shutdown, NoLogFlush) == 0, $"EXT4_IOC_SHUTDOWN: errno {Marshal.GetLastPInvokeError()}");
        Cuts++;
    }

    /// <summary>The power is back; nobody may have a file of it open.</summary>
    public async Task ReturnAsync()
    {
        await UnmountAsync();
        var (mounted, _, why) = await MountAsync();
        Assert.True(mounted == 0, why);
        if (!File.Exists(Witness) || new FileInfo(Witness).Length == 0)
        {
            CutsThatLost++;
        }

        File.Delete(Witness);
    }

    public async ValueTask DisposeAsync()
    {
        await UnmountAsync();
        folder.Dispose();
    }

    private Task<(int Code, string Output, string Errors)> MountAsync() => RealProcess.RunAsync("mount", ["-t", "ext4", "-o", "loop", Image, Path]);

    /// <summary>Also where a program still holds a file of it: it goes with that one.</summary>
    private async Task UnmountAsync()
    {
        using var late = new CancellationTokenSource(RealProcess.Patience, TimeProvider.System);
        foreach (var how in (string[][])[[Path], ["-l", Path]])
        {
            using var umount = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("umount", how) { RedirectStandardError = true })!;
            await umount.WaitForExitAsync(late.Token);
            if (umount.ExitCode == 0)
            {
                return;
            }
        }
    }

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int IoCtl(SafeFileHandle file, nuint request, in uint flags);
}
