using Microsoft.Extensions.Logging;
using StemLab.Agent.Outbox;
using StemLab.Agent.Sensors;
using StemLab.Agent.TimeKeeping;

namespace StemLab.Agent.Sampling;

/// <summary>
/// Takes what a timed source gives: at once what is already due, the rest when its clock has come to it. While half of the outbox waits for receipts the source waits too, and loses nothing.
/// </summary>
/// <param name="source">The source.</param>
/// <param name="intake">Where its rows go.</param>
/// <param name="clock">The boot clock of a device-clock source; null for utc, which paces itself.</param>
/// <param name="fromTUs">First time wanted.</param>
/// <param name="time">Clock for waiting.</param>
/// <param name="logger">Logger.</param>
internal sealed class SourcePump(ITimedSource source, RowIntake intake, BootClock? clock, long fromTUs, TimeProvider time, ILogger<SourcePump> logger)
{
    private static readonly TimeSpan RoomInterval = TimeSpan.FromMilliseconds(100);
    private readonly List<Row> group = [];
    private long arrivedUs;
    private int lastOutput;

    /// <summary>Runs until the source has ended or the token is cancelled. A source that fails ends with one line in the log; the agent goes on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var rows = await PumpAsync(cancellationToken);
            SamplingLog.SourceEnded(logger, source.Description.Name, rows);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            SamplingLog.SourceFailed(logger, source.Description.Name, failure);
        }
    }

    private async Task<long> PumpAsync(CancellationToken cancellationToken)
    {
        var rows = 0L;
        var readings = source.ReadAsync(fromTUs, clock?.NowUs() ?? 0, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (readings)
        {
            while (true)
            {
                var next = readings.MoveNextAsync();
                if (!(next.IsCompleted ? await next : await FlushWhileAsync(next.AsTask(), cancellationToken)))
                {
                    break;
                }

                var reading = Stamped(readings.Current);
                if (group.Count > 0 && reading.TUs != group[0].TUs)
                {
                    await FlushAsync(cancellationToken);
                }

                group.Add(new Row(intake.FirstInput + reading.Output, reading.TUs, reading.Value, reading.Missing));
                rows++;
            }
        }

        await FlushAsync(cancellationToken);
        return rows;
    }

    /// <summary>A reading without a time gets that of its arrival; those of one line, whose outputs grow, share it.</summary>
    private TimedReading Stamped(TimedReading reading)
    {
        if (reading.TUs != TimedReading.OnArrival || clock is null)
        {
            return reading;
        }

        var isOfSameMoment = arrivedUs > 0 && reading.Output > lastOutput && group.Count > 0;
        arrivedUs = isOfSameMoment ? arrivedUs : Math.Max(clock.NowUs(), arrivedUs + 1);
        lastOutput = reading.Output;
        return reading with { TUs = arrivedUs };
    }

    /// <summary>The source itself waits: what it has given is not held back until it goes on.</summary>
    private async Task<bool> FlushWhileAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken);
        }
        finally
        {
            // An enumerator must not be disposed while it moves; it stops by the same token.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await next;
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (group.Count == 0)
        {
            return;
        }

        if (clock is not null)
        {
            await clock.WaitUntilAsync(group[0].TUs, time, cancellationToken);
        }

        while (!intake.IsRoomy)
        {
            await Task.Delay(RoomInterval, time, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        intake.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(group));
        group.Clear();
    }
}
