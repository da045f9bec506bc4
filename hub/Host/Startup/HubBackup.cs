using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Access;
using StemLab.Hub.Export;
using StemLab.Hub.Intake;
using StemLab.Hub.Preflight;
using StemLab.Store;

namespace StemLab.Hub.Startup;

/// <summary>
/// A hub's data in one file: a ZIP of hub.db, series.db, the key ring, the TLS authority, the files of datasets and a list with checksums. Taken in that order beside a running hub, so that series.db never
/// lacks what hub.db speaks of. A restored hub has a new store identity, so that agents offer again what they hold.
/// </summary>
internal static class HubBackup
{
    /// <summary>Folder in the data folder while a restore is under way; a hub does not start beside it.</summary>
    public const string UnderWay = "restore.part";

    private const string ListName = "stemlab-backup.json";
    private const int Format = 1;
    private const string Instructions = """
        A StemLab backup. To get the data back on any machine with StemLab:
            stemlab store restore THIS_FILE --data NEW_FOLDER
            stemlab serve --data NEW_FOLDER
        Without StemLab: series.db and hub.db are SQLite files; `stemlab store dump` or hub/Store/FORMAT.md tell what stands in them.
        """;

    /// <summary>Writes the file; whole or not at all.</summary>
    /// <exception cref="StartRefusedException">The file exists, there is no data, or the disk refuses.</exception>
    public static Contents Write(string folder, string file, TimeProvider time, Action<StoreProgress> progress)
    {
        if (File.Exists(file))
        {
            throw new StartRefusedException($"{file} exists already; choose another name");
        }

        var part = file + ".part";
        try
        {
            Directory.CreateDirectory(part);
            var names = Copy(folder, part, progress);
            var datasets = Datasets(folder);
            var contents = new Contents(
                Format,
                time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                [.. names.Select(name => Entry.Of(part, name)), .. datasets.Select(name => Entry.Of(folder, name))]);
            var zip = Path.Combine(part, "backup.zip");
            using (var stream = new FileStream(zip, FileMode.CreateNew, FileAccess.Write))
            {
                using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                {
                    Add(archive, "README.txt", Instructions);
                    Add(archive, ListName, JsonSerializer.Serialize(contents, StartupJson.Default.Contents));
                    foreach (var name in names)
                    {
                        archive.CreateEntryFromFile(Path.Combine(part, name), name, CompressionLevel.Fastest);
                    }

                    foreach (var name in datasets)
                    {
                        archive.CreateEntryFromFile(Path.Combine(folder, name), name, CompressionLevel.Fastest);
                    }
                }

                stream.Flush(flushToDisk: true);
            }

            Check(zip, contents);
            File.Move(zip, file);
            BackupList.Add(folder, new KeptBackup(SeriesFile.Stats(part).Commit, contents.MadeAt, file, IsOnSameDisk(folder, file)));
            return contents;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SqliteException or InvalidDataException)
        {
            throw new StartRefusedException($"The backup could not be written: {FileWords.Why(failed)}. It needs room for two copies of the data beside {file}; nothing was left there", failed);
        }
        finally
        {
            Remove(part);
        }
    }

    /// <summary>Puts a backup's data into a folder no hub runs on. What the folder held is moved aside inside it when that was asked for, never deleted.</summary>
    /// <exception cref="StartRefusedException">Not a whole backup, the folder holds something, a hub runs on it, or the disk refuses; then the folder is as it was.</exception>
    public static Restored Restore(string file, string folder, bool mayReplace, Action<StoreProgress> progress)
    {
        using var archive = Open(file);
        var contents = Read(archive, file);
        try
        {
            Directory.CreateDirectory(folder);
            using var held = Hold(folder);
            var old = Directory.EnumerateFileSystemEntries(folder).Where(path => Path.GetFileName(path) is var name && name is not ("hub.lock" or "series.lock" or UnderWay) && !name.StartsWith("replaced-", StringComparison.Ordinal)).ToArray();
            if (old.Length > 0 && !mayReplace)
            {
                throw new StartRefusedException($"{folder} holds data ({Path.GetFileName(old[0])}{(old.Length > 1 ? ", …" : "")}): give an empty folder with --data, or --replace to have what is there moved aside");
            }

            var part = Path.Combine(folder, UnderWay);
            var hadPart = Directory.Exists(part);
            Remove(part);
            var (report, store) = Prepare(archive, contents, part, file, progress);
            var aside = old.Length == 0 ? null : MoveAside(folder, old);
            foreach (var path in Directory.EnumerateFileSystemEntries(part))
            {
                Move(path, Path.Combine(folder, Path.GetFileName(path)));
            }

            Directory.Delete(part);
            return new Restored(contents, report, store, aside, hadPart);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new StartRefusedException($"The backup could not be restored into {folder}: {FileWords.Why(failed)}", failed);
        }
    }

