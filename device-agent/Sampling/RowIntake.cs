using StemLab.Agent.Outbox;

namespace StemLab.Agent.Sampling;

/// <summary>Where the rows of one probe or source go. Safe from any thread.</summary>
/// <param name="outbox">The outbox.</param>
/// <param name="sealer">The stream of their clock.</param>
/// <param name="firstInput">Input of the first output.</param>
internal sealed class RowIntake(Outbox.Outbox outbox, StreamSealer sealer, int firstInput)
{
    /// <summary>Input of the first output.</summary>
    public int FirstInput { get; } = firstInput;

    /// <summary>False while a source that can wait should.</summary>
    public bool IsRoomy => outbox.IsRoomy;

    /// <summary>Takes rows that belong together; returns how many were refused because their time had not grown.</summary>
    public int Append(ReadOnlySpan<Row> rows) => outbox.Append(sealer, rows);
}
