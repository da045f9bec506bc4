using System.Net;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>Decides who an MQTT connection is. Safe from any thread; state is the fleet's snapshot.</summary>
internal sealed class MqttAccess(FleetBook fleet)
{
    /// <summary>
    /// An agent shows its id as user name and its token as password, and its client id is the same id, alone or followed by <c>~something</c>
    /// (so nobody can throw out another by taking its client id). Without a user name it is a maker's device. Only this machine is let in.
    /// </summary>
    /// <returns>The grant; null = refused.</returns>
    public MqttGrant? Authenticate(string? username, string? password, string clientId, IPAddress? remote)
    {
        if (remote is null || !IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote))
        {
            return null;
        }

        if (string.IsNullOrEmpty(username))
        {
            // The client id of an agent is the agent's; 32 other hex digits are what some client libraries call themselves.
            var isAgents = Id128.TryParse(clientId.Split('~')[0], out var id) && fleet.Current.TryFind(new AgentId(id.Value), out var known) && !known.Foreign;
            return isAgents ? null : new MqttGrant(null);
        }

        if (!Id128.TryParse(username, out var claimed) || clientId.Split('~')[0] != username
            || !fleet.TryAuthenticate(password ?? "", out var agent) || agent != new AgentId(claimed.Value))
        {
            return null;
        }

        return new MqttGrant(agent);
    }
}
