using System.Runtime.InteropServices;
using StemLab.Store;

namespace StemLab.Hub.Export;

/// <summary>
/// A Parquet file while it is written: row groups of flat columns, one data page a column, packed with zstd. Times are differences; of other columns each cell is the number
/// of its value where a group has few values, else the cell itself. The file is whole after <see cref="Finish"/>. One thread at a time.
/// </summary>
internal sealed class ParquetFile : IDisposable
{
    private const int Plain = 0;
    private const int Runs = 3;
    private const int Differences = 5;
    private const int Numbered = 8;
    private const int Zstd = 6;
    private const int ZstdLevel = 1;
    private const int DataPage = 0;
    private const int ValuesPage = 2;

    private readonly System.IO.Stream _file;
    private readonly ParquetColumn[] _columns;
    private readonly ParquetValues _values;
    private readonly ZstdSharp.Compressor _zstd = new(ZstdLevel);
    private readonly ThriftBytes _head = new();
    private readonly ThriftBytes _groups = new();
    private readonly ByteWriter _page = new();
    private readonly ByteWriter _levels = new();
    private byte[] _packed = new byte[1 << 12];
    private long _at;
    private long _rows;
    private int _groupCount;

    /// <param name="file">Written from its beginning; stays open.</param>
    /// <param name="columns">In order.</param>
    /// <param name="capacity">Most rows of a group.</param>
    public ParquetFile(System.IO.Stream file, IEnumerable<ParquetColumn> columns, int capacity)
    {
        (_file, _columns, _values) = (file, [.. columns], new ParquetValues(capacity));
        Write(Magic);
    }

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Writes what the columns hold, equally many rows each, as a row group; they are empty then.</summary>
    public void Send()
    {
        int rows = _columns[0].Rows;
        long from = _at;
        long plain = 0;
        _groups.BeginOne();
        _groups.List(1, _columns.Length);
        foreach (ParquetColumn column in _columns)
        {
            plain += Chunk(column);
            column.Clear();
        }

        _groups.Long(2, plain);
        _groups.Long(3, rows);
        _groups.Long(5, from);
        _groups.Long(6, _at - from);
        _groups.End();
        _groupCount++;
        _rows += rows;
    }

    /// <summary>Writes the footer.</summary>
    /// <param name="metadata">Key-value metadata, in order.</param>
    public void Finish(IReadOnlyDictionary<string, string> metadata)
    {
        _head.Clear();
        _head.Int(1, 2);
        _head.List(2, _columns.Length + 1);
        _head.BeginOne();
        _head.Text(4, "schema");
        _head.Int(5, _columns.Length);
        _head.End();
        foreach (ParquetColumn column in _columns)
        {
            Describe(column);
        }

        _head.Long(3, _rows);
        _head.List(4, _groupCount);
        _head.Raw(_groups.Written);
        _head.List(5, metadata.Count);
        foreach ((string key, string value) in metadata)
        {
            _head.BeginOne();
            _head.Text(1, key);
            _head.Text(2, value);
            _head.End();
        }

        _head.Text(6, "StemLab");

        // Each column's smallest and largest are by its type's own order.
        _head.List(7, _columns.Length);
        foreach (ParquetColumn _ in _columns)
        {
            _head.BeginOne();
            _head.Empty(1);
            _head.End();
        }

        _head.End();
        Write(_head.Written);
        Write(BitConverter.GetBytes(_head.Written.Length));
        Write(Magic);
    }

    public void Dispose() => _zstd.Dispose();

