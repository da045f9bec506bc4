using Microsoft.Extensions.Logging;
using StemLab.Agent.Outbox;
using StemLab.Agent.Sensors;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sampling;

/// <summary>
/// Asks one probe at absolute deadlines and stamps its readings at the end of the transfer. Below 20 Hz it waits without a thread; from 20 Hz on it has one of its own.
/// </summary>
internal sealed class ProbeSampler
{
    private const long HangsUs = 60_000_000;
    private static readonly TimeSpan FastLane = TimeSpan.FromMilliseconds(50);

    private readonly IProbe probe;
    private readonly RowIntake intake;
    private readonly BootClock clock;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Grid grid;
    private readonly RawReading[] readings;
    private readonly Row[] rows;
    private bool failing;
    private long missedDeadlines;
    private long turnedUs = long.MaxValue;
    private volatile bool isSilent;

    public ProbeSampler(IProbe probe, RowIntake intake, BootClock clock, TimeProvider time, ILogger<ProbeSampler> logger)
    {
        (this.probe, this.intake, this.clock, this.time, this.logger) = (probe, intake, clock, time, logger);
        var intervalUs = (long)probe.Description.Interval.TotalMicroseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(intervalUs, 1, nameof(probe));
        grid = new Grid(intervalUs, intake.FirstInput * 7_919L % intervalUs);
        readings = new RawReading[probe.Description.Outputs.Length];
        rows = new Row[readings.Length];
    }

    /// <summary>Deadlines that passed while the probe was still busy, or the machine was.</summary>
    public long MissedDeadlines => Volatile.Read(ref missedDeadlines);

    /// <summary>True while the latest reading had no value at all.</summary>
    public bool IsSilent => isSilent;

    /// <summary>True where the probe has not come back for two intervals and a minute: its driver hangs.</summary>
    public bool IsOverdue => Volatile.Read(ref turnedUs) is var turned && turned != long.MaxValue && clock.NowUs() - turned > (2 * grid.IntervalUs) + HangsUs;

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        probe.Description.Interval <= FastLane
            ? Task.Factory.StartNew(() => RunOnThread(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : RunOnGridAsync(cancellationToken);

    private async Task RunOnGridAsync(CancellationToken cancellationToken)
    {
        var deadline = grid.AtOrAfter(clock.NowUs());
        while (true)
        {
            await clock.WaitUntilAsync(deadline, time, cancellationToken);
            await SampleAsync(cancellationToken);
            deadline = Next(deadline);
        }
    }

    private void RunOnThread(CancellationToken cancellationToken)
    {
        var deadline = grid.AtOrAfter(clock.NowUs());
        while (true)
        {
            clock.SleepUntil(deadline, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            SampleAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
            deadline = Next(deadline);
        }
    }

    private async ValueTask SampleAsync(CancellationToken cancellationToken)
    {
        try
        {
            await probe.ReadAsync(readings, cancellationToken);
            failing = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception bug)
        {
            for (var i = 0; i < readings.Length; i++)
            {
                readings[i] = RawReading.Without(i, MissingReason.Fault);
            }

            if (!failing)
            {
                failing = true;
                SamplingLog.ProbeThrew(logger, probe.Description.Name, bug);
            }
        }

        var tUs = clock.NowUs();
        Volatile.Write(ref turnedUs, tUs);
        var silent = true;
        for (var i = 0; i < rows.Length; i++)
        {
            silent &= readings[i].Status == ReadStatus.Missing;
            rows[i] = new Row(intake.FirstInput + readings[i].Output, tUs, readings[i].Value, readings[i].Missing);
        }

        isSilent = silent;
        intake.Append(rows);
    }

    private long Next(long deadline)
    {
        var next = grid.After(deadline, clock.NowUs(), out var missed);
        if (missed > 0)
        {
            Interlocked.Add(ref missedDeadlines, missed);
            AgentMeters.MissedDeadlines.Add(missed);
        }

        return next;
    }
}
