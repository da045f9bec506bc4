namespace StemLab.Hub.Classroom;

/// <summary>Ends sessions, seats and other secrets whose time is over. One loop.</summary>
internal sealed class SessionWatch(ClassSessions sessions, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            sessions.Sweep();
        }
    }
}
