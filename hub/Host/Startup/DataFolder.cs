using StemLab.Hub.Operations;

namespace StemLab.Hub.Startup;

/// <summary>Makes sure of the data folder before anything is opened: it exists, is writable, is of the right kind and belongs to one running hub.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string DemoMark = "demo";
    private readonly FileStream heldOpen;

    private DataFolder(string path, FileStream heldOpen)
    {
        Path = path;
        this.heldOpen = heldOpen;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Takes the folder for one process.</summary>
    /// <exception cref="StartRefusedException">It cannot be written, another hub runs on it, or a demo and a real hub would mix.</exception>
    public static DataFolder Take(HubOptions options)
    {
        var path = System.IO.Path.GetFullPath(options.DataFolder);
        try
        {
            Make(path);
            if (Directory.Exists(System.IO.Path.Combine(path, HubBackup.UnderWay)))
            {
                throw new StartRefusedException($"A restore into {path} was cut short: run `stemlab store restore` with --replace again, or remove the folder {HubBackup.UnderWay} in it to go on with what is there");
            }

            var lockFile = System.IO.Path.Combine(path, "hub.lock");
            var held = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var folder = new DataFolder(path, held);
            folder.KeepKindsApart(options.Demo);
            return folder;
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new StartRefusedException($"The data folder {path} cannot be written: {FileWords.Why(refused)}. Give another one with --data, or the right to write there", refused);
        }
        catch (IOException busy) when (IsSharing(busy))
        {
            throw new StartRefusedException($"Another hub is running on {path}: stop it, or give another folder with --data", busy);
        }
        catch (IOException failed)
        {
            throw new StartRefusedException($"The data folder {path} cannot be used: {FileWords.Why(failed)}. Give another one with --data", failed);
        }
    }

    public void Dispose() => heldOpen.Dispose();

    /// <summary>A new folder is its owner's alone: keys and hashes lie in it. One that is there stays as it is.</summary>
    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A folder is a demo's or a real hub's for ever, so that simulated data never mixes into real data.</summary>
    private void KeepKindsApart(bool demo)
    {
        var mark = System.IO.Path.Combine(Path, DemoMark);
        var hasData = File.Exists(System.IO.Path.Combine(Path, "series.db"));
        var isDemo = File.Exists(mark);
        if (hasData && isDemo != demo)
        {
            heldOpen.Dispose();
            throw new StartRefusedException(isDemo
                ? $"{Path} holds a demo's simulated data; give a real hub a folder of its own with --data"
                : $"{Path} holds a real hub's data; give the demo a folder of its own with --data");
        }

        if (demo && !isDemo)
        {
            File.WriteAllText(mark, "Everything in this folder is simulated or replayed.\n");
        }
    }

    /// <summary>EWOULDBLOCK on Unix, ERROR_SHARING_VIOLATION or ERROR_LOCK_VIOLATION on Windows.</summary>
    private static bool IsSharing(IOException failure) => (failure.HResult & 0xFFFF) is 11 or 35 or 32 or 33;
}
