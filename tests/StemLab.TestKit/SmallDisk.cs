using System.Diagnostics;

namespace StemLab.TestKit;

/// <summary>A disk in memory that is as small as a test wants; needs root, and Linux. One test owns one.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder;

    private SmallDisk(TempFolder folder) => _folder = folder;

    /// <summary>Root of the disk.</summary>
    public string Path => _folder.Path;

    /// <summary>A disk of so many bytes ("96k", "8m"); null where it cannot be made here.</summary>
    public static async Task<SmallDisk?> TryMountAsync(string size)
    {
        var folder = new TempFolder();
        if (OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder.Path))
        {
            return new SmallDisk(folder);
        }

        folder.Dispose();
        return null;
    }

    /// <summary>A file at the root of the disk.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Makes it larger or smaller while it is in use.</summary>
    public Task ResizeAsync(string size) => RemountAsync($"size={size}");

    /// <summary>Nothing can be written any longer.</summary>
    public Task MakeReadOnlyAsync() => RemountAsync("ro");

    /// <summary>Gives it back, also while a program that is just being started still holds one of its files.</summary>
    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "-l", Path);
        _folder.Dispose();
    }

    private async Task RemountAsync(string what)
    {
        if (!await RunAsync("mount", "-o", $"remount,{what}", Path))
        {
            throw new InvalidOperationException($"{Path} cannot be made {what}");
        }
    }

    private static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync().WaitAsync(Limit);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
