using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace StemLab.Hub.Export;

/// <summary>A growing line of UTF-8 for CSV: fast for numbers and times, which are most of an export. One thread at a time. What runs for every cell is compiled well at once: see README.</summary>
internal sealed class RowText(System.IO.Stream into)
{
    private const int SendAt = 1 << 16;
    private const int LongestNumber = 40;
    private const long Day = 86_400_000_000;

    private static ReadOnlySpan<double> Powers => [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

    private static ReadOnlySpan<long> Wholes => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    private readonly byte[] _buffer = new byte[SendAt + 4096];
    private readonly byte[] _date = new byte[10];
    private int _at;
    private long _day = long.MinValue;
    private int _decimals;

    // The number before, and its digits: a value is often its raw value once more.
    private readonly byte[] _again = new byte[LongestNumber];
    private long _againBits = BitConverter.DoubleToInt64Bits(double.NaN);
    private int _againLength;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> text)
    {
        if (text.Length > 4096 - LongestNumber || _at + text.Length > _buffer.Length - LongestNumber)
        {
            Send();
        }

        if (text.Length > _buffer.Length - LongestNumber)
        {
            into.Write(text);
            return;
        }

        text.CopyTo(_buffer.AsSpan(_at));
        _at += text.Length;
    }

    public void Add(byte letter) => _buffer[Room()] = letter;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(long number)
    {
        int at = Room(0);
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(at), out int written);
        _at = at + written;
    }

    /// <summary>Shortest digits that read back to the same double; nothing for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(double number)
    {
        if (double.IsNaN(number))
        {
            return;
        }

        int at = Room(0);
        long bits = BitConverter.DoubleToInt64Bits(number);
        if (bits == _againBits)
        {
            _again.AsSpan(0, _againLength).CopyTo(_buffer.AsSpan(at));
            _at = at + _againLength;
            return;
        }

        if (!TryDecimal(number, at))
        {
            number.TryFormat(_buffer.AsSpan(at), out int written, default, System.Globalization.CultureInfo.InvariantCulture);
            _at = at + written;
        }

        (_againBits, _againLength) = (bits, _at - at);
        _buffer.AsSpan(at, _againLength).CopyTo(_again);
    }

    /// <summary>ISO 8601, UTC, always six digits of a second: one form for a whole column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddTime(long utcUs)
    {
        (long day, long of) = Math.DivRem(utcUs, Day);
        if (of < 0)
        {
            (day, of) = (day - 1, of + Day);
        }

        if (day != _day)
        {
            DateTime date = DateTime.UnixEpoch.AddDays(Math.Clamp(day, -719_162, 2_932_896));
            Encoding.ASCII.GetBytes(date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), _date);
            _day = day;
        }

        Span<byte> text = _buffer.AsSpan(Room(0), 27);
        _date.CopyTo(text);
        text[10] = (byte)'T';
        int seconds = (int)(of / 1_000_000);
        int micros = (int)(of % 1_000_000);
        Two(text[11..], seconds / 3600);
        text[13] = (byte)':';
        Two(text[14..], seconds / 60 % 60);
        text[16] = (byte)':';
        Two(text[17..], seconds % 60);
        text[19] = (byte)'.';
        Two(text[20..], micros / 10_000);
        Two(text[22..], micros / 100 % 100);
        Two(text[24..], micros % 100);
        text[26] = (byte)'Z';
        _at += 27;
    }

    /// <summary>µs as seconds: "0.25".</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddSeconds(long micros)
    {
        if (micros < 0 || micros > 1_000_000_000_000_000)
        {
            Add(micros / 1e6);
            return;
        }

        Fixed(micros, 6, Room(0), isNegative: false);
    }

    /// <summary>Hands everything on.</summary>
    public void Send()
    {
        into.Write(_buffer.AsSpan(0, _at));
        _at = 0;
    }

    private static void Two(Span<byte> into, int number)
    {
        into[0] = (byte)('0' + (number / 10));
        into[1] = (byte)('0' + (number % 10));
    }

    private int Room(int taken = 1)
    {
        if (_at + LongestNumber > _buffer.Length)
        {
            Send();
        }

        int at = _at;
        _at += taken;
        return at;
    }

    /// <summary>Most readings are a few digits after the point: such a number is its digits, if they read back to the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryDecimal(double number, int at)
    {
        double size = Math.Abs(number);
        if (!(size < 1e9) || (number == 0 && double.IsNegative(number)))
        {
            return false;
        }

        for (int k = _decimals; ; k = (k + 1) % Powers.Length)
        {
            double scaled = size * Powers[k];
            long whole = (long)Math.Round(scaled);
            if (whole / Powers[k] == size)
            {
                _decimals = k;
                Fixed(whole, k, at, number < 0);
                return true;
            }

            if ((k + 1) % Powers.Length == _decimals)
            {
                return false;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fixed(long whole, int decimals, int at, bool isNegative)
    {
        while (decimals > 0 && whole % 10 == 0)
        {
            whole /= 10;
            decimals--;
        }

        Span<byte> text = _buffer.AsSpan(at);
        int length = 0;
        if (isNegative && whole != 0)
        {
            text[length++] = (byte)'-';
        }

        (long front, long back) = Math.DivRem(whole, Wholes[decimals]);
        Utf8Formatter.TryFormat(front, text[length..], out int written);
        length += written;
        if (decimals > 0)
        {
            text[length++] = (byte)'.';
            for (int i = decimals - 1; i >= 0; i--)
            {
                text[length + i] = (byte)('0' + (back % 10));
                back /= 10;
            }

            length += decimals;
        }

        _at = at + length;
    }
}
