using System.Globalization;

namespace StemLab.Agent.Machine;

/// <summary>This machine as Linux shows it in files: below / on a Pi, below a folder of the same shape elsewhere. Stateless; safe from any thread.</summary>
/// <param name="root">/, or such a folder.</param>
internal sealed class MachineTree(string root)
{
    /// <summary>Where a file is.</summary>
    /// <param name="relative">Without a slash at its beginning.</param>
    public string At(string relative) => Path.Combine(root, relative);

    /// <summary>True where there is such a file or folder.</summary>
    public bool Has(string relative) => Path.Exists(At(relative));

    /// <summary>A file without the white space around it; null where it is not there or may not be read.</summary>
    public string? Text(string relative)
    {
        try
        {
            return File.ReadAllText(At(relative)).Trim('\0', '\n', '\r', ' ');
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A file that holds one whole number; null where it does not.</summary>
    public long? Number(string relative) => long.TryParse(Text(relative), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Names in a folder, in order; empty where there is none.</summary>
    public IReadOnlyList<string> Names(string relative)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(At(relative)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
