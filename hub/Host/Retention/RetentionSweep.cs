using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Retention;

/// <summary>Has removals enforced when the hub starts and facts come, and rules applied once an hour. One loop.</summary>
internal sealed class RetentionSweep(RemovalBook removals, FactLog facts, TimeProvider time, ILogger<RemovalBook> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var due = time.GetTimestamp();
        var wait = TimeSpan.FromMinutes(1);
        while (!stoppingToken.IsCancellationRequested)
        {
            long revision = facts.Current.Revision;
            try
            {
                await removals.EnforceAllAsync(stoppingToken);
                if (time.GetElapsedTime(due) >= wait)
                {
                    (due, wait) = (time.GetTimestamp(), Period);
                    await removals.SweepAsync(stoppingToken);
                }
            }
            catch (Exception full) when (full is IOException or SqliteException)
            {
                // Tried again with the next fact or the next minute.
                RetentionLog.Failed(logger, full.Message);
            }

            using var woken = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(facts.WaitForChangeAsync(revision, woken.Token), Task.Delay(TimeSpan.FromMinutes(1), time, woken.Token));
            await woken.CancelAsync();
        }
    }
}
