using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using StemLab.Hub.Access;

namespace StemLab.Hub.Translating;

/// <summary>Key files dropped into the folder `languages` of the data folder, read once at start: a language beside Vietnamese and English each. Immutable.</summary>
internal sealed partial class KeyFiles
{
    public const string Folder = "languages";
    private const long MostBytes = 2_000_000;

    public KeyFiles(AccessOptions access)
        : this(Path.Combine(access.DataFolder, Folder))
    {
    }

    /// <param name="folder">May not exist.</param>
    internal KeyFiles(string folder) =>
        All = [.. (Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : []).Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Also those that cannot be read, with why; in the order of their names.</summary>
    public ImmutableArray<FoundKeys> All { get; }

    private static FoundKeys Read(string path)
    {
        var (file, code) = (Path.GetFileName(path), Path.GetFileNameWithoutExtension(path));
        FoundKeys Not(string why) => new(file, code, "", FrozenDictionary<string, string>.Empty, why);
        if (!Code().IsMatch(code) || code is "vi" or "en")
        {
            return Not("the name of the file must be a language code of two or three letters, like tay.json, and not vi or en");
        }

        try
        {
            if (new FileInfo(path).Length > MostBytes)
            {
                return Not($"it is larger than {MostBytes / 1_000_000} MB");
            }

            return JsonSerializer.Deserialize(File.ReadAllBytes(path), KeyTypes.Default.KeyFile) is { Name.Length: > 0 and <= 40, Texts: { } texts } read
                ? new FoundKeys(file, code, read.Name, texts.Where(one => one.Value is { Length: > 0 }).ToFrozenDictionary(StringComparer.Ordinal), "")
                : Not("it needs a name (1 to 40 characters) and texts");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JsonException)
        {
            return Not($"it cannot be read: {failed.Message}");
        }
    }

    [GeneratedRegex("^[a-z]{2,3}$")]
    private static partial Regex Code();
}

/// <summary>A key file as it was found.</summary>
/// <param name="File">Its name.</param>
/// <param name="Code">Code of its language.</param>
/// <param name="Name">How the language calls itself; empty = not usable.</param>
/// <param name="Texts">By key; none empty.</param>
/// <param name="Trouble">Why it is not usable; empty = it is.</param>
internal sealed record FoundKeys(string File, string Code, string Name, FrozenDictionary<string, string> Texts, string Trouble);
