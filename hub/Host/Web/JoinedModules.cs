using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace StemLab.Hub.Web;

/// <summary>Modules a page needs at once, sent as one: fewer requests before the first picture.</summary>
internal static partial class JoinedModules
{
    /// <summary>Where the joined module stands among the assets, with all others beside it as they are for this page.</summary>
    public const string Folder = "lesson/";

    /// <summary>The joined module, below <see cref="Folder"/>: the page's own script.</summary>
    public const string Name = "lesson.js";

    /// <summary>Script of who has no seat any more.</summary>
    private const string GoneName = "lesson-gone.js";

    /// <summary>What it is made of, each after those it imports from.</summary>
    private static readonly string[] Parts = ["words.js", "api.js", "track.js", "chart.js", Name];

    /// <summary>A module as the page of <see cref="Folder"/> loads it: the joined one, or another that takes from the joined one what it takes elsewhere from its parts.</summary>
    /// <param name="name">Without folder.</param>
    /// <param name="text">The module of a name; names at the top of the joined ones differ (tested by the page itself: such a module does not begin).</param>
    public static string Of(string name, Func<string, string> text) =>
        name == Name ? string.Join('\n', Parts.Select(part => FromPart().Replace(text(part), ""))) : NameOfPart().Replace(text(name), $"from './{Name}'");

    /// <summary>Names of the texts (<c>texts.name</c>) of all modules the page may load, those of what they import too.</summary>
    /// <param name="text">The module of a name; empty = none.</param>
    public static FrozenSet<string> TextsOf(Func<string, string> text)
    {
        var (seen, waiting) = (new HashSet<string>(), new Queue<string>([Name, GoneName]));
        var found = new HashSet<string>();
        while (waiting.TryDequeue(out var next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            var script = text(next);
            found.UnionWith(SaidText().Matches(script).Select(match => match.Value));
            foreach (Match named in NamedModule().Matches(script))
            {
                waiting.Enqueue(named.Value);
            }
        }

        return found.ToFrozenSet(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"(?<=\btexts\.)\w+")]
    private static partial Regex SaidText();

    [GeneratedRegex(@"(?<=[(\s]'\./)[\w-]+\.js(?=')")]
    private static partial Regex NamedModule();

    /// <summary>A line that imports from a part.</summary>
    [GeneratedRegex(@"^import \{[^}]*\} from '\./(words|api|track|chart)\.js';\n", RegexOptions.Multiline)]
    private static partial Regex FromPart();

    [GeneratedRegex(@"(?<=^import \{[^}]*\} )from '\./(words|api|track|chart)\.js'", RegexOptions.Multiline)]
    private static partial Regex NameOfPart();
}
