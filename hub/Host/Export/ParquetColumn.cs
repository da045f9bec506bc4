using System.Runtime.InteropServices;
using System.Text;
using StemLab.Store;

namespace StemLab.Hub.Export;

/// <summary>What a column's cells are; the number is the format's own for how they are kept.</summary>
internal enum ParquetType
{
    Int32 = 1,
    Int64 = 2,
    Double = 5,
    Text = 6,
}

/// <summary>One column of one row group while it fills. Cells that are not there (NaN, an empty text) take no room. One thread at a time.</summary>
/// <param name="name">As readers see it.</param>
/// <param name="type">What its cells are.</param>
/// <param name="capacity">Most rows of a group.</param>
/// <param name="isOptional">Cells may be missing.</param>
internal sealed class ParquetColumn(string name, ParquetType type, int capacity, bool isOptional = true)
{
    // Numbers as their bits; texts as their numbers in _texts.
    private readonly ulong[] _cells = new ulong[capacity];
    private readonly ushort[] _levels = new ushort[isOptional ? capacity : 0];
    private readonly List<byte[]> _texts = [];
    private readonly Dictionary<string, int> _numberOfText = [];

    public string Name => name;

    public ParquetType Type => type;

    public bool IsOptional => isOptional;

    /// <summary>A time: µs since 1970, UTC.</summary>
    public bool IsTime { get; init; }

    /// <summary>Rows since <see cref="Clear"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>One for each row: 1 = there is a cell. Empty where all must be there.</summary>
    public ReadOnlySpan<ushort> Levels => _levels.AsSpan(0, isOptional ? Rows : 0);

    /// <summary>The cells that are there.</summary>
    public ReadOnlySpan<ulong> Cells => _cells.AsSpan(0, Known);

    private int Known { get; set; }

    public void Clear() => (Rows, Known) = (0, 0);

    /// <summary>So many rows without a cell.</summary>
    public void Skip(int rows)
    {
        _levels.AsSpan(Rows, rows).Clear();
        Rows += rows;
    }

    public void Fill(string text, int rows)
    {
        if (text.Length == 0)
        {
            Skip(rows);
            return;
        }

        if (!_numberOfText.TryGetValue(text, out int number))
        {
            _numberOfText[text] = number = _texts.Count;
            _texts.Add(Encoding.UTF8.GetBytes(text));
        }

        Fill(number, rows);
    }

    public void Fill(long number, int rows)
    {
        Next(rows).Fill((ulong)number);
        Known += rows;
    }

    public void Fill(double number, int rows)
    {
        if (double.IsNaN(number))
        {
            Skip(rows);
            return;
        }

        Fill(BitConverter.DoubleToInt64Bits(number), rows);
    }

    public void Add(ReadOnlySpan<long> numbers)
    {
        MemoryMarshal.Cast<long, ulong>(numbers).CopyTo(Next(numbers.Length));
        Known += numbers.Length;
    }

    public void Add(ReadOnlySpan<uint> numbers)
    {
        Span<ulong> cells = Next(numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
        {
            cells[i] = numbers[i];
        }

        Known += numbers.Length;
    }

    public void Add(ReadOnlySpan<byte> numbers)
    {
        if (!numbers.ContainsAnyExcept(numbers[0]))
        {
            Fill((long)numbers[0], numbers.Length);
            return;
        }

        Span<ulong> cells = Next(numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
        {
            cells[i] = numbers[i];
        }

        Known += numbers.Length;
    }

    public void Add(ReadOnlySpan<double> numbers)
    {
        Span<ushort> levels = _levels.AsSpan(Rows, numbers.Length);
        Span<ulong> cells = _cells.AsSpan(Known);
        int known = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            int isKnown = double.IsNaN(numbers[i]) ? 0 : 1;
            cells[known] = BitConverter.DoubleToUInt64Bits(numbers[i]);
            levels[i] = (ushort)isKnown;
            known += isKnown;
        }

        Known += known;
        Rows += numbers.Length;
    }

    /// <summary>A cell as the format's PLAIN encoding has it.</summary>
    public void Plain(ulong cell, ByteWriter into)
    {
        switch (type)
        {
            case ParquetType.Int32:
                into.Fixed32((uint)cell);
                break;
            case ParquetType.Text:
                into.Fixed32((uint)_texts[(int)cell].Length);
                into.Bytes(_texts[(int)cell]);
                break;
            default:
                into.Fixed64(cell);
                break;
        }
    }

    /// <summary>Smallest and largest of some cells, at least one, as statistics have them: readers pass over groups by them.</summary>
    public (byte[] Least, byte[] Most) Ends(ReadOnlySpan<ulong> cells)
    {
        switch (type)
        {
            case ParquetType.Text:
                (byte[] first, byte[] last) = (_texts[(int)cells[0]], _texts[(int)cells[0]]);
                foreach (ulong cell in cells)
                {
                    byte[] text = _texts[(int)cell];
                    first = text.AsSpan().SequenceCompareTo(first) < 0 ? text : first;
                    last = text.AsSpan().SequenceCompareTo(last) > 0 ? text : last;
                }

                return (first, last);
            case ParquetType.Double:
                (double low, double high) = Between(MemoryMarshal.Cast<ulong, double>(cells));

                // Zeros of both signs are one: what is below and above holds for either.
                return (BitConverter.GetBytes(low == 0 ? -0.0 : low), BitConverter.GetBytes(high == 0 ? 0.0 : high));
            default:
                (long least, long most) = Between(MemoryMarshal.Cast<ulong, long>(cells));
                return type == ParquetType.Int32 ? (BitConverter.GetBytes((int)least), BitConverter.GetBytes((int)most)) : (BitConverter.GetBytes(least), BitConverter.GetBytes(most));
        }
    }

    private static (T Least, T Most) Between<T>(ReadOnlySpan<T> cells)
        where T : struct, IComparable<T>
    {
        (T least, T most) = (cells[0], cells[0]);
        foreach (T cell in cells)
        {
            least = cell.CompareTo(least) < 0 ? cell : least;
            most = cell.CompareTo(most) > 0 ? cell : most;
        }

        return (least, most);
    }

    private Span<ulong> Next(int rows)
    {
        _levels.AsSpan(isOptional ? Rows : 0, isOptional ? rows : 0).Fill(1);
        Rows += rows;
        return _cells.AsSpan(Known, rows);
    }
}
