using System.Collections.Immutable;
using System.Globalization;

namespace StemLab.Hub.SensorThings;

/// <summary>Reads $filter and $orderby of OData 4 as SensorThings 1.1 has them. One text's own; says at which letter it cannot go on.</summary>
internal sealed class FilterText
{
    /// <summary>Longest text.</summary>
    public const int MostLetters = 4_000;

    /// <summary>Deepest nesting.</summary>
    public const int MostDeep = 40;

    private static readonly ImmutableArray<ImmutableArray<string>> Levels = [["or"], ["and"], ["eq", "ne", "gt", "ge", "lt", "le"], ["add", "sub"], ["mul", "div", "mod"]];

    private readonly string _option;
    private readonly string _text;
    private int _at;
    private int _deep;

    private FilterText(string option, string text)
    {
        (_option, _text) = (option, text);
        if (text.Length > MostLetters)
        {
            throw SensorThingsProblem.Form($"{option} is longer than {MostLetters} letters");
        }
    }

    /// <summary>The expression of $filter.</summary>
    public static FilterNode Filter(string text)
    {
        var reader = new FilterText("$filter", text);
        FilterNode node = reader.Level(0);
        reader.Skip();
        return reader._at == text.Length ? node : throw reader.Wrong("an operator or the end");
    }

    /// <summary>The keys of $orderby, and which of them descend.</summary>
    public static ImmutableArray<(FilterNode Key, bool Descends)> OrderBy(string text)
    {
        var reader = new FilterText("$orderby", text);
        var keys = ImmutableArray.CreateBuilder<(FilterNode, bool)>();
        do
        {
            FilterNode key = reader.Level(3);
            bool descends = reader.TakeWord("desc");
            _ = descends || reader.TakeWord("asc");
            keys.Add((key, descends));
        }
        while (reader.Take(','));
        return reader._at == text.Length ? keys.ToImmutable() : throw reader.Wrong("asc, desc, a comma or the end");
    }

    private FilterNode Level(int level)
    {
        if (level == Levels.Length)
        {
            return Unary();
        }

        FilterNode left = Level(level + 1);
        while (Levels[level].FirstOrDefault(TakeWord) is { } name)
        {
            left = new FilterCall(name, [left, Level(level + 1)]);
        }

        return left;
    }

    private FilterNode Unary()
    {
        Skip();
        int deep = _deep;
        Deeper();
        FilterNode node;
        if (TakeWord("not"))
        {
            node = new FilterCall("not", [Unary()]);
        }
        else if (Take('('))
        {
            node = Level(0);
            Require(')');
        }
        else
        {
            node = Atom();
        }

        _deep = deep;
        return node;
    }

    private FilterNode Atom()
    {
        Skip();
        char first = _at < _text.Length ? _text[_at] : '\0';
        if (first == '\'')
        {
            return new FilterConstant(Quoted());
        }

        if (char.IsAsciiDigit(first) || (first == '-' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
        {
            return Number();
        }

        if (!char.IsAsciiLetter(first) && first != '@')
        {
            throw Wrong("a property, a number, a time, a 'text' or (");
        }

        string name = Name();
        if (Take('('))
        {
            return Call(name);
        }

        return name switch { "true" => new FilterConstant(true), "false" => new FilterConstant(false), "null" => new FilterConstant(null), _ => new FilterPath(Plain(name)) };
    }

    /// <summary>"@iot.id" and "id" are the same.</summary>
    private static string Plain(string path) => path.Replace("@iot.id", "id", StringComparison.Ordinal);

    private FilterCall Call(string name)
    {
        if (!FilterCall.Functions.TryGetValue(name, out int count))
        {
            throw SensorThingsProblem.NotOffered($"{_option}: the function {name} is not offered here; there are {string.Join(", ", FilterCall.Functions.Keys.Order(StringComparer.Ordinal))}");
        }

        var arguments = ImmutableArray.CreateBuilder<FilterNode>();
        do
        {
            arguments.Add(Level(0));
        }
        while (Take(','));
        Require(')');
        return arguments.Count == count ? new FilterCall(name, arguments.ToImmutable()) : throw SensorThingsProblem.Form($"{_option}: {name} takes {count} argument(s), not {arguments.Count}");
    }

    private string Name()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '/' or '@' or '.'))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private string Quoted()
    {
        int start = ++_at;
        while (true)
        {
            int end = _text.IndexOf('\'', _at);
            if (end < 0)
            {
                _at = start - 1;
                throw Wrong("a text that ends with '");
            }

            _at = end + 1;
            if (_at >= _text.Length || _text[_at] != '\'')
            {
                return _text[start..end].Replace("''", "'", StringComparison.Ordinal);
            }

            _at++;
        }
    }

    private FilterConstant Number()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '-' or '+' or ':'))
        {
            _at++;
        }

        string text = _text[start.._at];
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
        {
            return new FilterConstant(number);
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return new FilterConstant(time);
        }

        _at = start;
        throw Wrong("a number, or a time like 2026-11-25T10:00:00Z");
    }

    private void Deeper()
    {
        if (++_deep > MostDeep)
        {
            throw SensorThingsProblem.Form($"{_option} is nested deeper than {MostDeep}");
        }
    }

    private void Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private bool Take(char letter)
    {
        Skip();
        bool isThere = _at < _text.Length && _text[_at] == letter;
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private bool TakeWord(string word)
    {
        Skip();
        int end = _at + word.Length;
        bool isIt = string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0 && (end == _text.Length || (!char.IsAsciiLetterOrDigit(_text[end]) && _text[end] is not ('_' or '/' or '.')));
        _at = isIt ? end : _at;
        return isIt;
    }

    private void Require(char letter)
    {
        if (!Take(letter))
        {
            throw Wrong($"{letter}");
        }
    }

    private SensorThingsProblem Wrong(string expected) => SensorThingsProblem.Form(
        string.Create(CultureInfo.InvariantCulture, $"{_option}: at letter {_at + 1}, {expected} was expected, found '{(_at < _text.Length ? _text.Substring(_at, Math.Min(20, _text.Length - _at)) : "the end")}'"));
}
