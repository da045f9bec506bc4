using StemLab.Hub.Access;
using StemLab.Hub.Fleet;

namespace StemLab.Hub.Intake.Door;

/// <summary>Ends connections whose token was revoked, replaced, retired or transferred, as soon as the fleet or the people's credentials say so.</summary>
internal sealed class TokenWatch(FrontDoor door, FleetBook fleet, CredentialBook credentials) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var version = fleet.Current.Version;
        var revocation = credentials.NextRevocation;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAny(fleet.WaitForChangeAsync(version, stoppingToken), revocation.WaitAsync(stoppingToken));
            version = fleet.Current.Version;
            revocation = credentials.NextRevocation;
            foreach (var connection in door.Connections)
            {
                await connection.CheckTokenAsync(fleet);
                if (connection.Grant?.Reader is { } reader && !credentials.Holds(reader))
                {
                    await connection.EndAsync(IntakeCount.ClosedTokenEnded, ReasonCode.NotAuthorized);
                }
            }
        }
    }
}
