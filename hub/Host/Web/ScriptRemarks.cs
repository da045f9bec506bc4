using System.Text;

namespace StemLab.Hub.Web;

/// <summary>Takes remarks out of our own scripts before they are packed: types and explanations are for who writes them, a phone loads them in vain.</summary>
internal static class ScriptRemarks
{
    /// <summary>The script without lines that hold nothing but a remark; code is not touched, a remark behind or inside it stays.</summary>
    /// <param name="script">UTF-8; no line inside a template text may begin like a remark.</param>
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
                kept.Append(line).Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(kept.ToString().TrimEnd('\n') + "\n");
    }
}
