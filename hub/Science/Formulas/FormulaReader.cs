using System.Collections.Immutable;
using StemLab.Science.Units;

namespace StemLab.Science.Formulas;

/// <summary>
/// Recursive descent over one formula; units are checked while reading. The first fault ends it. One instance reads one text; never throws on any.
/// <code>
/// formula   sum
/// sum       product { (+ | -) product }
/// product   signed { (* | /) signed }
/// signed    [-|+] signed | power
/// power     value [ "unit" ] [ ^ signed ]
/// value     number | name | {name} | name ( sum ; … ) | ( sum )
/// </code>
/// </summary>
internal sealed class FormulaReader
{
    private const int DeepestNesting = 40;
    private const int MostParts = 500;

    private readonly FormulaTokens _tokens;
    private readonly IReadOnlyDictionary<string, Unit?>? _units;
    private readonly List<string> _inputs = [];
    private Token _token;
    private int _depth;
    private int _parts;
    private int _calls;

    /// <param name="text">Not longer than <see cref="Formula.MostCharacters"/>.</param>
    /// <param name="units">Unit by channel name; null = any name will do and nothing is checked (to find out which are used).</param>
    internal FormulaReader(string text, IReadOnlyDictionary<string, Unit?>? units)
    {
        _tokens = new FormulaTokens(text);
        _units = units;
        Advance();
    }

    internal FormulaFault? Fault { get; private set; }

    internal IReadOnlyList<string> Inputs => _inputs;

    internal bool IsLenient => _units is null;

    internal FormulaPart? ReadAll()
    {
        if (_token.Kind == TokenKind.End)
            return Wrong(FormulaFaultCode.Empty, _token);
        if (Sum() is not { } part)
            return null;
        if (_token.Kind != TokenKind.End)
            return Wrong(FormulaFaultCode.Unexpected, _token, Shown(_token));
        return part;
    }

    internal FormulaPart? Wrong(FormulaFaultCode code, Token at, params string[] arguments)
    {
        Fault ??= _tokens.Fault ?? new FormulaFault(code, at.Position, at.Length, [.. arguments]);
        return null;
    }

    /// <summary>Values between parentheses; the opening one is taken already.</summary>
    internal ImmutableArray<FormulaPart>? Values(Token open)
    {
        var values = ImmutableArray.CreateBuilder<FormulaPart>();
        if (_token.Is(")"))
        {
            CloseCall();
            return [];
        }

        while (true)
        {
            if (Sum() is not { } value)
                return null;
            values.Add(value);
            if (_token.Is(")"))
            {
                CloseCall();
                return values.ToImmutable();
            }

            if (!TakeSemicolon(open))
                return null;
        }
    }

    /// <summary>left comparison right; then ; then the two branches and the closing parenthesis.</summary>
    internal FormulaPart? If(Token name, Token open)
    {
        var start = _token;
        if (Sum() is not { } left)
            return null;
        Comparison? comparison = _token.Kind != TokenKind.Symbol ? null : _token.Text switch
        {
            "<" => Comparison.Less,
            "<=" => Comparison.LessOrEqual,
            ">" => Comparison.Greater,
            ">=" => Comparison.GreaterOrEqual,
            "==" => Comparison.Equal,
            "!=" => Comparison.NotEqual,
            _ => null,
        };
        if (comparison is null)
            return Wrong(FormulaFaultCode.NotACondition, start);
        Advance();
        if (Sum() is not { } right || !TakeSemicolon(open) || Sum() is not { } then || !TakeSemicolon(open) || Sum() is not { } otherwise)
            return null;
        if (!_token.Is(")"))
            return Wrong(FormulaFaultCode.Unclosed, open, "(", ")");
        CloseCall();
        if (FormulaRules.Unify(this, start, [left, right]) is not [var a, var b] || FormulaRules.Unify(this, name, [then, otherwise]) is not [var yes, var no])
            return null;
        return new FormulaPart(new IfNode(comparison.Value, a.Node, b.Node, yes.Node, no.Node), yes.Unit);
    }

    private static string Shown(Token token) => token.Kind switch
    {
        TokenKind.Number => token.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        TokenKind.Unit => $"\"{token.Text}\"",
        TokenKind.Quoted => $"{{{token.Text}}}",
        _ => token.Text,
    };

    private void Advance() => _token = _tokens.Next(_calls > 0);

    private void CloseCall()
    {
        _calls--;
        Advance();
    }

    private bool TakeSemicolon(Token open)
    {
        if (_token.Is(";"))
        {
            Advance();
            return true;
        }

        _ = _token.Kind == TokenKind.End ? Wrong(FormulaFaultCode.Unclosed, open, "(", ")") : Wrong(FormulaFaultCode.Unexpected, _token, Shown(_token));
        return false;
    }

    private bool TooDeep() => ++_parts > MostParts || _depth > DeepestNesting;

    private FormulaPart? Sum()
    {
        _depth++;
        var sum = Product();
        while (sum is { } left && _token.Kind == TokenKind.Symbol && _token.Text is "+" or "-")
        {
            var sign = _token;
            Advance();
            sum = Product() is { } right ? FormulaRules.Sum(this, sign, left, right, sign.Text == "-") : null;
        }

        _depth--;
        return sum;
    }

