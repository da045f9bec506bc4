namespace StemLab.Agent.Outbox;

/// <summary>
/// In which order one connection offers what is held: the newest slice and everything sealed since, then what waited too long for its receipt, then the backlog, oldest first.
/// At most a window of blocks is in flight, that is offered and not yet receipted. One thread.
/// </summary>
internal sealed class Offers
{
    /// <summary>Blocks of the newest slice: about what a live view shows at once.</summary>
    public const int NewestSlice = 8;

    private const int MostAgain = 64;

    private readonly Outbox outbox;
    private readonly int window;
    private readonly TimeSpan patience;
    private readonly TimeProvider time;
    private readonly Random jitter;
    private readonly Dictionary<long, (HeldBlock Block, long Since, TimeSpan Patience)> inFlight = [];
    private readonly Queue<HeldBlock> again = new();
    private readonly Queue<HeldBlock> live = new();
    private readonly Queue<HeldBlock> backlog = new();
    private long liveAfter;
    private long backlogAfter;
    private long backlogBefore;

    /// <param name="outbox">What is held.</param>
    /// <param name="window">Most blocks in flight.</param>
    /// <param name="patience">How long a receipt is waited for; each block a quarter more or less.</param>
    /// <param name="time">Clock.</param>
    /// <param name="jitter">Spreads the patience.</param>
    public Offers(Outbox outbox, int window, TimeSpan patience, TimeProvider time, Random jitter)
    {
        (this.outbox, this.window, this.patience, this.time, this.jitter) = (outbox, window, patience, time, jitter);
        outbox.SettleReceipts();
        liveAfter = outbox.NewestAfter(NewestSlice);
        backlogBefore = liveAfter + 1;
    }

    /// <summary>Blocks offered and not receipted.</summary>
    public int InFlight => inFlight.Count;

    /// <summary>The next block to publish; null while the window is full or nothing waits.</summary>
    public HeldBlock? Next()
    {
        if (inFlight.Count >= window)
        {
            return null;
        }

        var block = (again.Count < MostAgain ? Take(live, ref liveAfter, long.MaxValue) : null)
            ?? TakeAgain()
            ?? Take(backlog, ref backlogAfter, backlogBefore);
        if (block is not null)
        {
            inFlight[block.Id] = (block, time.GetTimestamp(), patience * (0.75 + (jitter.NextDouble() / 2)));
        }

        return block;
    }

    /// <summary>After a receipt: what it covers is no longer in flight.</summary>
    public void Settle()
    {
        foreach (var id in inFlight.Where(entry => outbox.IsCovered(entry.Value.Block)).Select(entry => entry.Key).ToList())
        {
            inFlight.Remove(id);
        }
    }

    /// <summary>What has waited longer than the patience is to be offered again; returns how many.</summary>
    public int Expire() => Recall(entry => time.GetElapsedTime(entry.Since) >= entry.Patience);

    /// <summary>The hub now knows something it did not: all in flight is offered again.</summary>
    public int RecallAll() => Recall(_ => true);

    /// <summary>Another store: everything held is to be offered, oldest first after the newest.</summary>
    public void Restart()
    {
        RecallAll();
        backlog.Clear();
        backlogAfter = 0;
        backlogBefore = liveAfter + 1;
    }

    private int Recall(Func<(HeldBlock Block, long Since, TimeSpan Patience), bool> which)
    {
        var recalled = inFlight.Where(entry => which(entry.Value)).OrderBy(entry => entry.Key).ToList();
        foreach (var (id, entry) in recalled)
        {
            inFlight.Remove(id);
            again.Enqueue(entry.Block);
        }

        AgentMeters.BlocksOfferedAgain.Add(recalled.Count);
        return recalled.Count;
    }

    private HeldBlock? TakeAgain()
    {
        while (again.TryDequeue(out var block))
        {
            if (!outbox.IsCovered(block))
            {
                return block;
            }
        }

        return null;
    }

    private HeldBlock? Take(Queue<HeldBlock> page, ref long after, long before)
    {
        while (true)
        {
            while (page.TryDequeue(out var block))
            {
                if (!inFlight.ContainsKey(block.Id) && !outbox.IsCovered(block))
                {
                    return block;
                }
            }

            var next = outbox.Waiting(after, before);
            if (next.Count == 0)
            {
                return null;
            }

            after = next[^1].Id;
            foreach (var block in next)
            {
                page.Enqueue(block);
            }
        }
    }
}
