namespace StemLab.Hub.Intake;

/// <summary>How many unreadable messages may be kept aside per minute, so that junk does not fill the disk; the rest is counted only. Safe from any thread.</summary>
internal sealed class AsideBudget(IntakeOptions options, TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();
    private int _left = options.AsidePerMinute;

    public bool TryTake()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_since) >= Minute)
            {
                _since = time.GetTimestamp();
                _left = options.AsidePerMinute;
            }

            return _left-- > 0;
        }
    }
}
