using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StemLab.Benchmarks;

/// <summary>The physical limit a store is measured against: 24 bytes a row appended to a file, then fdatasync.</summary>
internal sealed partial class RawAppendBaseline : IDisposable
{
    public const int RowBytes = 24;
    private readonly SafeFileHandle _file;
    private readonly byte[] _rows;
    private long _length;

    public RawAppendBaseline(string path, int rowsPerCommit)
    {
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        _rows = new byte[rowsPerCommit * RowBytes];
        Random.Shared.NextBytes(_rows);
    }

    public void Commit()
    {
        RandomAccess.Write(_file, _rows, _length);
        _length += _rows.Length;
        if (FdataSync(_file.DangerousGetHandle().ToInt32()) != 0)
        {
            throw new IOException($"fdatasync failed, errno {Marshal.GetLastPInvokeError()}");
        }
    }

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FdataSync(int file);
}
