using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StemLab.Store.Sqlite;

/// <summary>
/// A connection's write-ahead log, synced by fdatasync. The SQLite of the package syncs by fsync, which writes the file's modification time as well: with
/// ext4 a transaction of the file system for every commit, though a log that is used again neither grows nor moves. What counts here is what the log holds
/// and how long it is, and fdatasync keeps both.
/// </summary>
/// <remarks>By SQLite's public interface alone: the file object of the log (SQLITE_FCNTL_JOURNAL_POINTER) gets a copy of its methods with another xSync, which
/// syncs a descriptor of its own. SQLite holds no lock on the log, so that closing that descriptor gives none away. One thread at a time, as the connection.</remarks>
internal sealed unsafe partial class LogSync : IDisposable
{
    private const int JournalPointer = 28;
    private const int SyncNormal = 2;
    private const int SyncFailed = 10 | (4 << 8);

    // sqlite3_io_methods, in words: the version, twelve methods, four more since version 2, two more since 3. Behind them the descriptor.
    private const int SyncMethod = 5;
    private static readonly int[] WordsOfVersion = [0, 13, 17, 19];
    private const int Descriptor = 19;

    private readonly SafeFileHandle _log;
    private readonly nint* _methods;

    private LogSync(SafeFileHandle log, nint* methods)
    {
        _log = log;
        _methods = methods;
    }

    /// <summary>Null where it cannot be: another system than Linux, or another SQLite; then the log is synced as SQLite does it.</summary>
    /// <param name="connection">Whose log is open: it has read once with a write-ahead log. Disposed before this is.</param>
    /// <param name="path">The database's file.</param>
    /// <exception cref="SqliteFault">The disk refuses to sync the log.</exception>
    public static LogSync? Take(SQLitePCL.sqlite3 connection, string path)
    {
        var log = path + "-wal";
        if (!OperatingSystem.IsLinux() || !File.Exists(log))
        {
            return null;
        }

        var file = FileOf(connection);
        return file is null || VersionOf(file) is not (>= 1 and <= 3) ? null : Take(file, log);
    }

    /// <summary>After the connection was closed: closing calls the methods.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_methods);
        _log.Dispose();
    }

    private static LogSync Take(nint* file, string path)
    {
        // SQLite's own sync of a new log also syncs its folder; that is done now, once.
        var methods = (nint*)*file;
        var code = ((delegate* unmanaged[Cdecl]<nint*, int, int>)methods[SyncMethod])(file, SyncNormal);
        if (code != 0)
        {
            throw new SqliteFault(code, "the log cannot be synced");
        }

        var log = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var own = (nint*)NativeMemory.AllocZeroed(Descriptor + 1, (nuint)sizeof(nint));
        var words = WordsOfVersion[VersionOf(file)];
        new ReadOnlySpan<nint>(methods, words).CopyTo(new Span<nint>(own, words));
        own[SyncMethod] = (nint)(delegate* unmanaged[Cdecl]<nint*, int, int>)&Sync;
        own[Descriptor] = log.DangerousGetHandle();
        *file = (nint)own;
        return new LogSync(log, own);
    }

    private static nint* FileOf(SQLitePCL.sqlite3 connection)
    {
        nint* file = null;
        return FileControl(connection.DangerousGetHandle(), null, JournalPointer, &file) == 0 && file is not null && *file != 0 ? file : null;
    }

    private static int VersionOf(nint* file) => *(int*)*file;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(nint* file, int flags) => FdataSync((int)((nint*)*file)[Descriptor]) == 0 ? 0 : SyncFailed;

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    private static partial int FileControl(nint connection, byte* name, int operation, void* argument);

    [LibraryImport("libc", EntryPoint = "fdatasync")]
    private static partial int FdataSync(int file);
}
