namespace StemLab.Science.Quality;

/// <summary>
/// How lively the last stretch of time (t - period, t] is, value by value. The result depends on what is in the window alone, never on where
/// the series was entered: moments are kept per eighth of the period on a fixed grid of time. Not safe across threads.
/// </summary>
internal sealed class SignalWindow
{
    private const int Blocks = 8;

    private readonly SignalMeasure _measure;
    private readonly int _fewest;
    private readonly long _periodUs;
    private readonly long _blockUs;
    private readonly Extremes _low = new(isLeast: true);
    private readonly Extremes _high = new(isLeast: false);
    private readonly Queue<(long Block, Moments Moments)> _full = new();

    // The window's values as a ring: time, value, block; and the moments from it to the end of its block once that block is the first.
    private (long TUs, double Value, long Block)[] _ring = new (long, double, long)[64];
    private Moments[] _suffix = new Moments[64];
    private long _first;
    private long _next;
    private int _present;
    private long _suffixBlock = long.MinValue;
    private long _block = long.MinValue;
    private Moments _current;
    private Moments _middle;

    internal SignalWindow(SignalMeasure measure, double periodSeconds, int? fewest)
    {
        _measure = measure;
        _fewest = fewest ?? 1;
        _periodUs = Math.Max(1, Series.Micros(periodSeconds));
        _blockUs = Math.Max(1, _periodUs / Blocks);
    }

    /// <summary>Takes the next value (NaN = missing) and says how lively its window is; NaN with too few values.</summary>
    internal double Add(long tUs, double value)
    {
        if (_next - _first == _ring.Length)
            Grow();
        var block = BlockOf(tUs);
        if (block != _block)
            Enter(block);
        _ring[(int)(_next & (_ring.Length - 1))] = (tUs, value, block);
        if (!double.IsNaN(value))
        {
            _present++;
            _low.Add(_next, value);
            _high.Add(_next, value);
            if (_measure == SignalMeasure.StandardDeviation)
                _current.Add(value);
        }

        _next++;
        while (Series.Distance(tUs, _ring[(int)(_first & (_ring.Length - 1))].TUs) >= _periodUs)
            Leave();
        _low.DropBefore(_first);
        _high.DropBefore(_first);
        return Liveliness();
    }

    private double Liveliness()
    {
        var hasMissing = _present < _next - _first;
        if (_present == 0 || _present < _fewest)
            return double.NaN;
        if (_measure == SignalMeasure.Range)
            return hasMissing ? double.NaN : _high.Value - _low.Value;
        return _low.Value == _high.Value ? 0 : Deviation();
    }

    private double Deviation()
    {
        var all = FirstBlock() == _block ? _current : Moments.Join(Moments.Join(Suffix(), _middle), _current);
        return Math.Sqrt(all.Squares / all.Count);
    }

    /// <summary>Moments of the window's part of its first block, gathered from the block's end.</summary>
    private Moments Suffix()
    {
        if (_suffixBlock != FirstBlock())
        {
            _suffixBlock = FirstBlock();
            var end = _first;
            while (end < _next && _ring[(int)(end & (_ring.Length - 1))].Block == _suffixBlock)
                end++;
            var moments = default(Moments);
            for (var i = end - 1; i >= _first; i--)
            {
                var slot = (int)(i & (_ring.Length - 1));
                if (!double.IsNaN(_ring[slot].Value))
                    moments.Add(_ring[slot].Value);
                _suffix[slot] = moments;
            }
        }

        return _suffix[(int)(_first & (_ring.Length - 1))];
    }

    /// <summary>A value of a new block closes the one before.</summary>
    private void Enter(long block)
    {
        if (_next > _first)
        {
            _full.Enqueue((_block, _current));
            Rejoin();
        }

        (_block, _current) = (block, default);
    }

    private void Leave()
    {
        var (_, value, block) = _ring[(int)(_first & (_ring.Length - 1))];
        if (!double.IsNaN(value))
            _present--;
        _first++;
        if (_first == _next || FirstBlock() != block)
            Rejoin();
    }

    /// <summary>The blocks wholly inside: neither the first, of which a part may be gone, nor the current one.</summary>
    private void Rejoin()
    {
        var first = _first < _next ? FirstBlock() : long.MaxValue;
        while (_full.Count > 0 && _full.Peek().Block < first)
            _full.Dequeue();
        _middle = default;
        foreach (var (block, moments) in _full)
        {
            if (block != first)
                _middle = Moments.Join(_middle, moments);
        }
    }

    private long FirstBlock() => _ring[(int)(_first & (_ring.Length - 1))].Block;

    private long BlockOf(long tUs) => tUs >= 0 ? tUs / _blockUs : -1 - (-1 - tUs) / _blockUs;

    private void Grow()
    {
        var (ring, suffix) = (new (long, double, long)[_ring.Length * 2], new Moments[_ring.Length * 2]);
        for (var i = _first; i < _next; i++)
        {
            ring[(int)(i & (ring.Length - 1))] = _ring[(int)(i & (_ring.Length - 1))];
            suffix[(int)(i & (ring.Length - 1))] = _suffix[(int)(i & (_ring.Length - 1))];
        }

        (_ring, _suffix) = (ring, suffix);
    }

    /// <summary>Count, mean and sum of squared distances (B. P. Welford, Technometrics 4, 1962; joining after T. F. Chan et al., 1979).</summary>
    private struct Moments
    {
        internal long Count;
        internal double Mean;
        internal double Squares;

        internal void Add(double value)
        {
            Count++;
            var delta = value - Mean;
            Mean += delta / Count;
            Squares += delta * (value - Mean);
        }

        internal static Moments Join(Moments a, Moments b)
        {
            if (a.Count == 0)
                return b;
            if (b.Count == 0)
                return a;
            var count = a.Count + b.Count;
            var delta = b.Mean - a.Mean;
            return new Moments { Count = count, Mean = a.Mean + delta * b.Count / count, Squares = a.Squares + b.Squares + delta * delta * a.Count * b.Count / count };
        }
    }
}
