using System.Buffers.Binary;
using System.Text;

namespace StemLab.Hub.Export;

/// <summary>Element types of NetCDF classic; the number is the format's own.</summary>
internal enum NetCdfType
{
    Byte = 1,
    Char = 2,
    Int = 4,
    Double = 6,
}

/// <summary>A variable to be written. Immutable.</summary>
/// <param name="Dimensions">Indexes into the file's dimensions; empty = scalar.</param>
/// <param name="Attributes">Values are string, double, byte[], or int.</param>
internal sealed record NetCdfVariable(string Name, NetCdfType Type, int[] Dimensions, IReadOnlyList<(string Name, object Value)> Attributes);

/// <summary>
/// Writes a NetCDF classic file with 64-bit offsets (CDF-2): the header first, then any part of any variable at any time, so that columns can be filled while rows
/// are read once. No record dimension. One thread at a time.
/// </summary>
/// <remarks>NetCDF Classic Format Specification, Unidata: magic 'C' 'D' 'F' 2, big-endian, names and values padded to 4 bytes.</remarks>
internal sealed class NetCdfFile : IDisposable
{
    private const int DimensionTag = 0x0A;
    private const int VariableTag = 0x0B;
    private const int AttributeTag = 0x0C;

    private readonly FileStream _file;
    private readonly long[] _begin;
    private readonly IReadOnlyList<NetCdfVariable> _variables;
    private byte[] _buffer = [];
    private int _waiting;

    /// <param name="dimensions">Name and length, in order.</param>
    public NetCdfFile(string path, IReadOnlyList<(string Name, int Length)> dimensions, IReadOnlyList<(string Name, object Value)> attributes, IReadOnlyList<NetCdfVariable> variables)
    {
        _variables = variables;
        _begin = new long[variables.Count];
        long[] sizes = [.. variables.Select(variable => Padded(variable.Dimensions.Aggregate((long)SizeOf(variable.Type), (size, dimension) => size * dimensions[dimension].Length)))];

        // The header's length does not depend on the offsets in it.
        long at = Header(dimensions, attributes, sizes).Length;
        for (int i = 0; i < sizes.Length; i++)
        {
            _begin[i] = at;
            at += sizes[i];
        }

        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
        try
        {
            _file.SetLength(at);
            RandomAccess.Write(_file.SafeFileHandle, Header(dimensions, attributes, sizes), 0);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Writes doubles from an element on.</summary>
    public void Write(int variable, long element, ReadOnlySpan<double> values)
    {
        Span<byte> bytes = Room(8 * values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleBigEndian(bytes[(8 * i)..], values[i]);
        }

        Write(bytes, _begin[variable] + (8 * element));
    }

    /// <summary>Writes integers from an element on.</summary>
    public void Write(int variable, long element, ReadOnlySpan<int> values)
    {
        Span<byte> bytes = Room(4 * values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes[(4 * i)..], values[i]);
        }

        Write(bytes, _begin[variable] + (4 * element));
    }

    /// <summary>Writes bytes or letters from an element on.</summary>
    public void Write(int variable, long element, ReadOnlySpan<byte> values) => Write(values, _begin[variable] + element);

    public void Dispose() => _file.Dispose();

    private static int SizeOf(NetCdfType type) => type switch { NetCdfType.Double => 8, NetCdfType.Int => 4, _ => 1 };

    private static long Padded(long bytes) => (bytes + 3) & ~3L;

    private void Write(ReadOnlySpan<byte> bytes, long at)
    {
        RandomAccess.Write(_file.SafeFileHandle, bytes, at);
        _waiting += bytes.Length;
        if (_waiting >= PacedFile.Pace)
        {
            RandomAccess.FlushToDisk(_file.SafeFileHandle);
            _waiting = 0;
        }
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length < bytes)
        {
            _buffer = new byte[bytes];
        }

        return _buffer.AsSpan(0, bytes);
    }

    private byte[] Header(IReadOnlyList<(string Name, int Length)> dimensions, IReadOnlyList<(string Name, object Value)> attributes, long[] sizes)
    {
        using var into = new MemoryStream();
        into.Write("CDF\x02"u8);
        Int(into, 0);
        Int(into, dimensions.Count > 0 ? DimensionTag : 0);
        Int(into, dimensions.Count);
        foreach ((string name, int length) in dimensions)
        {
            Text(into, name);
            Int(into, length);
        }

        Attributes(into, attributes);
        Int(into, _variables.Count > 0 ? VariableTag : 0);
        Int(into, _variables.Count);
        for (int i = 0; i < _variables.Count; i++)
        {
            NetCdfVariable variable = _variables[i];
            Text(into, variable.Name);
            Int(into, variable.Dimensions.Length);
            foreach (int dimension in variable.Dimensions)
            {
                Int(into, dimension);
            }

            Attributes(into, variable.Attributes);
            Int(into, (int)variable.Type);
            Int(into, (int)Math.Min(sizes[i], uint.MaxValue));
            Long(into, _begin[i]);
        }

        return into.ToArray();
    }

    private static void Attributes(System.IO.Stream into, IReadOnlyList<(string Name, object Value)> attributes)
    {
        Int(into, attributes.Count > 0 ? AttributeTag : 0);
        Int(into, attributes.Count);
        foreach ((string name, object value) in attributes)
        {
            Text(into, name);
            switch (value)
            {
                case string text:
                    byte[] utf8 = Encoding.UTF8.GetBytes(text.Length == 0 ? " " : text);
                    Int(into, (int)NetCdfType.Char);
                    Int(into, utf8.Length);
                    Pad(into, utf8);
                    break;
                case double number:
                    Int(into, (int)NetCdfType.Double);
                    Int(into, 1);
                    Long(into, BitConverter.DoubleToInt64Bits(number));
                    break;
                case int number:
                    Int(into, (int)NetCdfType.Int);
                    Int(into, 1);
                    Int(into, number);
                    break;
                case byte[] bytes:
                    Int(into, (int)NetCdfType.Byte);
                    Int(into, bytes.Length);
                    Pad(into, bytes);
                    break;
                default:
                    throw new InvalidOperationException($"BUG: an attribute of type {value.GetType().Name} has no form in NetCDF");
            }
        }
    }

    private static void Text(System.IO.Stream into, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Int(into, utf8.Length);
        Pad(into, utf8);
    }

    private static void Pad(System.IO.Stream into, byte[] bytes)
    {
        into.Write(bytes);
        into.Write(new byte[Padded(bytes.Length) - bytes.Length]);
    }

    private static void Int(System.IO.Stream into, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        into.Write(bytes);
    }

    private static void Long(System.IO.Stream into, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        into.Write(bytes);
    }
}
