namespace StemLab.Hub.Import;

/// <summary>
/// Reads delimited records one by one: quotes, doubled quotes, line breaks inside quotes, any line ends, comment lines. A record that never ends or has too many fields is a
/// problem of its line, and the next line is read as if nothing had been. One thread; fields are valid until the next record.
/// </summary>
internal sealed class RecordReader
{
    /// <summary>Longest record, characters.</summary>
    public const int MostLetters = 1 << 20;

    /// <summary>Longest quoted field; a quote that is open for longer was none.</summary>
    private const int MostQuoted = 1 << 16;

    private const int MostFields = 4096;

    private readonly TextReader _text;
    private readonly char _delimiter;
    private readonly bool _isSpaced;
    private readonly string[] _comments;
    private char[] _buffer = new char[1 << 16];
    private int[] _starts = new int[64];
    private int[] _lengths = new int[64];
    private int _at;
    private int _end;
    private bool _isAtEnd;
    private long _nextLine = 1;

    /// <param name="text">The file.</param>
    /// <param name="delimiter">" " = any run of spaces and tabs.</param>
    /// <param name="comments">Beginnings of lines that are no records.</param>
    public RecordReader(TextReader text, string delimiter, IEnumerable<string> comments)
    {
        _text = text;
        _delimiter = delimiter[0];
        _isSpaced = delimiter == " ";
        _comments = [.. comments];
    }

    /// <summary>Line the record begins on, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Fields of the record.</summary>
    public int Count { get; private set; }

    /// <summary>Why the record cannot be used; null = it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Comment lines passed over.</summary>
    public long Comments { get; private set; }

    public ReadOnlySpan<char> Field(int i) => i < Count ? _buffer.AsSpan(_starts[i], _lengths[i]) : default;

    /// <summary>Reads the next record that is not empty.</summary>
    /// <returns>False at the end.</returns>
    public bool Read()
    {
        while (true)
        {
            if (_at == _end && !Fill())
            {
                return false;
            }

            Line = _nextLine;
            (Count, Problem) = (0, null);
            if (IsComment())
            {
                SkipLine(_at);
                Comments++;
                continue;
            }

            if (!TryRecord(out var next))
            {
                SkipLine(_at);
                return true;
            }

            _at = next;
            if (Count > 1 || (Count == 1 && _lengths[0] > 0))
            {
                return true;
            }
        }
    }

