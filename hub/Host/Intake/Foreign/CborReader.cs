using System.Buffers.Binary;
using System.Text;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>As much of CBOR (RFC 8949) as SenML needs: numbers, text, arrays, maps; all else can be skipped. Never throws; a failed read sets <see cref="Failed"/>.</summary>
internal ref struct CborReader(ReadOnlySpan<byte> bytes)
{
    public const int Array = 4;
    public const int Map = 5;
    public const int Text = 3;

    private const int DeepestSkip = 8;

    private ReadOnlySpan<byte> _rest = bytes;

    public bool Failed { get; private set; }

    public readonly bool IsAtEnd => _rest.Length == 0;

    /// <summary>Major type of the next item; -1 at the end.</summary>
    public readonly int NextType => _rest.Length == 0 ? -1 : _rest[0] >> 5;

    /// <summary>Takes the head of an array or map; count -1 = until <see cref="TryBreak"/>.</summary>
    public bool TryOpen(int type, out int count)
    {
        count = 0;
        if (NextType != type)
        {
            return Fail();
        }

        if ((_rest[0] & 31) == 31)
        {
            _rest = _rest[1..];
            count = -1;
            return true;
        }

        if (!TryArgument(out var argument) || argument > int.MaxValue)
        {
            return Fail();
        }

        count = (int)argument;
        return true;
    }

    /// <summary>Takes the end of an item of unknown length.</summary>
    public bool TryBreak()
    {
        if (_rest.Length == 0 || _rest[0] != 0xFF)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    /// <summary>Any integer or float as double; integers beyond 2^53 are refused.</summary>
    public bool TryNumber(out double value)
    {
        value = 0;
        switch (NextType)
        {
            case 0 or 1:
                var negative = NextType == 1;
                if (!TryArgument(out var argument) || argument > 1L << 53)
                {
                    return Fail();
                }

                value = negative ? -1.0 - argument : argument;
                return true;
            case 6:
                // Decimal fraction (tag 4) and the like are not read.
                return Fail();
            case 7:
                return TryFloat(out value);
            default:
                return Fail();
        }
    }

    public bool TryText(out string text)
    {
        text = "";
        if (NextType != Text || (_rest[0] & 31) == 31 || !TryArgument(out var length) || length > (ulong)Math.Min(_rest.Length, 1024))
        {
            return Fail();
        }

        text = Encoding.UTF8.GetString(_rest[..(int)length]);
        _rest = _rest[(int)length..];
        return true;
    }

    public bool TrySkip(int depth = 0)
    {
        if (depth > DeepestSkip)
        {
            return Fail();
        }

        switch (NextType)
        {
            case 0 or 1:
                return TryArgument(out _);
            case 2 or 3:
                if ((_rest[0] & 31) == 31 || !TryArgument(out var length) || length > (ulong)_rest.Length)
                {
                    return Fail();
                }

                _rest = _rest[(int)length..];
                return true;
            case Array or Map:
                return TrySkipItems(NextType, depth);
            case 6:
                return TryArgument(out _) && TrySkip(depth + 1);
            case 7:
                return (_rest[0] & 31) is >= 20 and <= 23 ? TryArgument(out _) : TryFloat(out _);
            default:
                return Fail();
        }
    }

    private bool TrySkipItems(int type, int depth)
    {
        if (!TryOpen(type, out var count))
        {
            return false;
        }

        var items = (long)count * (type == Map ? 2 : 1);
        for (var i = 0L; count < 0 ? !TryBreak() : i < items; i++)
        {
            if (!TrySkip(depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryFloat(out double value)
    {
        value = 0;
        var size = (_rest[0] & 31) switch { 25 => 2, 26 => 4, 27 => 8, _ => 0 };
        if (size == 0 || _rest.Length < 1 + size)
        {
            return Fail();
        }

        var bits = _rest.Slice(1, size);
        value = size switch
        {
            2 => (double)BinaryPrimitives.ReadHalfBigEndian(bits),
            4 => BinaryPrimitives.ReadSingleBigEndian(bits),
            _ => BinaryPrimitives.ReadDoubleBigEndian(bits),
        };
        _rest = _rest[(1 + size)..];
        return true;
    }

    private bool TryArgument(out ulong argument)
    {
        argument = (ulong)(_rest[0] & 31);
        var size = argument switch { < 24 => 0, 24 => 1, 25 => 2, 26 => 4, 27 => 8, _ => -1 };
        if (size < 0 || _rest.Length < 1 + size)
        {
            return Fail();
        }

        if (size > 0)
        {
            argument = 0;
            foreach (var one in _rest.Slice(1, size))
            {
                argument = (argument << 8) | one;
            }
        }

        _rest = _rest[(1 + size)..];
        return true;
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }
}
