namespace StemLab.Store;

/// <summary>
/// Rows of one input during one boot that come from a file or another hub: no sequence numbers, no receipt but <see cref="Submission.Completion"/>. What is there already is a
/// duplicate, so the same rows may come any number of times and in any order.
/// </summary>
public sealed record ColumnRows : Submission
{
    /// <summary>Most rows of one submission.</summary>
    public const int MaxRows = 65_536;

    /// <summary>Checks and takes the arrays; they must not change afterwards.</summary>
    /// <param name="agent">Whose input it is; need not be declared.</param>
    /// <param name="boot">Clock domain of the times; must be declared.</param>
    /// <param name="input">The input.</param>
    /// <param name="tUs">µs of the boot, strictly ascending, 1 to <see cref="MaxRows"/>; below <see cref="long.MaxValue"/>.</param>
    /// <param name="raw">Same length; finite, NaN exactly where missing.</param>
    /// <param name="missing">Same length; 0 for a raw row, else the missing reason.</param>
    /// <param name="isCounted">True = the agent's account counts them as rows without sequence numbers; false where a ledger brought from the other hub counts them.</param>
    /// <exception cref="ArgumentException">The arrays are not in that form.</exception>
    public ColumnRows(AgentId agent, BootId boot, InputDeclaration input, long[] tUs, double[] raw, byte[] missing, bool isCounted)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (Problem(tUs, raw, missing) is { } problem)
        {
            throw new ArgumentException(problem, nameof(tUs));
        }

        (Agent, Boot, Input, IsCounted) = (agent, boot, input, isCounted);
        Rows = new BlockRows { TUs = tUs, Raw = raw, Missing = missing, Columns = [new BlockColumn(0, 0, tUs.Length)] };
    }

    /// <summary>Whose input it is.</summary>
    public AgentId Agent { get; }

    /// <summary>Clock domain of the times.</summary>
    public BootId Boot { get; }

    /// <summary>The input.</summary>
    public InputDeclaration Input { get; }

    /// <summary>The rows, one column.</summary>
    public BlockRows Rows { get; }

    /// <summary>Whether the account of rows without sequence numbers grows.</summary>
    public bool IsCounted { get; }

    internal override int Weight => Rows.Count;

    /// <summary>What is wrong with rows; null = nothing. Pure.</summary>
    /// <param name="tUs">Times.</param>
    /// <param name="raw">Values.</param>
    /// <param name="missing">Reasons.</param>
    public static string? Problem(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing)
    {
        if (tUs.Length is 0 or > MaxRows || raw.Length != tUs.Length || missing.Length != tUs.Length)
        {
            return $"{tUs.Length} times, {raw.Length} values, {missing.Length} reasons; expected 1 to {MaxRows} of each, equally many";
        }

        for (var i = 0; i < tUs.Length; i++)
        {
            if (i > 0 && tUs[i] <= tUs[i - 1])
            {
                return $"time {i} is not later than the one before";
            }

            if (missing[i] == 0 ? !double.IsFinite(raw[i]) : !double.IsNaN(raw[i]))
            {
                return $"row {i} is neither a finite value nor missing";
            }
        }

        return tUs[^1] == long.MaxValue ? "the last time is beyond every range" : null;
    }
}
