using StemLab.Hub.Access;
using StemLab.Hub.Fleet;

namespace StemLab.Hub.Intake.Door;

/// <summary>
/// Ends connections whose token was revoked, replaced, retired or transferred, as soon as the fleet or the people's credentials say so; and those of seats whose values are hidden now.
/// Waits for no client: the next one that has to go is not kept by one that does not read.
/// </summary>
internal sealed class TokenWatch(FrontDoor door, FleetBook fleet, CredentialBook credentials, WithheldValues withheld) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (altered, revoked, hidden) = (Task.CompletedTask, Task.CompletedTask, Task.CompletedTask);
        while (!stoppingToken.IsCancellationRequested)
        {
            // Asked for anew only when it has fired: a wait that seldom ends must not pile up, change by change of the fleet. And before looking: what changes meanwhile is seen in the next round.
            altered = altered.IsCompleted ? fleet.WaitForChangeAsync(fleet.Current.Version, stoppingToken) : altered;
            revoked = revoked.IsCompleted ? credentials.NextRevocation.WaitAsync(stoppingToken) : revoked;
            hidden = hidden.IsCompleted ? withheld.NextChange.WaitAsync(stoppingToken) : hidden;
            foreach (var connection in door.Connections)
            {
                if (connection.Grant is { } grant && !door.Access.Holds(grant))
                {
                    connection.End(IntakeCount.ClosedTokenEnded, ReasonCode.NotAuthorized);
                }
            }

            await Task.WhenAny(altered, revoked, hidden);
        }
    }
}
