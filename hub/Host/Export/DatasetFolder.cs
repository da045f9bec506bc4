using System.Security.Cryptography;
using System.Text.Json;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>Where a version's files lie: <c>datasets/{slug}/v{number}</c> in the data folder, whole or not at all. Immutable.</summary>
internal sealed class DatasetFolder(string dataFolder)
{
    private const string RowsName = "rows.slfroz";
    private const string TablesName = "tables.json";

    /// <summary>Name of the folder of all datasets in the data folder.</summary>
    public const string Name = "datasets";

    /// <summary>What the folder of a version ends in while it is written.</summary>
    public const string PartMark = ".part";

    private readonly string _root = Path.Combine(dataFolder, Name);

    public string Of(string version)
    {
        (string slug, long number) = DatasetBook.Parts(version);
        return Path.Combine(_root, slug, $"v{number}");
    }

    /// <summary>All of a version is here.</summary>
    public bool Has(string version) => File.Exists(Path.Combine(Of(version), TablesName)) && File.Exists(RowsPath(Of(version)));

    /// <summary>An empty folder to write a version into. What lies under its name belongs to no version the hub knows: it came from a backup that was made in between.</summary>
    public string Begin(string version)
    {
        Remove(version);
        string part = Of(version) + PartMark;
        if (Directory.Exists(part))
        {
            Directory.Delete(part, recursive: true);
        }

        Directory.CreateDirectory(part);
        return part;
    }

    /// <summary>The part, whose files are on the disk, is the version from now on, also after a power cut: their names, the folder's, and those of the folders above it are on the disk.</summary>
    public void Settle(string version)
    {
        string folder = Of(version);
        FolderOnDisk.Flush(folder + PartMark);
        Directory.Move(folder + PartMark, folder);
        FolderOnDisk.Flush(Path.GetDirectoryName(folder)!);
        FolderOnDisk.Flush(_root);
        FolderOnDisk.Flush(dataFolder);
    }

    /// <summary>Takes away what was written of a version that will not be, whole or not.</summary>
    public void Abandon(string version)
    {
        string part = Of(version) + PartMark;
        if (Directory.Exists(part))
        {
            Directory.Delete(part, recursive: true);
        }

        Remove(version);
    }

    /// <summary>Takes a version's files away.</summary>
    public void Remove(string version)
    {
        if (Directory.Exists(Of(version)))
        {
            Directory.Delete(Of(version), recursive: true);
        }
    }

    public static string RowsPath(string folder) => Path.Combine(folder, RowsName);

    public static void WriteTables(string folder, FrozenTables tables)
    {
        using FileStream file = new(Path.Combine(folder, TablesName), FileMode.CreateNew, FileAccess.Write);
        JsonSerializer.Serialize(file, tables, ExportJson.Default.FrozenTables);
        file.Flush(flushToDisk: true);
    }

    public FrozenTables ReadTables(string version)
    {
        using FileStream file = File.OpenRead(Path.Combine(Of(version), TablesName));
        return JsonSerializer.Deserialize(file, ExportJson.Default.FrozenTables) ?? throw new InvalidDataException($"{TablesName} of {version} is empty");
    }

    /// <summary>Size and checksum of a file of a version, which is on the disk from now on: a version that is ready outlives a power cut.</summary>
    public static DatasetFile Describe(string folder, string version, string name, DatasetFormat format)
    {
        using FileStream file = new(Path.Combine(folder, name), FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        file.Flush(flushToDisk: true);
        (string slug, long number) = DatasetBook.Parts(version);
        return new DatasetFile { FileName = name, Path = $"/datasets/{slug}/{number}/files/{Uri.EscapeDataString(name)}", Format = format, SizeBytes = file.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(file)) };
    }
}