    private bool IsComment()
    {
        foreach (var mark in _comments)
        {
            while (_end - _at < mark.Length && Fill())
            {
            }

            if (_buffer.AsSpan(_at, _end - _at).StartsWith(mark, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Parses the record at _at; false leaves a problem, and the line is to be skipped.</summary>
    private bool TryRecord(out int next)
    {
        var at = _at;
        var lines = 1L;
        next = at;
        while (true)
        {
            if (_isSpaced)
            {
                while (Have(ref at) && _buffer[at] is ' ' or '\t')
                {
                    at++;
                }
            }

            if (Count == MostFields)
            {
                Problem = $"has more than {MostFields} fields";
                return false;
            }

            if (!TryField(ref at, ref lines))
            {
                return false;
            }

            // At a delimiter, a line end or the file's end.
            if (!Have(ref at))
            {
                break;
            }

            var letter = _buffer[at++];
            if (letter == '\n')
            {
                break;
            }

            if (letter == '\r')
            {
                if (Have(ref at) && _buffer[at] == '\n')
                {
                    at++;
                }

                break;
            }
        }

        if (_isSpaced && Count > 1 && _lengths[Count - 1] == 0)
        {
            Count--;
        }

        _nextLine = Line + lines;
        next = at;
        return true;
    }

    private bool TryField(ref int at, ref long lines)
    {
        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _lengths, Count * 2);
        }

        if (Have(ref at) && _buffer[at] == '"' && TryQuoted(ref at, ref lines))
        {
            return Problem is null;
        }

        var start = at - _at;
        while (true)
        {
            ReadOnlySpan<char> rest = _buffer.AsSpan(at, _end - at);
            var stop = _isSpaced ? rest.IndexOfAny(" \t\n\r") : rest.IndexOfAny(_delimiter, '\n', '\r');
            if (stop >= 0)
            {
                at += stop;
                break;
            }

            at = _end;
            if (at - _at > MostLetters)
            {
                Problem = $"is longer than {MostLetters} letters";
                return false;
            }

            if (!Have(ref at))
            {
                break;
            }
        }

        Add(_at + start, at - _at - start);
        return true;
    }

    /// <summary>False where the quote is none: it is never closed, or something else follows it.</summary>
    private bool TryQuoted(ref int at, ref long lines)
    {
        var begun = at - _at;
        var here = begun + 1;
        var breaks = 0L;
        var doubled = 0;
        while (true)
        {
            var absolute = _at + here;
            if (!Have(ref absolute))
            {
                at = _at + begun;
                return false;
            }

            here = absolute - _at;
            var letter = _buffer[_at + here++];
            if (letter == '\n')
            {
                breaks++;
            }

            if (here - begun > MostQuoted)
            {
                at = _at + begun;
                return false;
            }

            if (letter != '"')
            {
                continue;
            }

            absolute = _at + here;
            if (Have(ref absolute) && _buffer[_at + here] == '"')
            {
                doubled++;
                here++;
                continue;
            }

            break;
        }

        var (start, length) = (_at + begun + 1, here - begun - 2);
        at = _at + here;
        while (!_isSpaced && Have(ref at) && _buffer[at] == ' ')
        {
            at++;
        }

        if (Have(ref at) && _buffer[at] != _delimiter && _buffer[at] is not ('\n' or '\r') && !(_isSpaced && _buffer[at] is ' ' or '\t'))
        {
            at = _at + begun;
            return false;
        }

        // Have may have moved the buffer's begin.
        start = _at + begun + 1;
        Add(start, doubled == 0 ? length : Undouble(start, length));
        lines += breaks;
        return true;
    }

    private int Undouble(int start, int length)
    {
        var into = start;
        for (var i = start; i < start + length; i++)
        {
            _buffer[into++] = _buffer[i];
            if (_buffer[i] == '"')
            {
                i++;
            }
        }

        return into - start;
    }

    private void Add(int start, int length)
    {
        _starts[Count] = start;
        _lengths[Count++] = length;
    }

    /// <summary>True when there is a letter at the place; reads on where the buffer ends, which may move everything by the same distance.</summary>
    private bool Have(ref int at)
    {
        if (at < _end)
        {
            return true;
        }

        // Also where nothing comes any more, what there is may have moved.
        var before = _at;
        var isMore = Fill();
        at -= before - _at;
        return isMore && at < _end;
    }

    /// <summary>Reads more behind what there is, from _at on; fields found so far move with it.</summary>
    private bool Fill()
    {
        if (_isAtEnd)
        {
            return false;
        }

        if (_at > 0)
        {
            Array.Copy(_buffer, _at, _buffer, 0, _end - _at);
            for (var i = 0; i < Count; i++)
            {
                _starts[i] -= _at;
            }

            _end -= _at;
            _at = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = _text.Read(_buffer, _end, _buffer.Length - _end);
        _isAtEnd = read == 0;
        _end += read;
        return read > 0;
    }

    private void SkipLine(int from)
    {
        var at = from;
        while (true)
        {
            var stop = _buffer.AsSpan(at, _end - at).IndexOfAny('\n', '\r');
            if (stop >= 0)
            {
                at += stop;
                break;
            }

            // Nothing of the line is needed: forget it, however long it is.
            _at = at = _end;
            Count = 0;
            if (!Fill())
            {
                _nextLine++;
                return;
            }

            at = _at;
        }

        var letter = _buffer[at++];
        _at = at;
        if (letter == '\r' && (_at < _end || Fill()) && _buffer[_at] == '\n')
        {
            _at++;
        }

        _nextLine++;
    }
}
