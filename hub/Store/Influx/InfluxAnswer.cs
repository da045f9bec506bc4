using System.Buffers.Text;

using System.Text.Json;

namespace StemLab.Store.Influx;

/// <summary>One value of a row. Null when the row has none.</summary>
internal readonly record struct Cell(bool IsNull, double Number, long Whole, string? Text);

/// <summary>Takes one row.</summary>
/// <param name="tags">Tags of its group; empty without GROUP BY. Not to be kept.</param>
/// <param name="cells">In the order of the columns; the first is the time. Valid during the call.</param>
internal delegate void AnswerRow(IReadOnlyDictionary<string, string> tags, ReadOnlySpan<Cell> cells);

/// <summary>
/// Reads a chunked JSON answer as it comes in, in pieces of any size: rows to the receiver, faults in the stream as exceptions, never a short answer taken for a whole one. One answer, one thread.
/// </summary>
internal sealed class InfluxAnswer(AnswerRow onRow)
{
    private const int MostColumns = 16;
    private readonly Dictionary<string, string> _tags = [];
    private readonly Cell[] _cells = new Cell[MostColumns];

    // Names of the properties we are inside of, arrays as "[".
    private readonly List<string> _path = [];
    private byte[] _buffer = new byte[1 << 16];
    private int _filled;
    private JsonReaderState _state = NewState();
    private string _property = "";
    private int _cell;
    private bool _isRow;
    private bool _isPartial;
    private bool _hasAnswer;

    public long Rows { get; private set; }

    private static JsonReaderState NewState() => new(new JsonReaderOptions { AllowMultipleValues = true });

    /// <summary>Room for the next bytes.</summary>
    public Memory<byte> Room()
    {
        if (_buffer.Length - _filled < _buffer.Length / 4)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return _buffer.AsMemory(_filled);
    }

    /// <summary>Takes the bytes put into <see cref="Room"/>.</summary>
    /// <exception cref="InfluxQueryException">An error in the answer, or it is not one.</exception>
    public void Take(int bytes)
    {
        _filled += bytes;
        Read(isFinal: false);
    }

    /// <summary>No more bytes come.</summary>
    /// <exception cref="InfluxQueryException">The answer ended before its end.</exception>
    public void End()
    {
        Read(isFinal: true);
        if (_path.Count > 0 || _isPartial || !_hasAnswer)
        {
            throw new InfluxQueryException(ReplyKind.Unreachable, $"the answer ended before its end, after {Rows} rows");
        }
    }

    private void Read(bool isFinal)
    {
        try
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(0, _filled), isFinal, _state);
            while (reader.Read())
            {
                Token(ref reader);
            }

            var used = (int)reader.BytesConsumed;
            _state = reader.CurrentState;
            _filled -= used;
            _buffer.AsSpan(used, _filled).CopyTo(_buffer);
        }
        catch (JsonException broken)
        {
            throw new InfluxQueryException(ReplyKind.Unreachable, $"the answer is not whole after {Rows} rows ({broken.Message.Split('.')[0]})");
        }
    }

    private void Token(ref Utf8JsonReader reader)
    {
        if (_isRow)
        {
            RowToken(ref reader);
            return;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Enter(reader.TokenType);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _path.RemoveAt(_path.Count - 1);
                _property = "";
                break;
            case JsonTokenType.PropertyName:
                _property = reader.GetString()!;
                break;
            default:
                Value(ref reader);
                break;
        }
    }

    private void Enter(JsonTokenType token)
    {
        _hasAnswer = true;
        _path.Add(_property.Length > 0 ? _property : "[");
        _property = "";
        switch (_path)
        {
            case [.., "results", "["]:
                // Every piece says anew whether more follows; the last one says nothing.
                _isPartial = false;
                break;
            case [.., "series", "["]:
                _tags.Clear();
                break;
        }

        if (_path is [.., "values", "["] && token == JsonTokenType.StartArray)
        {
            _isRow = true;
            _cell = 0;
        }
    }

    private void Value(ref Utf8JsonReader reader)
    {
        switch (_property)
        {
            case "error" when reader.TokenType == JsonTokenType.String:
                var text = reader.GetString()!;
                throw new InfluxQueryException(InfluxReply.Classify(400, text, null).Kind, text);
            case "partial" when _path is not [.., "series", "["]:
                _isPartial = reader.TokenType == JsonTokenType.True;
                break;
            default:
                if (_path is [.., "tags"])
                {
                    _tags[_property] = reader.GetString() ?? "";
                }

                break;
        }
    }

    private void RowToken(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _isRow = false;
            _path.RemoveAt(_path.Count - 1);
            Rows++;
            onRow(_tags, _cells.AsSpan(0, _cell));
            return;
        }

        if (_cell == MostColumns)
        {
            throw new InfluxQueryException(ReplyKind.NotInflux, "a row has more columns than were asked for");
        }

        _cells[_cell] = reader.TokenType switch
        {
            JsonTokenType.Number => Number(ref reader),
            JsonTokenType.String => _cell == 0 ? Time(reader.GetString()!) : new Cell(false, double.NaN, 0, reader.GetString()),
            JsonTokenType.Null => new Cell(true, double.NaN, 0, null),
            _ => throw new InfluxQueryException(ReplyKind.NotInflux, "a row has a value that is no number and no text"),
        };
        _cell++;
    }

    private Cell Number(ref Utf8JsonReader reader)
    {
        var digits = reader.ValueSpan;
        if (digits.Length < 20 && digits.IndexOfAny(".eE"u8) < 0 && Utf8Parser.TryParse(digits, out long whole, out var used) && used == digits.Length)
        {
            return new Cell(false, digits[0] == '-' && whole == 0 ? -0.0 : whole, whole, null);
        }

        return _cell == 0 && reader.TryGetInt64(out var ns)
            ? new Cell(false, ns, ns, null)
            : new Cell(false, reader.GetDouble(), reader.TryGetInt64(out var integer) ? integer : 0, null);
    }

    /// <summary>Some versions give the time as text whatever epoch was asked for.</summary>
    private static Cell Time(string text)
    {
        var parts = text.TrimEnd('Z').Split('.');
        if (!DateTimeOffset.TryParse(parts[0] + "Z", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var seconds))
        {
            throw new InfluxQueryException(ReplyKind.NotInflux, $"'{text}' is no time");
        }

        var fraction = parts.Length > 1 ? parts[1].PadRight(9, '0')[..9] : "0";
        if (!long.TryParse(fraction, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var ns))
        {
            throw new InfluxQueryException(ReplyKind.NotInflux, $"'{text}' is no time");
        }

        var whole = (seconds.ToUnixTimeSeconds() * 1_000_000_000) + ns;
        return new Cell(false, whole, whole, null);
    }
}

/// <summary>A question was not answered in full.</summary>
internal sealed class InfluxQueryException(ReplyKind kind, string text) : IOException(text)
{
    public ReplyKind Kind { get; } = kind;

    /// <summary>The parts of an error answer that came with an HTTP error.</summary>
    public static InfluxQueryException Of(InfluxReply reply) => new(reply.Kind, reply.Text);
}
