using System.Buffers;

namespace StemLab.Hub.Fleet;

/// <summary>Labels of agents: [a-z0-9-]{1,32}. Pure.</summary>
internal static class Slug
{
    public const int MostCharacters = 32;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static bool IsValid(ReadOnlySpan<char> slug) => slug.Length is >= 1 and <= MostCharacters && !slug.ContainsAnyExcept(Allowed);

    /// <summary>A label made from anything: lower case, other characters as one '-', and a number where it is taken.</summary>
    public static string From(string text, Func<string, bool> isTaken)
    {
        Span<char> into = stackalloc char[MostCharacters];
        int length = 0;
        foreach (char c in text)
        {
            char lower = char.ToLowerInvariant(c);
            bool allowed = Allowed.Contains(lower) && lower != '-';
            if (length == MostCharacters || (!allowed && (length == 0 || into[length - 1] == '-')))
            {
                continue;
            }

            into[length++] = allowed ? lower : '-';
        }

        string slug = into[..length].TrimEnd('-').ToString();
        slug = slug.Length == 0 ? "device" : slug;
        string free = slug;
        for (int number = 2; isTaken(free); number++)
        {
            string suffix = $"-{number}";
            free = string.Concat(slug.AsSpan(0, Math.Min(slug.Length, MostCharacters - suffix.Length)), suffix);
        }

        return free;
    }
}
