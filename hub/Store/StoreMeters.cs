using System.Diagnostics.Metrics;

namespace StemLab.Store;

/// <summary>Meters of the store. Safe from any thread.</summary>
internal static class StoreMeters
{
    private static readonly Meter Meter = new("StemLab.Hub");

    public static readonly Histogram<double> CommitMs = Meter.CreateHistogram<double>("stemlab.store.commit", "ms", "Time of one group commit, fsync included");

    public static readonly Counter<long> Rows = Meter.CreateCounter<long>("stemlab.store.rows", "{row}", "Rows decided, by fate");

    public static readonly Counter<long> Refusals = Meter.CreateCounter<long>("stemlab.store.refusals", "{commit}", "Commits the disk refused");

    /// <summary>Counts what a commit decided.</summary>
    public static void Count(in Writing.Tally tally)
    {
        Add(tally.Stored, "stored");
        Add(tally.Duplicate, "duplicate");
        Add(tally.Conflict, "conflict");
        Add(tally.Erased, "erased");
        Add(tally.Rejected, "rejected");
    }

    private static void Add(int rows, string fate)
    {
        if (rows > 0 && Rows.Enabled)
        {
            Rows.Add(rows, new KeyValuePair<string, object?>("fate", fate));
        }
    }
}
