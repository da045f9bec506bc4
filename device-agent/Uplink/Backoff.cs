namespace StemLab.Agent.Uplink;

/// <summary>How long to wait before the next attempt: full jitter (Brooker 2015), so that a class of agents does not knock all at once. One thread.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private int failures;

    /// <summary>The next wait: random between zero and first × 2^failures, at most the longest, at least a tenth of the first.</summary>
    public TimeSpan Next()
    {
        var ceiling = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(failures++, 30)));
        return TimeSpan.FromMilliseconds(Math.Max(first.TotalMilliseconds / 10, random.NextDouble() * ceiling));
    }

    /// <summary>An attempt succeeded.</summary>
    public void Reset() => failures = 0;
}
