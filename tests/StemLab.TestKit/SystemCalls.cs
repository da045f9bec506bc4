using System.Text.RegularExpressions;

namespace StemLab.TestKit;

/// <summary>What strace -f -xx wrote, call by call in the order in which they ended; a close counts from when it began, because its number is given away at once. Stateless.</summary>
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
                var start = line[..^"<unfinished ...>".Length].TrimEnd();
                if (Closing().IsMatch(start))
                {
                    yield return start + ") = 0";
                }
                else
                {
                    begun[pid] = start;
                }
            }
            else if (ClosingResumed().IsMatch(line))
            {
                continue;
            }
            else if (Resumed().Match(line) is { Success: true } resumed && begun.Remove(pid, out var first))
            {
                yield return first + resumed.Groups["rest"].Value;
            }
            else
            {
                yield return line;
            }
        }
    }

    /// <summary>The bytes of a string as -xx prints it.</summary>
    public static byte[] Bytes(string text) => Convert.FromHexString(text.Replace("\\x", "", StringComparison.Ordinal));

    [GeneratedRegex(@"^\d+ +close\(\d+$")]
    private static partial Regex Closing();

    [GeneratedRegex(@"<\.\.\. close resumed>")]
    private static partial Regex ClosingResumed();

    [GeneratedRegex(@"<\.\.\. \w+ resumed>(?<rest>.*)")]
    private static partial Regex Resumed();
}
