using System.Text;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>One number of a foreign message.</summary>
/// <param name="KeyStart">Where its key begins in <see cref="MappedMessage.Keys"/>.</param>
/// <param name="KeyLength">Length of the key, bytes of UTF-8; 0 = the topic names it.</param>
/// <param name="Raw">As sent, finite.</param>
/// <param name="Unit">As sent; null where the message names none.</param>
/// <param name="SentUtcUs">UTC µs as sent; null where the message tells none.</param>
internal readonly record struct MappedReading(int KeyStart, int KeyLength, double Raw, string? Unit, long? SentUtcUs);

/// <summary>What a mapper found in one message. One owner: it is filled and emptied message by message.</summary>
internal sealed class MappedMessage
{
    /// <summary>Readings one message may hold.</summary>
    public const int MaxReadings = 64;

    private byte[] _keys = new byte[512];
    private int _used;

    public List<MappedReading> Readings { get; } = new(MaxReadings);

    /// <summary>Keys that are bookkeeping or no numbers.</summary>
    public int IgnoredKeys { get; set; }

    /// <summary>True when a time stood in the message that cannot be UTC (no zone, not a date).</summary>
    public bool HasUnusableTime { get; set; }

    /// <summary>True for a JSON object or SenML pack: the topic names the device; false for a plain number: its last level names the quantity.</summary>
    public bool IsObject { get; set; }

    public ReadOnlySpan<byte> Keys => _keys.AsSpan(0, _used);

    public ReadOnlySpan<byte> KeyOf(in MappedReading reading) => _keys.AsSpan(reading.KeyStart, reading.KeyLength);

    public string KeyTextOf(in MappedReading reading) => Encoding.UTF8.GetString(KeyOf(reading));

    public void Clear()
    {
        Readings.Clear();
        IgnoredKeys = 0;
        HasUnusableTime = false;
        IsObject = false;
        _used = 0;
    }

    /// <summary>Adds a reading under a key made of two parts ("ds18b20" and "temperature": "ds18b20.temperature").</summary>
    public void Add(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key, double raw, string? unit, long? sentUtcUs)
    {
        var length = prefix.Length + (prefix.Length > 0 && key.Length > 0 ? 1 : 0) + key.Length;
        if (_used + length > _keys.Length)
        {
            Array.Resize(ref _keys, Math.Max(_keys.Length * 2, _used + length));
        }

        var start = _used;
        prefix.CopyTo(_keys.AsSpan(_used));
        _used += prefix.Length;
        if (prefix.Length > 0 && key.Length > 0)
        {
            _keys[_used++] = (byte)'.';
        }

        key.CopyTo(_keys.AsSpan(_used));
        _used += key.Length;
        Readings.Add(new MappedReading(start, length, raw, unit, sentUtcUs));
    }

    /// <summary>Gives every reading the message's one time.</summary>
    public void Stamp(long sentUtcUs)
    {
        for (var i = 0; i < Readings.Count; i++)
        {
            Readings[i] = Readings[i] with { SentUtcUs = sentUtcUs };
        }
    }
}
