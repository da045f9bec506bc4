namespace StemLab.Agent.Sensors;

/// <summary>The latest value of one output, for probes that are compensated with it. Safe from any thread.</summary>
/// <param name="keeps">How long a value counts.</param>
/// <param name="time">Clock.</param>
internal sealed class LatestReading(TimeSpan keeps, TimeProvider time)
{
    private volatile Told? latest;

    /// <summary>A new value.</summary>
    public void Tell(double value) => latest = new Told(value, time.GetTimestamp());

    /// <summary>The value; false where there is none young enough.</summary>
    public bool TryRead(out double value)
    {
        var told = latest;
        value = told?.Value ?? 0;
        return told is not null && time.GetElapsedTime(told.At) <= keeps;
    }

    private sealed record Told(double Value, long At);
}
