using System.Text.Json;

namespace StemLab.Hub.Preflight;

/// <summary>The backups that were made of a data folder and read back: a small file beside the data, newest last. Safe from any thread and any program on the machine.</summary>
internal static class BackupList
{
    public const string FileName = "backups.json";
    private const int Most = 20;

    /// <summary>Writes one down; the file is replaced whole.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Add(string dataFolder, KeptBackup made)
    {
        var path = Path.Combine(dataFolder, FileName);
        var part = $"{path}.{Guid.NewGuid():N}.part";
        File.WriteAllText(part, JsonSerializer.Serialize([.. Read(dataFolder).Append(made).TakeLast(Most)], BackupListJson.Default.KeptBackupArray));
        File.Move(part, path, overwrite: true);
    }

    /// <summary>Oldest first; empty where none was made or the file cannot be read.</summary>
    public static IReadOnlyList<KeptBackup> Read(string dataFolder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(dataFolder, FileName)), BackupListJson.Default.KeptBackupArray) ?? [];
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }
}

/// <summary>One backup whose bytes were read again and are what was written.</summary>
/// <param name="Commit">Newest commit of the store in it.</param>
/// <param name="MadeAt">By the clock of the machine, UTC, "2026-11-24T18:05:00Z".</param>
/// <param name="File">Where it was written.</param>
/// <param name="SameDisk">True when it lies on the disk of the data.</param>
internal sealed record KeptBackup(long Commit, string MadeAt, string File, bool SameDisk);
