using StemLab.Hub.Access;
using StemLab.Hub.Fleet;

namespace StemLab.Hub.Intake.Door;

/// <summary>Ends connections whose token was revoked, replaced, retired or transferred, as soon as the fleet or the people's credentials say so; and those of seats whose values are hidden now.</summary>
internal sealed class TokenWatch(FrontDoor door, FleetBook fleet, CredentialBook credentials, WithheldValues withheld) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var version = fleet.Current.Version;
        var (revocation, hiding) = (credentials.NextRevocation, withheld.NextChange);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAny(fleet.WaitForChangeAsync(version, stoppingToken), revocation.WaitAsync(stoppingToken), hiding.WaitAsync(stoppingToken));
            version = fleet.Current.Version;
            (revocation, hiding) = (credentials.NextRevocation, withheld.NextChange);
            foreach (var connection in door.Connections)
            {
                await connection.CheckTokenAsync(fleet);
                if (connection.Grant?.Reader is { } reader && (!credentials.Holds(reader) || withheld.From(reader)))
                {
                    await connection.EndAsync(IntakeCount.ClosedTokenEnded, ReasonCode.NotAuthorized);
                }
            }
        }
    }
}