    private FormulaPart? Product()
    {
        var product = Signed();
        while (product is { } left && _token.Kind == TokenKind.Symbol && _token.Text is "*" or "/")
        {
            var sign = _token;
            Advance();
            product = Signed() is { } right ? FormulaRules.Product(this, sign, left, right, sign.Text == "/") : null;
        }

        return product;
    }

    private FormulaPart? Signed()
    {
        if (_token.Kind != TokenKind.Symbol || _token.Text is not ("+" or "-"))
            return Power();
        if (TooDeep())
            return Wrong(FormulaFaultCode.TooDeep, _token);
        var sign = _token;
        Advance();
        _depth++;
        var inner = Signed();
        _depth--;
        return inner is { } part && sign.Text == "-" ? FormulaRules.Negative(this, sign, part) : inner;
    }

    private FormulaPart? Power()
    {
        if (Value() is not { } value)
            return null;
        if (_token.Kind == TokenKind.Unit)
        {
            if (FormulaRules.WithUnit(this, _token, value) is not { } stated)
                return null;
            value = stated;
            Advance();
        }

        while (_token.Is("^2") || _token.Is("^3"))
        {
            if (FormulaRules.Power(this, _token, value, new FormulaPart(new ConstantNode(_token.Text[1] - '0'), null)) is not { } power)
                return null;
            value = power;
            Advance();
        }

        if (!_token.Is("^"))
            return value;
        var sign = _token;
        Advance();
        _depth++;
        var exponent = Signed();
        _depth--;
        return exponent is { } stands ? FormulaRules.Power(this, sign, value, stands) : null;
    }

    private FormulaPart? Value()
    {
        if (TooDeep())
            return Wrong(FormulaFaultCode.TooDeep, _token);
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Advance();
                return new FormulaPart(new ConstantNode(token.Number), null);
            case TokenKind.Quoted:
                Advance();
                return Channel(token);
            case TokenKind.Name:
                Advance();
                return _token.Is("(") ? Call(token) : Channel(token);
            case TokenKind.Symbol when token.Text == "(":
                return Parenthesis(token);
            default:
                return Wrong(FormulaFaultCode.ExpectedValue, token);
        }
    }

    private FormulaPart? Parenthesis(Token open)
    {
        // Inside plain parentheses a comma is a decimal comma again.
        var calls = _calls;
        _calls = 0;
        Advance();
        var inner = Sum();
        _calls = calls;
        if (inner is null)
            return null;
        if (!_token.Is(")"))
            return _token.Kind == TokenKind.End ? Wrong(FormulaFaultCode.Unclosed, open, "(", ")") : Wrong(FormulaFaultCode.Unexpected, _token, Shown(_token));
        Advance();
        return inner;
    }

    private FormulaPart? Call(Token name)
    {
        var open = _token;
        var function = name.Text.ToLowerInvariant();
        if (!FormulaFunctions.Exists(function))
            return Wrong(FormulaFaultCode.UnknownFunction, name, name.Text, FormulaFunctions.Names);
        _calls++;
        Advance();
        if (function == "if")
            return If(name, open);
        if (function != "number")
            return Values(open) is { } values ? FormulaFunctions.Call(this, name, function, values) : null;

        // number(x) or number(x; "unit")
        if (Sum() is not { } inner)
            return null;
        var unit = default(Token?);
        if (_token.Is(";"))
        {
            Advance();
            unit = _token;
            if (_token.Kind != TokenKind.Unit)
                return Wrong(FormulaFaultCode.BadUnit, _token, Shown(_token));
            Advance();
        }

        if (!_token.Is(")"))
            return Wrong(FormulaFaultCode.Unclosed, open, "(", ")");
        CloseCall();
        return FormulaRules.Number(this, name, inner, unit);
    }

    private FormulaPart? Channel(Token token)
    {
        var name = token.Text;
        Unit? unit = null;
        if (_units is not null && !_units.TryGetValue(name, out unit))
        {
            var alike = _units.Keys.Where(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)).ToArray();
            if (alike.Length != 1 && token.Kind == TokenKind.Name && name.Equals("pi", StringComparison.OrdinalIgnoreCase))
                return new FormulaPart(new ConstantNode(Math.PI), null);
            if (_units.Count == 0)
                return Wrong(FormulaFaultCode.NoNames, token);
            if (alike.Length != 1)
                return Wrong(FormulaFaultCode.UnknownName, token, name, string.Join(", ", _units.Keys.Order(StringComparer.Ordinal).Take(12)));
            name = alike[0];
            unit = _units[name];
        }
        else if (_units is null && token.Kind == TokenKind.Name && name.Equals("pi", StringComparison.OrdinalIgnoreCase))
        {
            return new FormulaPart(new ConstantNode(Math.PI), null);
        }

        var index = _inputs.IndexOf(name);
        if (index < 0)
        {
            if (_inputs.Count == Formula.MostInputs)
                return Wrong(FormulaFaultCode.TooManyInputs, token, Formula.MostInputs.ToString(System.Globalization.CultureInfo.InvariantCulture));
            index = _inputs.Count;
            _inputs.Add(name);
        }

        return new FormulaPart(new InputNode(index), unit);
    }
}
