using System.Text;
using StemLab.Store;

namespace StemLab.Hub.Export;

/// <summary>Writes structures of Thrift's compact protocol, which Parquet's headers and footer are made of. Fields in rising order. One thread at a time.</summary>
internal sealed class ThriftBytes
{
    private const int TrueType = 1;
    private const int FalseType = 2;
    private const int IntType = 5;
    private const int LongType = 6;
    private const int BytesType = 8;
    private const int ListType = 9;
    private const int StructType = 12;

    private readonly ByteWriter _bytes = new();
    private readonly Stack<int> _outer = new();
    private int _last;

    public ReadOnlySpan<byte> Written => _bytes.Written;

    public void Clear()
    {
        _bytes.Clear();
        _outer.Clear();
        _last = 0;
    }

    public void Int(int field, int value) => Number(field, IntType, value);

    public void Long(int field, long value) => Number(field, LongType, value);

    public void Flag(int field, bool value) => Head(field, value ? TrueType : FalseType);

    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Head(field, BytesType);
        _bytes.Number((ulong)value.Length);
        _bytes.Bytes(value);
    }

    /// <summary>A structure as a field; what follows is in it until <see cref="End"/>.</summary>
    public void Begin(int field)
    {
        Head(field, StructType);
        BeginOne();
    }

    /// <summary>A structure as an element of a list.</summary>
    public void BeginOne()
    {
        _outer.Push(_last);
        _last = 0;
    }

    public void End()
    {
        _bytes.Byte(0);
        _last = _outer.Count > 0 ? _outer.Pop() : 0;
    }

    /// <summary>A structure without fields.</summary>
    public void Empty(int field)
    {
        Begin(field);
        End();
    }

    /// <summary>A list of structures, which follow.</summary>
    public void List(int field, int count) => ListOf(field, StructType, count);

    public void Ints(int field, ReadOnlySpan<int> values)
    {
        ListOf(field, IntType, values.Length);
        foreach (int value in values)
        {
            _bytes.ZigZag(value);
        }
    }

    public void Texts(int field, params ReadOnlySpan<string> values)
    {
        ListOf(field, BytesType, values.Length);
        foreach (string value in values)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(value);
            _bytes.Number((ulong)utf8.Length);
            _bytes.Bytes(utf8);
        }
    }

    /// <summary>Structures written elsewhere, as elements of a list.</summary>
    public void Raw(ReadOnlySpan<byte> structures) => _bytes.Bytes(structures);

    private void Number(int field, int type, long value)
    {
        Head(field, type);
        _bytes.ZigZag(value);
    }

    private void ListOf(int field, int type, int count)
    {
        Head(field, ListType);
        if (count < 15)
        {
            _bytes.Byte((byte)((count << 4) | type));
            return;
        }

        _bytes.Byte((byte)(0xF0 | type));
        _bytes.Number((ulong)count);
    }

    /// <summary>All fields of Parquet's structures lie less than 16 apart.</summary>
    private void Head(int field, int type)
    {
        _bytes.Byte((byte)(((field - _last) << 4) | type));
        _last = field;
    }
}
