using System.Diagnostics;

namespace StemLab.Store.Faults;

/// <summary>A disk of a few megabytes in memory; needs root, and Linux.</summary>
internal static class SmallDisk
{
    public static async Task<bool> MountAsync(string folder, string size) => OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);

    public static Task<bool> MakeReadOnlyAsync(string folder) => RunAsync("mount", "-o", "remount,ro", folder);

    public static Task UnmountAsync(string folder) => RunAsync("umount", folder);

    private static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
