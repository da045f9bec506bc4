using System.Runtime.CompilerServices;
using StemLab.Agent.Sensors;
using StemLab.Wire.V1;

namespace StemLab.EndToEnd;

/// <summary>A probe that measures what only a test can know: the true time, in seconds since the world's beginning, once a second on each of some outputs.</summary>
internal sealed class TruthProbe(MachineClock clock, int outputs) : ITimedSource
{
    private const long Second = 1_000_000;
    private long given;
    private volatile bool isAskedToEnd;
    private volatile bool hasEnded;

    /// <summary>Readings given so far; once it <see cref="HasEnded"/>, all there will ever be.</summary>
    public long Given => Interlocked.Read(ref given);

    /// <summary>It gives no more.</summary>
    public bool HasEnded => hasEnded;

    public ProbeDescription Description { get; } = new(
        "truth", TimeSpan.FromSeconds(1), [.. Enumerable.Range(0, outputs).Select(output => new OutputDescription($"truth-{output}", "elapsed_time", "s"))]);

    public SourceClock Clock { get; } = SourceClock.Device(TimeSpan.Zero);

    public async IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The agent's boot began when its process did, a little after the machine.
        var bootAt = clock.GetTimestamp() - nowTUs;
        for (var tUs = (nowTUs / Second * Second) + Second; !isAskedToEnd; tUs += Second)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var output = 0; output < outputs; output++)
            {
                Interlocked.Increment(ref given);
                yield return new TimedReading(output, tUs, clock.TrueUs(bootAt + tUs) / Second, MissingReason.Unspecified);
            }

            await Task.CompletedTask;
        }

        hasEnded = true;
    }

    /// <summary>Asks it to give no more after the second it is at.</summary>
    public void End() => isAskedToEnd = true;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
