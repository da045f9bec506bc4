using StemLab.Hub.Fleet;

namespace StemLab.Hub.Intake.Door;

/// <summary>Ends connections whose token was revoked, replaced, retired or transferred, as soon as the fleet says so.</summary>
internal sealed class TokenWatch(FrontDoor door, FleetBook fleet) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var version = fleet.Current.Version;
        while (!stoppingToken.IsCancellationRequested)
        {
            await fleet.WaitForChangeAsync(version, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            version = fleet.Current.Version;
            foreach (var connection in door.Connections)
            {
                await connection.CheckTokenAsync(fleet);
            }
        }
    }
}
