namespace StemLab.Hub.Intake.Door;

/// <summary>A sender is asked for its Birth at most once in two seconds. One user.</summary>
internal sealed class RebirthPause(TimeProvider time)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(2);

    private long _askedAt;

    /// <summary>True where it may be asked now; it is then taken as asked.</summary>
    public bool MayAsk()
    {
        if (_askedAt != 0 && time.GetElapsedTime(_askedAt) < Length)
        {
            return false;
        }

        _askedAt = time.GetTimestamp();
        return true;
    }
}
