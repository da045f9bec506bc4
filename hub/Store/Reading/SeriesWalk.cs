using StemLab.Store.Chunks;
using StemLab.Store.Memory;

namespace StemLab.Store.Reading;

/// <summary>
/// Walks one series through a range in ascending time: chunks, memory and masks become one sequence of pieces. One thread.
/// <code>
///   chunks   ├──A──┤   ├──B──┤├──C──┤
///   memory        ├─late─┤        ├───live───►
///   pieces   A, merged(late), B …  merged with what overlaps
/// </code>
/// With <c>headersFor</c> a chunk that nothing overlaps is given as its header alone when the caller says that will do.
/// </summary>
internal sealed class SeriesWalk
{
    private const int HeaderPage = 512;

    // 64 chunks of 4,096 rows: about 10 MB on the wire, a second of an InfluxDB's time.
    private const int MostRemoteChunks = 64;
    private readonly ChunkReader _chunks;
    private readonly SeriesId _series;
    private readonly long _toUs;
    private readonly RowMask[] _masks;
    private readonly Func<ChunkHeader, bool>? _headersFor;
    private readonly RowMerge _merge;
    private readonly bool _mayReuse;
    private readonly DecodedChunk _decoded = new();
    private readonly List<ChunkHeader> _headers = [];
    private int _nextHeader;
    private bool _isLastPage;
    private long _pageFromUs;
    private readonly int _pageRows;
    private readonly bool _skipRemote;

    // The region being merged: rows before this belong to it.
    private long _regionEndUs;
    private bool _isLastRegion;
    private bool _hasPendingHeader;
    private ChunkHeader _pendingHeader;
    private RowSlice _unmasked;

    public SeriesWalk(
        ChunkReader chunks,
        SeriesId series,
        long fromUs,
        long toUs,
        List<RowSlice> memory,
        RowMask[] masks,
        bool mayReuse = false,
        Func<ChunkHeader, bool>? headersFor = null,
        bool skipChunks = false,
        int pageRows = HeaderPage,
        bool skipRemote = false)
    {
        _chunks = chunks;
        _series = series;
        _toUs = toUs;
        _masks = masks;
        _mayReuse = mayReuse;
        _headersFor = headersFor;
        _merge = new RowMerge { MayReuse = mayReuse };
        foreach (var slice in memory)
        {
            _merge.Add(slice);
        }

        _pageFromUs = FromUs = fromUs;
        _regionEndUs = fromUs;
        _isLastPage = skipChunks || fromUs >= toUs;
        _isLastRegion = fromUs >= toUs;
        _pageRows = pageRows;
        _skipRemote = skipRemote;
    }

    private long FromUs { get; }

    /// <summary>The rows of the current piece; empty when the piece is a header.</summary>
    public RowSlice Rows { get; private set; }

    /// <summary>True when the current piece is a whole chunk known by its header alone.</summary>
    public bool IsHeader { get; private set; }

    /// <summary>The header; defined when <see cref="IsHeader"/>.</summary>
    public ChunkHeader Header { get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            if (TryUnmasked())
            {
                return true;
            }

            if (_merge.TryNext(_regionEndUs, out _unmasked))
            {
                continue;
            }

            if (_hasPendingHeader)
            {
                _hasPendingHeader = false;
                (IsHeader, Header, Rows) = (true, _pendingHeader, default);
                return true;
            }

            if (_isLastRegion)
            {
                return false;
            }

            OpenRegion();
        }
    }

    private void OpenRegion()
    {
        if (!TryHeader(out var header))
        {
            _regionEndUs = _toUs;
            _isLastRegion = true;
            return;
        }

        var isWhole = header.T0 >= FromUs && header.T1 < _toUs;
        if (isWhole && _headersFor is not null && !_merge.HasWithin(header.T0, header.T1) && !IsMasked(header.T0, header.T1)
            && _headersFor(header))
        {
            _regionEndUs = header.T0;
            (_hasPendingHeader, _pendingHeader) = (true, header);
            return;
        }

        if (header.IsRemote)
        {
            _chunks.Decode(_series, RemoteFrom(_nextHeader - 1), _masks, _decoded);
        }
        else
        {
            _chunks.Decode(_series, header, _decoded);
        }

        _merge.Add(new RowSlice(_decoded.TUs, _decoded.Raw, _decoded.Missing, 0, _decoded.Count).Cut(FromUs, _toUs));
        if (!_mayReuse)
        {
            _decoded.Release();
        }

        _regionEndUs = Math.Min(_toUs, header.T1 == long.MaxValue ? long.MaxValue : header.T1 + 1);
    }

    /// <summary>The chunk in turn and those behind it that will also have to be brought from InfluxDB.</summary>
    private ReadOnlySpan<ChunkHeader> RemoteFrom(int index)
    {
        var headers = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_headers)[index..];
        var end = 1;
        while (end < headers.Length && end < MostRemoteChunks && headers[end].IsRemote && headers[end].T0 < _toUs && _headersFor?.Invoke(headers[end]) != true)
        {
            end++;
        }

        return headers[..end];
    }

    private bool TryHeader(out ChunkHeader header)
    {
        while (true)
        {
            if (_nextHeader < _headers.Count)
            {
                header = _headers[_nextHeader++];
                if (header.T1 >= FromUs && header.T1 >= _pageFromUs && !(_skipRemote && header.IsRemote))
                {
                    return true;
                }

                continue;
            }

            if (_isLastPage || (_headers.Count > 0 && _headers[^1].T1 == long.MaxValue))
            {
                header = default;
                return false;
            }

            // A page starts after the last chunk of the one before; the query also gives that chunk, which the test above passes over.
            _pageFromUs = _headers.Count == 0 ? FromUs : _headers[^1].T1 + 1;
            _headers.Clear();
            _nextHeader = 0;
            if (_pageFromUs < _toUs)
            {
                _chunks.Headers(_series, _pageFromUs, _toUs, _pageRows, _headers);
            }

            _isLastPage = _headers.Count < _pageRows;
        }
    }

    private bool IsMasked(long firstUs, long lastUs)
    {
        foreach (var mask in _masks)
        {
            if (mask.FromUs <= lastUs && mask.ToUs > firstUs)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives the next part of the merged piece that no mask hides. Masks are ascending and apart.</summary>
    private bool TryUnmasked()
    {
        while (!_unmasked.IsEmpty)
        {
            var rest = _unmasked;
            var end = rest.End;
            var isHidden = false;
            foreach (var mask in _masks)
            {
                if (mask.ToUs <= rest.TUs[rest.Start])
                {
                    continue;
                }

                isHidden = mask.FromUs <= rest.TUs[rest.Start];
                end = RowSlice.LowerBound(rest.TUs, rest.Start, rest.End, isHidden ? mask.ToUs : mask.FromUs);
                break;
            }

            _unmasked = rest with { Start = end };
            if (!isHidden)
            {
                (IsHeader, Rows) = (false, rest with { End = end });
                return true;
            }
        }

        return false;
    }
}
