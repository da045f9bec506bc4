using System.Text.RegularExpressions;

namespace StemLab.Hub.Web;

/// <summary>Modules a page needs at once, sent as one: fewer requests before the first picture.</summary>
internal static partial class JoinedModules
{
    /// <summary>Where the joined module stands among the assets, with all others beside it as they are for this page.</summary>
    public const string Folder = "lesson/";

    /// <summary>The joined module, below <see cref="Folder"/>: the page's own script.</summary>
    public const string Name = "lesson.js";

    /// <summary>What it is made of, each after those it imports from.</summary>
    private static readonly string[] Parts = ["words.js", "api.js", "track.js", "chart.js", Name];

    /// <summary>A module as the page of <see cref="Folder"/> loads it: the joined one, or another that takes from the joined one what it takes elsewhere from its parts.</summary>
    /// <param name="name">Without folder.</param>
    /// <param name="text">The module of a name; names at the top of the joined ones differ (tested by the page itself: such a module does not begin).</param>
    public static string Of(string name, Func<string, string> text) =>
        name == Name ? string.Join('\n', Parts.Select(part => FromPart().Replace(text(part), ""))) : NameOfPart().Replace(text(name), $"from './{Name}'");

    /// <summary>A line that imports from a part.</summary>
    [GeneratedRegex(@"^import \{[^}]*\} from '\./(words|api|track|chart)\.js';\n", RegexOptions.Multiline)]
    private static partial Regex FromPart();

    [GeneratedRegex(@"(?<=^import \{[^}]*\} )from '\./(words|api|track|chart)\.js'", RegexOptions.Multiline)]
    private static partial Regex NameOfPart();
}
