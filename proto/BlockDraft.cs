using StemLab.Wire.V1;

namespace StemLab.Wire;

/// <summary>Rows gathered for one block, before it is sealed. One owner, one thread.</summary>
/// <remarks>Rows may come in any order of inputs; within an input the times must grow strictly. Sealing (<see cref="BlockCodec.Seal"/>) orders them input by input.</remarks>
public sealed class BlockDraft(ulong streamId, Id128 bootId, ulong catalogHash)
{
    private readonly SortedDictionary<int, List<DraftRow>> columns = [];

    /// <summary>Sequence domain of the rows.</summary>
    public ulong StreamId { get; } = streamId;

    /// <summary>Clock domain of every time.</summary>
    public Id128 BootId { get; } = bootId;

    /// <summary>Catalogue the input indexes refer to.</summary>
    public ulong CatalogHash { get; } = catalogHash;

    /// <summary>Rows so far, raw and missing.</summary>
    public int Count { get; private set; }

    /// <summary>An upper estimate of the sealed size in bytes; seal before it passes <see cref="BlockCodec.MaxBytes"/>.</summary>
    public int ApproximateBytes { get; private set; } = 96;

    internal IReadOnlyDictionary<int, List<DraftRow>> Columns => columns;

    /// <summary>Takes a raw row.</summary>
    /// <param name="input">Index into the catalogue, from 0.</param>
    /// <param name="tUs">µs of the boot's clock, later than the input's row before.</param>
    /// <param name="raw">What the probe gave, in the input's native unit; finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite, or the time does not grow.</exception>
    public void Add(int input, long tUs, double raw)
    {
        if (!double.IsFinite(raw))
        {
            throw new ArgumentOutOfRangeException(nameof(raw), raw, "A raw value is finite; a reading without one is a missing row");
        }

        Add(input, new DraftRow(tUs, raw, MissingReason.Unspecified));
    }

    /// <summary>Takes a row without a value.</summary>
    /// <param name="input">Index into the catalogue, from 0.</param>
    /// <param name="tUs">µs of the boot's clock, later than the input's row before.</param>
    /// <param name="reason">Why there is no value; not unspecified.</param>
    /// <exception cref="ArgumentOutOfRangeException">The reason is unspecified, or the time does not grow.</exception>
    public void AddMissing(int input, long tUs, MissingReason reason)
    {
        if (reason == MissingReason.Unspecified)
        {
            throw new ArgumentOutOfRangeException(nameof(reason), reason, "A missing row says why");
        }

        Add(input, new DraftRow(tUs, 0, reason));
    }

    private void Add(int input, DraftRow row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        if (!columns.TryGetValue(input, out var rows))
        {
            columns.Add(input, rows = []);
            ApproximateBytes += 40;
        }

        if (rows.Count > 0 && row.TUs <= rows[^1].TUs)
        {
            throw new ArgumentOutOfRangeException(nameof(row), row.TUs, $"Times of input {input} grow strictly; the row before is at {rows[^1].TUs}");
        }

        rows.Add(row);
        Count++;
        ApproximateBytes += 20;
    }
}

/// <summary>One row of a draft; a reason other than unspecified means it has no value.</summary>
internal readonly record struct DraftRow(long TUs, double Raw, MissingReason Missing);
