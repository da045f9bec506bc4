using System.Buffers;
using Google.Protobuf;
using StemLab.Wire.V1;

namespace StemLab.Wire;

/// <summary>Seals drafts into blocks. Decoding is <see cref="UpDecoder"/>. Pure, safe from any thread.</summary>
public static class BlockCodec
{
    /// <summary>Greatest serialised size of an up message, bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Greatest number of rows in a block (a row takes at least two bytes).</summary>
    public const int MaxRows = MaxBytes / 2;

    /// <summary>Seals a draft: orders rows input by input and gives them the sequence numbers from <paramref name="firstSeq"/> on.</summary>
    /// <exception cref="ArgumentException">The draft is empty.</exception>
    public static Block Seal(BlockDraft draft, ulong firstSeq)
    {
        if (draft.Count == 0)
        {
            throw new ArgumentException("A block has at least one row", nameof(draft));
        }

        var block = new Block
        {
            StreamId = draft.StreamId,
            BootId = draft.BootId.ToByteString(),
            CatalogHash = draft.CatalogHash,
            FirstSeq = firstSeq,
            Count = (uint)draft.Count,
            BaseTUs = draft.Columns.Values.Min(rows => rows[0].TUs),
        };
        foreach (var (input, rows) in draft.Columns)
        {
            block.Columns.Add(SealColumn(input, rows, block.BaseTUs));
        }

        return block;
    }

    /// <summary>The bytes of an up message that carries the block: what the outbox keeps, MQTT sends and the hub's journal stores.</summary>
    public static byte[] ToUp(Block block) => new Up { Block = block }.ToByteArray();

    /// <summary>The bytes of an up message that states a loss.</summary>
    public static byte[] ToUp(Lost lost) => new Up { Lost = lost }.ToByteArray();

    private static Column SealColumn(int input, List<DraftRow> rows, long baseTUs)
    {
        var column = new Column { Input = (uint)input };
        var values = ArrayPool<double>.Shared.Rent(rows.Count);
        var mantissas = ArrayPool<long>.Shared.Rent(rows.Count);
        var count = 0;
        var previous = baseTUs;
        for (var i = 0; i < rows.Count; i++)
        {
            column.DtUs.Add((ulong)(rows[i].TUs - previous));
            previous = rows[i].TUs;
            if (rows[i].Missing != MissingReason.Unspecified)
            {
                column.Missing.Add(new Missing { RowIndex = (uint)i, Reason = rows[i].Missing });
                continue;
            }

            values[count++] = rows[i].Raw;
        }

        if (ScaledColumn.TryScale(values.AsSpan(0, count), mantissas, out var exponent))
        {
            column.Exponent = (uint)exponent;
            var before = 0L;
            for (var i = 0; i < count; i++)
            {
                column.MantissaDelta.Add(mantissas[i] - before);
                before = mantissas[i];
            }
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                column.Doubles.Add(values[i]);
            }
        }

        ArrayPool<double>.Shared.Return(values);
        ArrayPool<long>.Shared.Return(mantissas);
        return column;
    }
}
