using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace StemLab.Hub.Export;

/// <summary>
/// Brings a folder's list of names to the disk. A file's own flush does not promise that its name is there after a power cut, nor a rename that it took place. Stateless.
/// </summary>
internal static class FolderOnDisk
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    /// <summary>What was made, renamed or removed directly in the folder is so on the disk when this returns. Does nothing on Windows, whose file systems keep names in a journal.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = Open(Encoding.UTF8.GetBytes(folder + "\0"), ReadOnly);
        if (handle < 0)
        {
            throw Refused(folder);
        }

        try
        {
            // EINVAL: a file system that has no such order (some network disks).
            if (Sync(handle) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                throw Refused(folder);
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    private static IOException Refused(string folder) => new($"{folder}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int handle);
}
