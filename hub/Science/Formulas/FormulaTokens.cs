using System.Globalization;
using System.Text;

namespace StemLab.Science.Formulas;

internal enum TokenKind
{
    End,
    Number,
    Name,

    /// <summary>A unit in quotation marks.</summary>
    Unit,

    /// <summary>A channel's name in braces: may hold anything but a brace.</summary>
    Quoted,

    /// <summary>An operator, written in one way: + - * / ^ ( ) ; &lt; &lt;= &gt; &gt;= == !=</summary>
    Symbol,

    /// <summary>See the fault.</summary>
    Fault,
}

internal readonly record struct Token(TokenKind Kind, int Position, int Length, string Text, double Number = 0)
{
    internal bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;
}

/// <summary>Cuts a formula into words. What a comma means depends on where it stands, so the reader says whether a function is open.</summary>
internal sealed class FormulaTokens(string text)
{
    private readonly bool _hasSemicolon = text.Contains(';', StringComparison.Ordinal);
    private int _at;

    internal FormulaFault? Fault { get; private set; }

    /// <summary>The next word.</summary>
    /// <param name="insideCall">True between the parentheses of a function: a comma there may separate its values.</param>
    internal Token Next(bool insideCall)
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
        if (_at >= text.Length)
            return new Token(TokenKind.End, text.Length, 0, "");
        var c = text[_at];
        if (char.IsAsciiDigit(c) || (c is '.' or ',' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1]) && !(c == ',' && insideCall)))
            return ReadNumber(insideCall);
        if (char.IsLetter(c) || c == '_')
            return ReadName();
        return c switch
        {
            '"' => ReadUntil('"', TokenKind.Unit),
            '{' => ReadUntil('}', TokenKind.Quoted),
            _ => ReadSymbol(insideCall),
        };
    }

    private Token ReadNumber(bool insideCall)
    {
        var start = _at;
        var digits = new StringBuilder();
        Digits(digits);
        if (_at < text.Length && text[_at] is '.' or ',' && IsDigit(_at + 1))
        {
            var isComma = text[_at] == ',';
            var mark = _at;
            var canBeTwo = isComma && insideCall && !_hasSemicolon && mark > start;
            digits.Append('.');
            _at++;
            Digits(digits);
            // "1,000" is a thousand to some and one to others.
            var isThousands = isComma && _at - mark == 4 && mark - start is >= 1 and <= 3 && text[start] != '0';
            if (canBeTwo || isThousands)
                return Wrong(FormulaFaultCode.AmbiguousComma, start, _at - start, text[start.._at], digits.ToString());
        }

        var exponent = _at < text.Length && text[_at] is 'e' or 'E' ? _at + 1 : -1;
        if (exponent >= 0 && (IsDigit(exponent) || (exponent < text.Length && text[exponent] is '+' or '-' && IsDigit(exponent + 1))))
        {
            digits.Append('e').Append(text[exponent]);
            _at = exponent + 1;
            Digits(digits);
        }

        // "2a", "1.2.3": one word that is no number.
        var end = _at;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '.'))
            end++;
        if (end > _at || !double.TryParse(digits.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return Wrong(FormulaFaultCode.BadNumber, start, Math.Max(end, _at) - start, text[start..Math.Max(end, _at)]);
        return new Token(TokenKind.Number, start, _at - start, "", number);
    }

    private void Digits(StringBuilder into)
    {
        while (IsDigit(_at))
            into.Append(text[_at++]);
    }

    private bool IsDigit(int at) => at < text.Length && char.IsAsciiDigit(text[at]);

    private Token ReadName()
    {
        var start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] == '_' || CharUnicodeInfo.GetUnicodeCategory(text[_at]) == UnicodeCategory.NonSpacingMark))
            _at++;
        return new Token(TokenKind.Name, start, _at - start, text[start.._at]);
    }

    private Token ReadUntil(char close, TokenKind kind)
    {
        var start = _at;
        var end = text.IndexOf(close, start + 1);
        if (end < 0)
            return Wrong(FormulaFaultCode.Unclosed, start, 1, text[start].ToString(), close.ToString());
        _at = end + 1;
        return new Token(kind, start, _at - start, text[(start + 1)..end].Trim());
    }

    private Token ReadSymbol(bool insideCall)
    {
        var start = _at;
        var two = start + 1 < text.Length ? text.Substring(start, 2) : "";
        if (two is "<=" or ">=" or "==" or "!=" or "<>" or "**")
        {
            _at += 2;
            return new Token(TokenKind.Symbol, start, 2, two switch { "<>" => "!=", "**" => "^", _ => two });
        }

        var symbol = text[start] switch
        {
            '+' => "+",
            '-' or '\u2212' or '\u2013' => "-",
            '*' or '\u00d7' or '\u00b7' => "*",
            '/' or '\u00f7' or ':' => "/",
            '^' => "^",
            '(' => "(",
            ')' => ")",
            ';' => ";",
            ',' when insideCall => ";",
            '<' => "<",
            '>' => ">",
            '=' => "==",
            '\u2264' => "<=",
            '\u2265' => ">=",
            '\u2260' => "!=",
            '\u00b2' => "^2",
            '\u00b3' => "^3",
            _ => null,
        };
        // A character outside the basic plane is two chars; half of one is no text to print.
        var length = char.IsHighSurrogate(text[start]) && start + 1 < text.Length && char.IsLowSurrogate(text[start + 1]) ? 2 : 1;
        if (symbol is null)
            return Wrong(FormulaFaultCode.Unexpected, start, length, char.IsSurrogate(text[start]) && length == 1 ? "\ufffd" : text.Substring(start, length));
        _at++;
        return new Token(TokenKind.Symbol, start, 1, symbol);
    }

    private Token Wrong(FormulaFaultCode code, int position, int length, params string[] arguments)
    {
        _at = text.Length;
        Fault ??= new FormulaFault(code, position, length, [.. arguments]);
        return new Token(TokenKind.Fault, position, length, "");
    }
}
