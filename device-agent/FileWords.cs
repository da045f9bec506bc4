using Microsoft.Data.Sqlite;

namespace StemLab.Agent;

/// <summary>Why a file, a folder or a card refuses, in a person's words and both languages; the runtime's own speak of paths that are denied and parts that are not found. Looks whether a path is a folder.</summary>
internal static class FileWords
{
    /// <summary>A file that is made with its whole size at once says so after its path; it bears no number of an error.</summary>
    private const string SizeTold = "' with allocation size '";

    private static readonly (string En, string Vi) IsFolder = ("it is a folder, a file is needed", "đây là thư mục, cần một tệp");
    private static readonly (string En, string Vi) IsForbidden = ("this user may not read or write it", "người dùng này không có quyền đọc hoặc ghi");
    private static readonly (string En, string Vi) IsUnreadable = ("the disk or card cannot be read or written there", "không đọc hoặc ghi được ổ đĩa hoặc thẻ nhớ ở chỗ đó");
    private static readonly (string En, string Vi) IsFull = ("the disk or card is full", "ổ đĩa hoặc thẻ nhớ đã đầy");
    private static readonly (string En, string Vi) IsOpen = ("another program has it open", "chương trình khác đang mở nó");

    /// <summary>A line for a console: the path with the reason, in both languages. What is no trouble of a file tells itself.</summary>
    public static string Line(Exception failed) => failed is not (IOException or UnauthorizedAccessException) || PathOf(failed) is not { } path
        ? failed.Message
        : $"{path}: {Why(failed).En} · {Why(failed).Vi}";

    /// <summary>Clauses to follow a path and a colon; what is not known is told as the system tells it.</summary>
    public static (string En, string Vi) Why(Exception failed) => failed switch
    {
        FileNotFoundException => ("there is no such file", "không có tệp này"),
        DirectoryNotFoundException => ("there is no such folder", "không có thư mục này"),
        PathTooLongException => ("its name is too long", "tên quá dài"),
        UnauthorizedAccessException when PathOf(failed) is { } path && IsOpenFolder(path) => IsFolder,
        UnauthorizedAccessException => IsForbidden,
        IOException when failed.Message.Contains(SizeTold, StringComparison.Ordinal) && failed.Message.Contains("disk was full", StringComparison.Ordinal) => IsFull,
        IOException => OfErrno(failed.HResult) ?? Itself(failed),
        SqliteException refused => OfDatabase(refused.SqliteErrorCode),
        _ => Itself(failed),
    };

    private static (string En, string Vi) Itself(Exception failed) => (failed.Message.TrimEnd('.'), failed.Message.TrimEnd('.'));

    private static (string En, string Vi)? OfErrno(int number) => number switch
    {
        1 or 13 => IsForbidden,
        5 => IsUnreadable,
        11 or 35 => IsOpen,
        17 => ("a file of that name is there already", "đã có một tệp cùng tên ở đó"),
        20 => ("a part of its path is a file, not a folder", "một phần của đường dẫn là tệp, không phải thư mục"),
        21 => IsFolder,
        28 or 69 or 122 => IsFull,
        30 => ("the disk or card can only be read", "ổ đĩa hoặc thẻ nhớ chỉ đọc được"),
        _ => null,
    };

    private static (string En, string Vi) OfDatabase(int code) => code switch
    {
        5 or 6 => IsOpen,
        8 => ("it can only be read", "chỉ đọc được"),

        // Also of a full disk: the file beside a database through which its readers share memory cannot grow.
        10 => ("the disk or card is full or failing", "ổ đĩa hoặc thẻ nhớ đã đầy hoặc bị lỗi"),
        11 or 26 => ("its database is damaged", "cơ sở dữ liệu ở đó bị hỏng"),
        13 => IsFull,
        14 => ("its database cannot be opened", "không mở được cơ sở dữ liệu ở đó"),
        _ => ($"its database refuses (SQLite {code})", $"cơ sở dữ liệu ở đó từ chối (SQLite {code})"),
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
