namespace StemLab.Agent.Sensors;

/// <summary>This machine's time, so many times as fast.</summary>
internal sealed class HastenedTime(int times) : TimeProvider
{
    private readonly DateTimeOffset began = System.GetUtcNow();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => System.GetTimestamp() * times;

    public override DateTimeOffset GetUtcNow() => began + ((System.GetUtcNow() - began) * times);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / times : dueTime, period > TimeSpan.Zero ? period / times : period);
}