    /// <summary>A column of the group; returns its bytes before packing.</summary>
    private long Chunk(ParquetColumn column)
    {
        (long from, long plain, int encoding) = (_at, 0, column.Type == ParquetType.Int64 ? Differences : Plain);
        ReadOnlySpan<ulong> cells = column.Cells;
        ReadOnlySpan<ulong> distinct = [];
        if (encoding == Plain && _values.TryNumber(cells))
        {
            encoding = Numbered;
            distinct = _values.Distinct;
            _page.Clear();
            Cells(column, distinct);
            plain += Page(ValuesPage, distinct.Length, Plain);
        }

        long data = _at;
        _page.Clear();
        if (column.IsOptional)
        {
            _levels.Clear();
            ParquetBits.Runs(column.Levels, 1, _levels);
            _page.Fixed32((uint)_levels.Length);
            _page.Bytes(_levels.Written);
        }

        switch (encoding)
        {
            case Numbered:
                int width = ParquetBits.Width(distinct.Length);
                _page.Byte((byte)width);
                ParquetBits.Runs(_values.Numbers, width, _page);
                break;
            case Differences:
                ParquetBits.Differences(cells, _page);
                break;
            default:
                Cells(column, cells);
                break;
        }

        plain += Page(DataPage, column.Rows, encoding);
        Tell(column, encoding, (from, data), plain);
        if (!cells.IsEmpty)
        {
            (byte[] least, byte[] most) = column.Ends(encoding == Numbered ? distinct : cells);
            _groups.Bytes(5, most);
            _groups.Bytes(6, least);
        }

        _groups.End();
        _groups.End();
        _groups.End();
        return plain;
    }

    /// <summary>What the footer tells of a chunk, but for smallest and largest: three structures are open then.</summary>
    private void Tell(ParquetColumn column, int encoding, (long From, long Data) at, long plain)
    {
        _groups.BeginOne();
        _groups.Long(2, at.From);
        _groups.Begin(3);
        _groups.Int(1, (int)column.Type);
        _groups.Ints(2, encoding == Numbered ? [Plain, Runs, Numbered] : [Runs, encoding]);
        _groups.Texts(3, column.Name);
        _groups.Int(4, Zstd);
        _groups.Long(5, column.Rows);
        _groups.Long(6, plain);
        _groups.Long(7, _at - at.From);
        _groups.Long(9, at.Data);
        if (encoding == Numbered)
        {
            _groups.Long(11, at.From);
        }

        _groups.Begin(12);
        _groups.Long(3, column.Rows - column.Cells.Length);
    }

    private void Cells(ParquetColumn column, ReadOnlySpan<ulong> cells)
    {
        if (column.Type is ParquetType.Double or ParquetType.Int64 && BitConverter.IsLittleEndian)
        {
            _page.Bytes(MemoryMarshal.AsBytes(cells));
            return;
        }

        foreach (ulong cell in cells)
        {
            column.Plain(cell, _page);
        }
    }

    /// <summary>Packs and writes the page; returns its bytes before packing, the head's with them.</summary>
    private long Page(int kind, int count, int encoding)
    {
        int most = ZstdSharp.Compressor.GetCompressBound(_page.Length);
        _packed = _packed.Length < most ? new byte[most] : _packed;
        int packed = _zstd.Wrap(_page.Written, _packed);
        _head.Clear();
        _head.Int(1, kind);
        _head.Int(2, _page.Length);
        _head.Int(3, packed);
        _head.Begin(kind == DataPage ? 5 : 7);
        _head.Int(1, count);
        _head.Int(2, encoding);
        if (kind == DataPage)
        {
            _head.Int(3, Runs);
            _head.Int(4, Runs);
        }

        _head.End();
        _head.End();
        Write(_head.Written);
        Write(_packed.AsSpan(0, packed));
        return _head.Written.Length + _page.Length;
    }

    private void Describe(ParquetColumn column)
    {
        const int Utf8 = 0;
        const int Micros = 10;
        _head.BeginOne();
        _head.Int(1, (int)column.Type);
        _head.Int(3, column.IsOptional ? 1 : 0);
        _head.Text(4, column.Name);
        if (column.Type == ParquetType.Text)
        {
            _head.Int(6, Utf8);
            _head.Begin(10);
            _head.Empty(1);
            _head.End();
        }
        else if (column.IsTime)
        {
            _head.Int(6, Micros);
            _head.Begin(10);
            _head.Begin(8);
            _head.Flag(1, true);
            _head.Begin(2);
            _head.Empty(2);
            _head.End();
            _head.End();
            _head.End();
        }

        _head.End();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _at += bytes.Length;
    }
}
