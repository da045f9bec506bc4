using System.CommandLine;
using System.CommandLine.Parsing;

namespace StemLab.LessonConsole;

/// <summary>What was typed and cannot be used, in a person's words. The parser's own words name types of the program; what an option wants stands in its description, with an example. Pure.</summary>
internal static class TypedWrong
{
    /// <summary>As a sentence.</summary>
    public static string Told(ParseError error)
    {
        // Only values of a wrong kind are told with a type, in whatever language.
        if (!error.Message.Contains("'System.", StringComparison.Ordinal))
        {
            return error.Message.ReplaceLineEndings(" ");
        }

        var (symbol, tokens) = Typed(error.SymbolResult);
        return symbol is null ? "A value cannot be used." : $"{symbol.Name}: '{Wrong(tokens)}' cannot be used; expected: {symbol.Description}.";
    }

    private static (Symbol? Symbol, string[] Tokens) Typed(SymbolResult? result) => result switch
    {
        OptionResult option => (option.Option, Words(option)),
        ArgumentResult { Parent: OptionResult option } => (option.Option, Words(option)),
        ArgumentResult argument => (argument.Argument, Words(argument)),
        _ => (null, []),
    };

    private static string[] Words(SymbolResult result) => [.. result.Tokens.Select(token => token.Value)];

    /// <summary>Of several numbers the first that is none.</summary>
    private static string Wrong(string[] tokens) =>
        Array.Find(tokens, token => !int.TryParse(token, System.Globalization.CultureInfo.InvariantCulture, out _)) ?? string.Join(' ', tokens);
}
