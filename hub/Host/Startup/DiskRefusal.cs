using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using StemLab.Store;

namespace StemLab.Hub.Startup;

/// <summary>What a disk, a folder or a file refuses, as one sentence with the way out. Pure.</summary>
internal static class DiskRefusal
{
    /// <summary>Also of a full disk: the file beside a database through which its readers share memory cannot grow.</summary>
    private const int DiskFailing = 10;

    private const int DatabaseDamaged = 11;
    private const int DiskFull = 13;
    private const int NoDatabase = 26;

    /// <summary>Why a hub cannot start on its data folder; null = the failure is none of the disk's.</summary>
    public static string? OfStart(Exception failed, string folder) => failed switch
    {
        StoreUnavailableException store => $"{store.Message}. Or give another data folder with --data",
        SqliteException { SqliteErrorCode: DiskFull } => $"The disk of {folder} is full: make room, or give another data folder with --data",
        SqliteException { SqliteErrorCode: DiskFailing } => $"The disk of {folder} is full or failing: make room, or give another data folder with --data",
        SqliteException { SqliteErrorCode: DatabaseDamaged or NoDatabase } =>
            $"hub.db in {folder} is damaged or no database: restore a backup with `stemlab store restore FILE --data NEW_FOLDER` (hub/Store/RECOVERY.md), or give another data folder with --data",
        SqliteException refused => $"hub.db in {folder} cannot be opened or written (SQLite {refused.SqliteErrorCode}): look at the permissions of the folder and its files, or give another one with --data",
        IOException { InnerException: AddressInUseException } taken => $"{taken.Message.TrimEnd('.')}: stop the other program, or give another port",
        IOException or UnauthorizedAccessException => $"The data folder {folder} cannot be used: {Told(failed)}. Look at its permissions and the room on its disk, or give another one with --data",
        _ => null,
    };

    /// <summary>Why a command cannot read or write what it was given; null = the failure is none of the disk's.</summary>
    public static string? OfCommand(Exception failed) => failed switch
    {
        SqliteException { SqliteErrorCode: DiskFull } => "The disk is full: make room and repeat the command",
        SqliteException { SqliteErrorCode: DiskFailing } => "The disk is full or failing: make room and repeat the command",
        SqliteException { SqliteErrorCode: DatabaseDamaged or NoDatabase } => "hub.db in the data folder is damaged or no database: hub/Store/RECOVERY.md says what to do, or give another data folder with --data",
        SqliteException refused => $"hub.db in the data folder cannot be opened or written (SQLite {refused.SqliteErrorCode}): look at its permissions, or give another data folder with --data",
        IOException or UnauthorizedAccessException => $"{Told(failed)}; look at the path, its permissions and the room on its disk",
        _ => null,
    };

    private static string Told(Exception failed) => FileWords.PathOf(failed) is { } path ? $"{path}: {FileWords.Why(failed)}" : FileWords.Why(failed);
}
