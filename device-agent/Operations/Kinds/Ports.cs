namespace StemLab.Agent.Operations.Kinds;

/// <summary>Names of ports where none is written. Pure.</summary>
internal static class Ports
{
    private const int Longest = 56;

    /// <summary>A text as a port may be called: lower case, every other character a hyphen, short enough for what a probe puts behind it.</summary>
    public static string NameOf(string text)
    {
        var name = string.Concat(text.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '.' or '_' ? c : '-'));
        return name.Length <= Longest ? name : name[..Longest];
    }
}
