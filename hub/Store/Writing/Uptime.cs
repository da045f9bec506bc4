namespace StemLab.Store.Writing;

/// <summary>Running time of the store over all its openings, in ms: never steps, whatever the wall clock does.</summary>
internal sealed class Uptime(TimeProvider time, long baseMs)
{
    private readonly long _opened = time.GetTimestamp();

    public long NowMs => baseMs + (long)time.GetElapsedTime(_opened).TotalMilliseconds;
}
