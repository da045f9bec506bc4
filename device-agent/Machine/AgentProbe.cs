using System.Collections.Immutable;
using StemLab.Agent.Sensors;
using StemLab.Wire.V1;

namespace StemLab.Agent.Machine;

/// <summary>The agent as a probe of itself: what it knows of its own health is measured, kept and sent like any reading. One reader.</summary>
internal sealed class AgentProbe : IProbe
{
    /// <summary>The port its figures are of.</summary>
    public const string Port = "agent";

    private readonly ImmutableArray<Func<double?>> reads;

    private AgentProbe(ProbeDescription description, ImmutableArray<Func<double?>> reads) => (Description, this.reads) = (description, reads);

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <summary>What this machine can tell, and what the agent always can.</summary>
    /// <param name="facts">The machine.</param>
    /// <param name="health">The agent's own counts.</param>
    /// <param name="clockBoundSeconds">Half-width within which it knows the time, s; null while nothing has told it.</param>
    /// <param name="interval">Time between readings.</param>
    public static AgentProbe Of(MachineFacts facts, Func<Health> health, Func<double?> clockBoundSeconds, TimeSpan interval)
    {
        (string Quantity, string Unit, string Label, Func<double?> Read, bool Always)[] all =
        [
            ("processor_temperature", "Cel", "Bộ xử lý · Processor", facts.ProcessorCelsius, false),
            ("undervoltage", "1", "Điện áp thấp (1 = nguồn quá yếu) · Undervoltage (1 = power supply too weak)", facts.Undervoltage, false),
            ("disk_free", "By", "Chỗ trống · Free disk", facts.FreeBytes, false),
            ("backlog_age", "s", "Số đo cũ nhất trạm chưa xác nhận · Oldest reading the hub has not confirmed", () => health().OldestUnreceiptedUs / 1e6, true),
            ("backlog_blocks", "1", "Khối trạm chưa xác nhận · Blocks the hub has not confirmed", () => health().OutboxBlocks, true),
            ("missed_deadlines", "1", "Số lần đo bị lỡ từ lúc khởi động · Readings that could not be taken in time, since start", () => health().MissedDeadlines, true),
            ("rows_lost", "1", "Số đo đã mất từ lúc khởi động · Readings given up, since start", () => health().RowsLost, true),
            ("clock_bound", "s", "Sai số đồng hồ; thiếu = chưa ai cho biết giờ · Clock known within; missing = nothing has told it the time yet", clockBoundSeconds, true),
        ];
        var told = all.Where(fact => fact.Always || fact.Read() is not null).ToList();
        return new AgentProbe(
            new ProbeDescription("agent", interval, [.. told.Select(fact => new OutputDescription(Port, fact.Quantity, fact.Unit) { Label = fact.Label, ProbeModel = "stemlab-agent" })]),
            [.. told.Select(fact => fact.Read)]);
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        for (var i = 0; i < reads.Length; i++)
        {
            into.Span[i] = reads[i]() is { } value ? RawReading.Of(i, value) : RawReading.Without(i, MissingReason.Absent);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
