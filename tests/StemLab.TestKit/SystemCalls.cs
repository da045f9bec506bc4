using System.Text.RegularExpressions;

namespace StemLab.TestKit;

/// <summary>What strace -f -xx wrote, call by call in the order in which they ended. Stateless.</summary>
public static partial class SystemCalls
{
    /// <summary>One line a call: a call another thread interrupted stands on two lines in the trace.</summary>
    public static IEnumerable<string> Joined(IEnumerable<string> lines)
    {
        var begun = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            var pid = line[..line.IndexOf(' ', StringComparison.Ordinal)];
            if (line.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                begun[pid] = line[..^"<unfinished ...>".Length].TrimEnd();
            }
            else if (Resumed().Match(line) is { Success: true } resumed && begun.Remove(pid, out var start))
            {
                yield return start + resumed.Groups["rest"].Value;
            }
            else
            {
                yield return line;
            }
        }
    }

    /// <summary>The bytes of a string as -xx prints it.</summary>
    public static byte[] Bytes(string text) => Convert.FromHexString(text.Replace("\\x", "", StringComparison.Ordinal));

    [GeneratedRegex(@"<\.\.\. \w+ resumed>(?<rest>.*)")]
    private static partial Regex Resumed();
}
