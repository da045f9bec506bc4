using System.Net;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>Decides who an MQTT connection is; the one decision per connection. Safe from any thread; state is the fleet's and the credentials' snapshot.</summary>
internal sealed class MqttAccess(FleetBook fleet, SetupState setup, CredentialBook credentials)
{
    /// <summary>User name of a program that only listens: its password is an API token, a kiosk's or a seat's.</summary>
    public const string ReaderName = "reader";

    /// <summary>
    /// An agent shows its id as user name and its token as password, and its client id is the same id, alone or followed by <c>~something</c>
    /// (so nobody can throw out another by taking its client id). Without a user name it is a maker's device, at the machine of a hub nobody has set up.
    /// </summary>
    /// <returns>The grant; null = refused.</returns>
    public MqttGrant? Authenticate(string? username, string? password, string clientId, IPAddress? remote)
    {
        var isLoopback = remote is not null && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);
        if (setup.IsOwnerAtMachine && !isLoopback)
        {
            return null;
        }

        if (string.IsNullOrEmpty(username))
        {
            return setup.IsOwnerAtMachine && !IsAgents(clientId) ? new MqttGrant(null) : null;
        }

        if (username == ReaderName)
        {
            return !IsAgents(clientId) && credentials.Find(password ?? "") is { Kind: CredentialKind.Token or CredentialKind.Kiosk or CredentialKind.Seat } reader
                ? new MqttGrant(null) { Reader = reader.Id }
                : null;
        }

        if (!Id128.TryParse(username, out var claimed) || clientId.Split('~')[0] != username
            || !fleet.TryAuthenticate(password ?? "", out var agent) || agent != new AgentId(claimed.Value))
        {
            return null;
        }

        return new MqttGrant(agent);
    }

    /// <summary>The client id of an agent is the agent's; 32 other hex digits are what some client libraries call themselves.</summary>
    private bool IsAgents(string clientId) =>
        Id128.TryParse(clientId.Split('~')[0], out var id) && fleet.Current.TryFind(new AgentId(id.Value), out var known) && !known.Foreign;
}
