using System.Diagnostics.Metrics;
using StemLab.Wire.V1;

namespace StemLab.Agent;

/// <summary>Counters of this process, all agents in it together.</summary>
internal static class AgentMeters
{
    private static readonly Meter Meter = new("StemLab.Agent");

    /// <summary>Rows stamped, raw and missing.</summary>
    public static Counter<long> RowsSampled { get; } = Meter.CreateCounter<long>("stemlab.agent.rows.sampled");

    /// <summary>Rows of a source whose time had not grown.</summary>
    public static Counter<long> RowsRefused { get; } = Meter.CreateCounter<long>("stemlab.agent.rows.refused");

    /// <summary>Rows given up, by reason.</summary>
    public static Counter<long> RowsLost { get; } = Meter.CreateCounter<long>("stemlab.agent.rows.lost");

    /// <summary>Sampling deadlines skipped.</summary>
    public static Counter<long> MissedDeadlines { get; } = Meter.CreateCounter<long>("stemlab.agent.deadlines.missed");

    /// <summary>Blocks published, again ones included.</summary>
    public static Counter<long> BlocksOffered { get; } = Meter.CreateCounter<long>("stemlab.agent.blocks.offered");

    /// <summary>Blocks published again for want of a receipt.</summary>
    public static Counter<long> BlocksOfferedAgain { get; } = Meter.CreateCounter<long>("stemlab.agent.blocks.offered_again");

    /// <summary>Connections to a hub that stood.</summary>
    public static Counter<long> Connections { get; } = Meter.CreateCounter<long>("stemlab.agent.connections");

    /// <summary>Tag for a loss.</summary>
    public static KeyValuePair<string, object?> Reason(LostReason reason) => new("reason", reason.ToString());
}
