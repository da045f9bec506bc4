namespace StemLab.Store.Opening;

/// <summary>Keeps a second hub off the same folder: two writers would each believe their own memory.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <exception cref="StoreUnavailableException">The folder cannot be written, or is in use.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "series.lock");
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (IOException fault) when (IsFull(fault))
        {
            throw new StoreUnavailableException($"The disk of {folder} is full; make room, then start again", fault);
        }
        catch (IOException fault) when (IsReadOnly(fault))
        {
            throw new StoreUnavailableException($"The folder {folder} cannot be made: its disk is read-only; remount it for writing, or choose another", fault);
        }
        catch (IOException fault) when (IsInTheWay(fault))
        {
            throw new StoreUnavailableException($"The folder {folder} cannot be made: a file stands in its way; choose another", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The folder {folder} cannot be made; choose another or correct its rights", fault);
        }

        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None));
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new StoreUnavailableException($"The folder {folder} is not writable; choose another or correct its rights", fault);
        }
        catch (IOException fault) when (IsReadOnly(fault))
        {
            throw new StoreUnavailableException($"The folder {folder} is on a read-only disk; remount it for writing, or choose another", fault);
        }
        catch (IOException fault) when (IsFull(fault))
        {
            throw new StoreUnavailableException($"The disk of {folder} is full; make room, then start again", fault);
        }
        catch (IOException fault) when (IsShared(fault))
        {
            throw new StoreUnavailableException($"The folder {folder} is in use by another hub", fault);
        }
        catch (IOException fault)
        {
            throw new StoreUnavailableException($"The folder {folder} is in use by another hub, or its disk refuses ({fault.Message})", fault);
        }
    }

    /// <summary>EAGAIN of Linux and of macOS, ERROR_SHARING_VIOLATION.</summary>
    private static bool IsShared(IOException fault) => (fault.HResult & 0xFFFF) is 11 or 35 or 0x20;

    /// <summary>ENOSPC, ERROR_DISK_FULL.</summary>
    private static bool IsFull(IOException fault) => (fault.HResult & 0xFFFF) is 28 or 0x70;

    /// <summary>EEXIST, ENOTDIR (where all of a path is made, a part not found is one that is no folder), ERROR_ALREADY_EXISTS.</summary>
    private static bool IsInTheWay(IOException fault) => (fault is DirectoryNotFoundException && !OperatingSystem.IsWindows()) || (fault.HResult & 0xFFFF) is 17 or 20 or 0xB7;

    /// <summary>EROFS, ERROR_WRITE_PROTECT.</summary>
    private static bool IsReadOnly(IOException fault) => (fault.HResult & 0xFFFF) is 30 or 19;

    public void Dispose() => _file.Dispose();
}
