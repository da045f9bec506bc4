namespace StemLab.Hub.Export;

/// <summary>Numbers the distinct values of a column of a group, in order of first sight. Used again for every column. One thread at a time.</summary>
/// <param name="capacity">Most cells of a column.</param>
internal sealed class ParquetValues(int capacity)
{
    /// <summary>A column with more values is kept as it is: their list would cost more than it spares.</summary>
    public const int Most = 4096;

    private const int SlotBits = 13;

    // Number + 1 of the value whose turn a slot is; 0 = free. Twice as many as values: the next free one is near.
    private readonly ushort[] _slots = new ushort[1 << SlotBits];
    private readonly ulong[] _distinct = new ulong[Most];
    private readonly ushort[] _numbers = new ushort[capacity];
    private int _count;
    private int _cells;

    public ReadOnlySpan<ulong> Distinct => _distinct.AsSpan(0, _count);

    /// <summary>One for each cell.</summary>
    public ReadOnlySpan<ushort> Numbers => _numbers.AsSpan(0, _cells);

    /// <summary>False where there are too many values, or no cells.</summary>
    public bool TryNumber(ReadOnlySpan<ulong> cells)
    {
        (_count, _cells) = (0, cells.Length);
        Array.Clear(_slots);
        int i = 0;
        while (i < cells.Length)
        {
            ulong cell = cells[i];
            int number = NumberOf(cell);
            if (number < 0)
            {
                return false;
            }

            _numbers[i++] = (ushort)number;
            if (i < cells.Length && cells[i] == cell)
            {
                int run = cells[i..].IndexOfAnyExcept(cell);
                run = run < 0 ? cells.Length - i : run;
                _numbers.AsSpan(i, run).Fill((ushort)number);
                i += run;
            }
        }

        return _count > 0;
    }

    /// <summary>−1 = one value too many.</summary>
    private int NumberOf(ulong cell)
    {
        for (int slot = (int)((cell * 0x9E37_79B9_7F4A_7C15) >> (64 - SlotBits)); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            int number = _slots[slot] - 1;
            if (number < 0)
            {
                if (_count == Most)
                {
                    return -1;
                }

                _distinct[_count] = cell;
                _slots[slot] = (ushort)(_count + 1);
                return _count++;
            }

            if (_distinct[number] == cell)
            {
                return number;
            }
        }
    }
}
