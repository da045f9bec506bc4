using System.Buffers.Binary;
using System.Collections.Immutable;

namespace StemLab.Store;

/// <summary>Blocks for tests in a form of their own: the store keeps payloads verbatim and knows no wire.</summary>
internal static class TestBlocks
{
    public static readonly AgentId Agent = new(0xA1);
    public static readonly BootId Boot = new(0xB1);
    public static readonly StreamId Stream = new(0x51);
    public const ulong Catalog = 0xCA7;

    public static readonly ImmutableArray<InputDeclaration> Inputs =
    [
        new("ph", "ph", "[pH]", 1),
        new("temp", "water_temperature", "Cel", 1),
        new("do", "dissolved_oxygen", "mg/L", 1),
    ];

    public static Declarations Declarations { get; } = new(
        Agent,
        [new BootDeclaration(Boot, Agent, BootKind.Device, 1, null)],
        [new CatalogDeclaration(Catalog, Inputs)],
        [new StreamDeclaration(Stream, Boot, null)]);

    public static NativeBlock Block(ulong firstSeq, params (int Input, (long T, double V, byte M)[] Rows)[] columns) =>
        Block(Agent, Stream, Boot, Catalog, firstSeq, columns);

    public static NativeBlock Block(
        AgentId agent, StreamId stream, BootId boot, ulong catalog, ulong firstSeq, params (int Input, (long T, double V, byte M)[] Rows)[] columns)
    {
        var rows = columns.SelectMany(column => column.Rows).ToArray();
        var start = 0;
        var blockColumns = new List<BlockColumn>();
        foreach (var (input, list) in columns)
        {
            blockColumns.Add(new BlockColumn(input, start, list.Length));
            start += list.Length;
        }

        var decoded = new BlockRows
        {
            TUs = [.. rows.Select(row => row.T)],
            Raw = [.. rows.Select(row => row.M == 0 ? row.V : double.NaN)],
            Missing = [.. rows.Select(row => row.M)],
            Columns = [.. blockColumns],
        };
        return new NativeBlock(agent, stream, boot, catalog, firstSeq, rows.Length, Encode(decoded), decoded);
    }

    /// <summary>A block of one input: rows at t, t + step … with values by index.</summary>
    public static NativeBlock Ramp(ulong firstSeq, int input, long t, int count, long stepUs = 1000, double from = 0) =>
        Block(firstSeq, (input, [.. Enumerable.Range(0, count).Select(i => (t + (i * stepUs), from + i, (byte)0))]));

    public static byte[] Encode(BlockRows rows)
    {
        var bytes = new byte[8 + (rows.Columns.Length * 12) + (rows.Count * 17)];
        var at = 0;
        Write(rows.Columns.Length);
        Write(rows.Count);
        foreach (var column in rows.Columns)
        {
            Write(column.Input);
            Write(column.Start);
            Write(column.Length);
        }

        for (var i = 0; i < rows.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), rows.TUs[i]);
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at + 8), rows.Raw[i]);
            bytes[at + 16] = rows.Missing[i];
            at += 17;
        }

        return bytes;

        void Write(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
            at += 4;
        }
    }

    public static bool Decode(ReadOnlySpan<byte> bytes, out BlockRows rows)
    {
        rows = null!;
        if (bytes.Length < 8)
        {
            return false;
        }

        var columns = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (columns is < 0 or > 1000 || count is < 0 or > 100_000 || bytes.Length != 8 + (columns * 12) + (count * 17))
        {
            return false;
        }

        rows = new BlockRows { TUs = new long[count], Raw = new double[count], Missing = new byte[count], Columns = new BlockColumn[columns] };
        for (var i = 0; i < columns; i++)
        {
            var at = bytes[(8 + (i * 12))..];
            rows.Columns[i] = new BlockColumn(
                BinaryPrimitives.ReadInt32LittleEndian(at), BinaryPrimitives.ReadInt32LittleEndian(at[4..]), BinaryPrimitives.ReadInt32LittleEndian(at[8..]));
        }

        for (var i = 0; i < count; i++)
        {
            var at = bytes[(8 + (columns * 12) + (i * 17))..];
            rows.TUs[i] = BinaryPrimitives.ReadInt64LittleEndian(at);
            rows.Raw[i] = BinaryPrimitives.ReadDoubleLittleEndian(at[8..]);
            rows.Missing[i] = at[16];
        }

        return true;
    }
}
