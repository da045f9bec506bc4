namespace StemLab.Science.Quality;

/// <summary>Least or largest of a window that slides over a series: each value is looked at a constant number of times. Not safe across threads.</summary>
internal sealed class Extremes(bool isLeast)
{
    private long[] _index = new long[16];
    private double[] _value = new double[16];
    private int _head;
    private int _count;

    internal bool IsEmpty => _count == 0;

    /// <summary>The extreme of the window; not when empty.</summary>
    internal double Value => _value[_head];

    internal void Add(long index, double value)
    {
        var mask = _value.Length - 1;
        while (_count > 0 && (isLeast ? _value[(_head + _count - 1) & mask] >= value : _value[(_head + _count - 1) & mask] <= value))
            _count--;
        if (_count == _value.Length)
        {
            Grow();
            mask = _value.Length - 1;
        }

        var at = (_head + _count) & mask;
        (_index[at], _value[at]) = (index, value);
        _count++;
    }

    /// <summary>Forgets what lies before an index.</summary>
    internal void DropBefore(long index)
    {
        while (_count > 0 && _index[_head] < index)
        {
            _head = (_head + 1) & (_value.Length - 1);
            _count--;
        }
    }

    private void Grow()
    {
        var (index, value) = (new long[_index.Length * 2], new double[_value.Length * 2]);
        for (var i = 0; i < _count; i++)
            (index[i], value[i]) = (_index[(_head + i) & (_index.Length - 1)], _value[(_head + i) & (_value.Length - 1)]);
        (_index, _value, _head) = (index, value, 0);
    }
}
