using System.Text;
using System.Text.RegularExpressions;

namespace StemLab.Hub.Web;

/// <summary>Takes remarks out of our own scripts before they are packed: types and explanations are for who writes them, a phone loads them in vain.</summary>
internal static partial class ScriptRemarks
{
    /// <summary>The script without lines that hold nothing but a remark, without the types of values, and without what lines are set in by; code is not touched, another remark behind or inside it stays.</summary>
    /// <param name="script">UTF-8; no template text goes over lines (tested), or holds what looks like the type of a value.</param>
    public static byte[] Without(byte[] script)
    {
        var kept = new StringBuilder(script.Length);
        var isInside = false;
        foreach (var line in Encoding.UTF8.GetString(script).Split('\n'))
        {
            var text = line.AsSpan().Trim();
            if (isInside)
            {
                isInside = !text.EndsWith("*/", StringComparison.Ordinal);
            }
            else if (text.StartsWith("/**", StringComparison.Ordinal) && (text.EndsWith("*/", StringComparison.Ordinal) || !text.Contains("*/", StringComparison.Ordinal)))
            {
                isInside = !text.EndsWith("*/", StringComparison.Ordinal);
            }
            else if (!text.StartsWith("//", StringComparison.Ordinal))
            {
                kept.Append(TypeOfValue().Replace(line, "").TrimStart(' ')).Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(kept.ToString().TrimEnd('\n') + "\n");
    }

    [GeneratedRegex(@"/\*\* @type \{[^*]*\} \*/ ?")]
    private static partial Regex TypeOfValue();
}
