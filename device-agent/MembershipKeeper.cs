using StemLab.Agent.Operations;
using StemLab.Agent.Provisioning;
using StemLab.Agent.Uplink;

namespace StemLab.Agent;

/// <summary>Stands between an uplink that has lost its hub and the room that knows how to find it; one per run. Called from the uplink's loop only.</summary>
/// <param name="joined">Who it is.</param>
/// <param name="joiner">Finds hubs and knocks.</param>
/// <param name="home">Keeps the membership.</param>
/// <param name="light">Blinks.</param>
/// <param name="endRun">Ends this run so that another begins.</param>
internal sealed class MembershipKeeper(Membership joined, Joiner joiner, Home home, StatusLight light, Action endRun)
{
    private Membership now = joined;

    /// <summary>What the uplink is given.</summary>
    public HubHome Home()
    {
        home.IsMeasuring = true;
        using var key = home.Key();
        return new HubHome(home.Board.Hex, Convert.ToBase64String(key.PublicKey), FindAgainAsync, light.BlinkAsync);
    }

    private async Task<HubLink?> FindAgainAsync(bool isRefused, CancellationToken cancellationToken)
    {
        // A hub that refuses may also be a stranger at the old address: first the own one is looked for, then it is asked.
        if (await joiner.FindAgainAsync(now, isRefused, cancellationToken) is not { } found)
        {
            return null;
        }

        if (found.AgentId != now.AgentId || !HubEndpoint.TryParse(found.HubAddress, out var hub))
        {
            // Somebody else from now on, or sent away to another hub.
            endRun();
            return null;
        }

        now = found;
        return new HubLink(hub, found.Token, found.Tls, found.AuthorityPem);
    }
}
