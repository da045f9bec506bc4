namespace StemLab.Hub.Intake.Door;

/// <summary>Once a second: closes connections that never said CONNECT, fell silent for 1.5 keep-alives, or wait too long for a commit.</summary>
internal sealed class SilenceWatch(FrontDoor door, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var connection in door.Connections)
            {
                connection.CheckSilence();
            }
        }
    }
}
