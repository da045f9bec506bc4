namespace StemLab.Hub.Startup;

/// <summary>Why a file, a folder or a disk refuses, in a person's words; the runtime's own speak of paths that are denied and parts that are not found. Looks whether a path is a folder.</summary>
internal static class FileWords
{
    /// <summary>A file that is made with its whole size at once says so after its path; it bears no number of an error.</summary>
    private const string SizeTold = "' with allocation size '";

    private const int WindowsSharing = unchecked((int)0x80070020);
    private const int WindowsFull = unchecked((int)0x80070070);
    private const int WindowsHandleFull = unchecked((int)0x80070027);

    /// <summary>A clause to follow a path and a colon; what is not known is told as the system tells it.</summary>
    public static string Why(Exception failed) => failed switch
    {
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "there is no such folder",
        PathTooLongException => "its name is too long",
        UnauthorizedAccessException when PathOf(failed) is { } path && IsOpenFolder(path) => "it is a folder, a file is needed",
        UnauthorizedAccessException => "this user may not read or write it",
        IOException when failed.Message.Contains(SizeTold, StringComparison.Ordinal) && failed.Message.Contains("disk was full", StringComparison.Ordinal) => "the disk is full",
        IOException { HResult: WindowsSharing } => "another program has it open",
        IOException { HResult: WindowsFull or WindowsHandleFull } => "the disk is full",
        IOException when !OperatingSystem.IsWindows() => OfErrno(failed.HResult) ?? failed.Message.TrimEnd('.'),
        _ => failed.Message.TrimEnd('.'),
    };

    /// <summary>The path a failure tells of; null = none.</summary>
    public static string? PathOf(Exception failed)
    {
        if (failed is FileNotFoundException { FileName: { Length: > 0 } name })
        {
            return name;
        }

        var sized = failed.Message.IndexOf(SizeTold, StringComparison.Ordinal);
        var (from, to) = (failed.Message.IndexOf('\''), sized > 0 ? sized : failed.Message.LastIndexOf('\''));
        return to > from + 1 ? failed.Message[(from + 1)..to] : null;
    }

    /// <summary>What Linux and macOS number alike, and the few they do not.</summary>
    private static string? OfErrno(int number) => number switch
    {
        1 or 13 => "this user may not read or write it",
        5 => "the disk or card cannot be read or written there",
        11 or 35 => "another program has it open",
        17 => "a file of that name is there already",
        20 => "a part of its path is a file, not a folder",
        21 => "it is a folder, a file is needed",
        28 or 69 or 122 => "the disk is full",
        30 => "the disk can only be read",
        _ => null,
    };

    private static bool IsOpenFolder(string path)
    {
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(path).GetEnumerator();
            entries.MoveNext();
            return true;
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
