using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>A JSON object of numbers: keys are quantities, nested objects are flattened, one time key stamps all. Pure, never throws.</summary>
internal static class JsonMapper
{
    public const int MaxBytes = 16 * 1024;
    public const int MaxDepth = 4;

    private const int LongestKey = 128;

    private static readonly FrozenSet<string> TimeKeys = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "ts", "time", "timestamp", "t", "utc", "epoch", "datetime", "date_time");

    private static readonly FrozenSet<string> Bookkeeping = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "seq", "seqno", "seq_no", "sequence", "id", "uid", "msg_id", "msgid", "message_id", "packet", "packet_id", "packetid", "fcnt", "counter", "version", "ver", "schema",
        "device_id", "deviceid", "chip_id", "chipid", "node_id", "nodeid", "fw", "firmware", "uptime", "last_seen", "tz");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> TimeKeysBySpan = TimeKeys.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BookkeepingBySpan = Bookkeeping.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Reads an object.</summary>
    /// <param name="payload">Untrusted bytes that begin with an opening brace.</param>
    /// <param name="into">Empty; filled as far as it went.</param>
    /// <returns>Null when at least one number was found, otherwise why not.</returns>
    public static IntakeCount? Read(ReadOnlySpan<byte> payload, MappedMessage into)
    {
        if (payload.Length > MaxBytes)
        {
            return IntakeCount.RejectedTooLong;
        }

        into.IsObject = true;
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 16 });
        var walk = new Walk(into);
        try
        {
            while (reader.Read())
            {
                if (walk.Take(ref reader) is { } wrong)
                {
                    return wrong;
                }
            }
        }
        catch (JsonException)
        {
            return IntakeCount.RejectedBadJson;
        }
        catch (InvalidOperationException)
        {
            // A string that is no UTF-16, as "\ud800".
            return IntakeCount.RejectedBadJson;
        }

        if (walk.SentUtcUs is { } sent)
        {
            into.Stamp(sent);
        }

        return into.Readings.Count == 0 ? IntakeCount.RejectedNoNumbers : null;
    }

    private ref struct Walk(MappedMessage into)
    {
        // The names of the open objects, joined by points.
        private readonly byte[] _path = new byte[LongestKey * MaxDepth];
        private readonly int[] _ends = new int[MaxDepth + 1];
        private byte[] _key = new byte[LongestKey];
        private int _keyLength;
        private int _depth;
        private int _keys;

        public long? SentUtcUs { get; private set; }

        private readonly ReadOnlySpan<byte> Path => _path.AsSpan(0, _depth < 1 ? 0 : _ends[_depth - 1]);

        private readonly ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

        public IntakeCount? Take(ref Utf8JsonReader reader)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    return Open();
                case JsonTokenType.EndObject:
                    _depth--;
                    return null;
                case JsonTokenType.PropertyName:
                    return TakeKey(ref reader);
                case JsonTokenType.StartArray:
                    into.IgnoredKeys++;
                    reader.Skip();
                    return null;
                case JsonTokenType.Number:
                    return TakeNumber(ref reader);
                case JsonTokenType.String:
                    TakeText(ref reader);
                    return null;
                default:
                    into.IgnoredKeys++;
                    return null;
            }
        }

        private IntakeCount? Open()
        {
            if (_depth == MaxDepth)
            {
                return IntakeCount.RejectedTooDeep;
            }

            var end = _depth == 0 ? 0 : _ends[_depth - 1];
            if (_keyLength > 0)
            {
                if (end > 0)
                {
                    _path[end++] = (byte)'.';
                }

                Key.CopyTo(_path.AsSpan(end));
                end += _keyLength;
                _keyLength = 0;
            }

            _ends[_depth++] = end;
            return null;
        }

        private IntakeCount? TakeKey(ref Utf8JsonReader reader)
        {
            if (++_keys > MappedMessage.MaxReadings)
            {
                return IntakeCount.RejectedTooManyKeys;
            }

            // An escaped key is never longer than its escaped form.
            if (reader.ValueSpan.Length is 0 or >= LongestKey - 1)
            {
                return IntakeCount.RejectedTooLong;
            }

            _keyLength = reader.CopyString(_key);
            return null;
        }

        private IntakeCount? TakeNumber(ref Utf8JsonReader reader)
        {
            if (!reader.TryGetDouble(out var number) || !double.IsFinite(number))
            {
                return IntakeCount.RejectedNotFinite;
            }

            Span<char> key = stackalloc char[LongestKey];
            var name = key[..Encoding.UTF8.GetChars(Key, key)];
            if (TimeKeysBySpan.Contains(name) && SentTime.TryRead(number, out var utcUs))
            {
                SentUtcUs = utcUs;
                return null;
            }

            if (BookkeepingBySpan.Contains(name))
            {
                into.IgnoredKeys++;
                return null;
            }

            into.Add(Path, Key, number, null, null);
            return null;
        }

        private void TakeText(ref Utf8JsonReader reader)
        {
            Span<char> key = stackalloc char[LongestKey];
            var name = key[..Encoding.UTF8.GetChars(Key, key)];
            if (reader.ValueSpan.Length <= 64 && TimeKeysBySpan.Contains(name))
            {
                if (SentTime.TryRead(reader.GetString()!, out var utcUs))
                {
                    SentUtcUs = utcUs;
                    return;
                }

                into.HasUnusableTime = true;
            }

            into.IgnoredKeys++;
        }
    }
}
