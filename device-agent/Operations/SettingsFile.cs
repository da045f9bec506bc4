using System.Text;
using System.Text.Json;

namespace StemLab.Agent.Operations;

/// <summary>Settings of a hub as they lie in the data folder. Immutable.</summary>
internal sealed record KeptSettings
{
    /// <summary>Form of content.</summary>
    public uint Format { get; init; }

    /// <summary>As the hub numbered them; 0 = none are in force, only a refusal is remembered.</summary>
    public ulong Revision { get; init; }

    /// <summary>JSON, keys as in agent.json.</summary>
    public string Content { get; init; } = "";

    /// <summary>The agent has measured with them.</summary>
    public bool IsProven { get; init; }

    /// <summary>The latest revision refused; 0 = none since <see cref="Revision"/>.</summary>
    public ulong RefusedRevision { get; init; }

    /// <summary>Why, in English.</summary>
    public string RefusedEn { get; init; } = "";

    /// <summary>Why, in Vietnamese.</summary>
    public string RefusedVi { get; init; } = "";
}

/// <summary>settings.json of a data folder, and settings.earlier.json: what was in force before. Each is written whole or not at all. One thread.</summary>
/// <param name="folder">The data folder; it is there.</param>
internal sealed class SettingsFile(string folder)
{
    private const long MostBytes = 256 * 1024;

    private string NowPath => Path.Combine(folder, "settings.json");

    private string EarlierPath => Path.Combine(folder, "settings.earlier.json");

    /// <summary>What is in force; where that cannot be read, what was before. Null where there is nothing.</summary>
    /// <param name="damaged">Where what could not be read is kept; null = everything could.</param>
    public KeptSettings? Load(out string? damaged)
    {
        damaged = null;
        if (!File.Exists(NowPath))
        {
            return null;
        }

        if (Read(NowPath) is { } now)
        {
            return now;
        }

        damaged = DamagedFile.SetAside(NowPath);
        return Read(EarlierPath);
    }

    /// <summary>Replaces what is in force; it was proven, it is kept as the earlier one.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(KeptSettings settings, KeptSettings? before)
    {
        if (before is { IsProven: true } && before.Revision != settings.Revision)
        {
            WholeFile.Write(EarlierPath, Bytes(before));
        }

        WholeFile.Write(NowPath, Bytes(settings));
    }

    /// <summary>What was in force before; null where nothing was.</summary>
    public KeptSettings? Earlier() => Read(EarlierPath);

    private static byte[] Bytes(KeptSettings settings) => JsonSerializer.SerializeToUtf8Bytes(settings, SettingsJson.Default.KeptSettings);

    private static KeptSettings? Read(string path)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length <= MostBytes
                ? JsonSerializer.Deserialize(File.ReadAllText(path, Encoding.UTF8), SettingsJson.Default.KeptSettings) is { Content: not null } read
                    ? read with { RefusedEn = read.RefusedEn ?? "", RefusedVi = read.RefusedVi ?? "" } : null
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
