namespace StemLab.Agent.Machine;

/// <summary>config.txt of a Raspberry Pi's firmware, as far as it is read here: a line counts for every board where it stands before any [filter] or under [all]. Pure.</summary>
/// <remarks>raspberrypi.com/documentation/computers/config_txt.html, "Conditional filters"; a later line wins.</remarks>
internal static class BootConfig
{
    /// <summary>The last value of a dtparam that holds for every board ("on", "off", …); null where none is set.</summary>
    public static string? Parameter(string text, string name) =>
        Lines(text).Where(line => line.StartsWith("dtparam=", StringComparison.Ordinal))
            .SelectMany(line => line["dtparam=".Length..].Split(','))
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair[0].Trim() == name)
            .Select(pair => pair.Length > 1 ? pair[1].Trim() : "on")
            .LastOrDefault();

    /// <summary>True where an overlay is loaded on every board.</summary>
    public static bool HasOverlay(string text, string name) =>
        Lines(text).Any(line => line.StartsWith("dtoverlay=", StringComparison.Ordinal) && line["dtoverlay=".Length..].Split(',', ':')[0].Trim() == name);

    /// <summary>The file with lines added that hold for every board.</summary>
    public static string With(string text, IReadOnlyList<string> lines) =>
        lines.Count == 0 ? text
            : $"{text.TrimEnd('\n', '\r')}\n\n# Added by stemlab-agent doctor --fix\n[all]\n{string.Join('\n', lines)}\n";

    private static IEnumerable<string> Lines(string text)
    {
        var counts = true;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
            {
                counts = line.Equals("[all]", StringComparison.OrdinalIgnoreCase);
            }
            else if (counts && line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }
}