    /// <summary>Everything the folder is to hold, whole and checked beside it. What cannot be had leaves nothing behind.</summary>
    private static (VerifyReport Report, StoreId Store) Prepare(ZipArchive archive, Contents contents, string part, string file, Action<StoreProgress> progress)
    {
        try
        {
            Extract(archive, contents, part, file);
            var report = SeriesFile.Verify(part, StoredBlock.TryDecode, progress);
            var store = SeriesFile.ReplaceStoreId(part);
            File.Delete(Path.Combine(part, "series.lock"));
            return (report, store);
        }
        catch
        {
            Remove(part);
            throw;
        }
    }

    private static void Remove(string part)
    {
        if (Directory.Exists(part))
        {
            Directory.Delete(part, recursive: true);
        }
    }

    /// <summary>Reads the written file again, from its bytes.</summary>
    /// <exception cref="IOException">It is not what was written.</exception>
    private static void Check(string zip, Contents contents)
    {
        using var archive = ZipFile.OpenRead(zip);
        foreach (var entry in contents.Files)
        {
            using var stream = archive.GetEntry(entry.Name)?.Open() ?? throw new IOException($"{entry.Name} is not in what was written");
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != entry.Sha256)
            {
                throw new IOException($"{entry.Name} reads back otherwise than it was written: this disk cannot be trusted");
            }
        }
    }

    private static bool IsOnSameDisk(string folder, string file)
    {
        var drives = DriveInfo.GetDrives();
        return Root(folder) == Root(file);

        string Root(string path) => drives.Select(drive => drive.RootDirectory.FullName).Where(root => Path.GetFullPath(path).StartsWith(root, StringComparison.Ordinal)).MaxBy(root => root.Length) ?? "";
    }

    private static List<string> Copy(string folder, string part, Action<StoreProgress> progress)
    {
        List<string> names = [];
        var registry = Path.Combine(folder, "hub.db");
        if (File.Exists(registry))
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = registry, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 10 }.ToString());
            connection.Open();
            using var copy = connection.CreateCommand();
            copy.CommandText = "VACUUM INTO $file";
            copy.Parameters.AddWithValue("$file", Path.Combine(part, "hub.db"));
            copy.ExecuteNonQuery();
            names.Add("hub.db");
        }

        SeriesFile.Backup(folder, Path.Combine(part, "series.db"), progress);
        names.Add("series.db");
        // What others believe this hub by: the key ring of its pages, and its own TLS authority.
        foreach (var kind in (string[])[AccessSetup.KeyFolder, HubCertificate.Folder])
        {
            if (!Directory.Exists(Path.Combine(folder, kind)))
            {
                continue;
            }

            Directory.CreateDirectory(Path.Combine(part, kind));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, kind)))
            {
                File.Copy(file, Path.Combine(part, kind, Path.GetFileName(file)));
                names.Add($"{kind}/{Path.GetFileName(file)}");
            }
        }

        if (File.Exists(Path.Combine(folder, "demo")))
        {
            File.Copy(Path.Combine(folder, "demo"), Path.Combine(part, "demo"));
            names.Add("demo");
        }

        return names;
    }

    /// <summary>Files of datasets, by name in the data folder. They never change, so they are read where they are; what is being written is left out.</summary>
    private static List<string> Datasets(string folder)
    {
        var root = Path.Combine(folder, DatasetFolder.Name);
        return !Directory.Exists(root) ? [] :
        [
            .. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(name => !name.Split('/').Any(part => part.EndsWith(DatasetFolder.PartMark, StringComparison.Ordinal))).Order(StringComparer.Ordinal),
        ];
    }

    private static void Add(ZipArchive archive, string name, string text)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open());
        writer.Write(text);
    }

    private static ZipArchive Open(string file)
    {
        try
        {
            return ZipFile.OpenRead(file);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{file} cannot be read: {FileWords.Why(failed)}", failed);
        }
        catch (InvalidDataException failed)
        {
            throw new StartRefusedException($"{file} is not a backup of a hub, or not whole: {failed.Message}", failed);
        }
    }

    private static Contents Read(ZipArchive archive, string file)
    {
        try
        {
            using var stream = archive.GetEntry(ListName)?.Open() ?? throw new JsonException($"it has no {ListName}");
            using var list = JsonDocument.Parse(stream);

            // First of all: a list of another format may have other keys.
            if (list.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(nameof(Contents.Format), out var told) && told is { ValueKind: JsonValueKind.Number } && told.TryGetInt32(out var format) && format > Format)
            {
                throw new StartRefusedException($"{file} was made by a newer hub (backup format {format}, this one knows {Format}): restore it with that one");
            }

            var contents = list.Deserialize(StartupJson.Default.Contents) ?? throw new JsonException("its list is empty");
            return Array.TrueForAll(contents.Files, entry => entry is not null && !entry.Name.Contains('\0')) ? contents : throw new JsonException("its list names a file that cannot be");
        }
        catch (Exception failed) when (failed is JsonException or InvalidDataException)
        {
            throw new StartRefusedException($"{file} is not a backup of a hub: {failed.Message}", failed);
        }
    }

    private static void Extract(ZipArchive archive, Contents contents, string part, string file)
    {
        foreach (var entry in contents.Files)
        {
            var target = Path.GetFullPath(Path.Combine(part, entry.Name));
            var source = archive.GetEntry(entry.Name);
            if (source is null || !target.StartsWith(Path.GetFullPath(part) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new StartRefusedException($"{file} is not whole: {entry.Name} is not in it");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            try
            {
                source.ExtractToFile(target);
            }
            catch (InvalidDataException)
            {
                // Told below, with what to do.
            }

            if (Entry.Of(part, entry.Name) != entry)
            {
                throw new StartRefusedException($"{file} is damaged: {entry.Name} is not what was backed up. Take another backup");
            }
        }

        if (!File.Exists(Path.Combine(part, "series.db")))
        {
            throw new StartRefusedException($"{file} holds no series.db");
        }
    }

    private static FileStream Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "hub.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException busy)
        {
            throw new StartRefusedException($"A hub is running on {folder}: stop it first, or give another folder with --data", busy);
        }
    }

    private static string MoveAside(string folder, string[] old)
    {
        var number = 1;
        while (Directory.Exists(Path.Combine(folder, $"replaced-{number}")))
        {
            number++;
        }

        var aside = Directory.CreateDirectory(Path.Combine(folder, $"replaced-{number}")).FullName;
        foreach (var path in old)
        {
            Move(path, Path.Combine(aside, Path.GetFileName(path)));
        }

        return aside;
    }

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
            return;
        }

        File.Move(from, to);
    }

    /// <summary>One file of a backup.</summary>
    internal sealed record Entry(string Name, long Bytes, string Sha256)
    {
        public static Entry Of(string folder, string name)
        {
            using var stream = File.OpenRead(Path.Combine(folder, name));
            return new Entry(name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
        }
    }

    /// <summary>What a backup holds.</summary>
    internal sealed record Contents(int Format, string MadeAt, Entry[] Files)
    {
        public bool HasRegistry => Array.Exists(Files, file => file.Name == "hub.db");

        /// <summary>What it holds for people: each file of the hub, and datasets as a number.</summary>
        public IEnumerable<string> Names
        {
            get
            {
                string[] own = [.. Files.Select(file => file.Name).Where(name => !name.StartsWith($"{DatasetFolder.Name}/", StringComparison.Ordinal))];
                return own.Length == Files.Length ? own : [.. own, $"{Files.Length - own.Length} files of datasets"];
            }
        }
    }

    /// <summary>What a restore did; <paramref name="Aside"/> = where the folder's old data is, null when there was none; <paramref name="HadPart"/> = an earlier restore had been cut short here.</summary>
    internal sealed record Restored(Contents Contents, VerifyReport Report, StoreId Store, string? Aside, bool HadPart);
}
