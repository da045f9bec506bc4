namespace StemLab.Store.Writing;

/// <summary>Looks at the free space of the store's disk, at most once a second. Writer thread only.</summary>
internal sealed class FreeSpace(string folder, long minFreeBytes, TimeProvider time)
{
    private readonly DriveInfo _drive = new(Path.GetFullPath(folder));
    private long? _looked;
    private bool _isShort;

    public bool IsShort
    {
        get
        {
            if (minFreeBytes <= 0)
            {
                return false;
            }

            // While short, look every time: room may come back any moment, and commits are few.
            if (_looked is not { } at || _isShort || time.GetElapsedTime(at) >= TimeSpan.FromSeconds(1))
            {
                _looked = time.GetTimestamp();
                _isShort = _drive.AvailableFreeSpace < minFreeBytes;
            }

            return _isShort;
        }
    }
}
