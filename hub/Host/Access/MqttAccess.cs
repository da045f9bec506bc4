using System.Net;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>Decides who an MQTT connection is; the one decision per connection. Safe from any thread; state is the fleet's and the credentials' snapshot.</summary>
internal sealed class MqttAccess(FleetBook fleet, SetupState setup, CredentialBook credentials, WithheldValues withheld)
{
    /// <summary>User name of a program that only listens: its password is an API token, a kiosk's or a seat's.</summary>
    public const string ReaderName = "reader";

    /// <summary>
    /// An agent shows its id as user name and its token as password, and its client id is the same id, alone or followed by <c>~something</c>
    /// (so nobody can throw out another by taking its client id). A maker's device shows its slug and its token. Without a user name it is a maker's device too:
    /// taken from at the machine of a hub nobody has set up, refused and remembered on one that is.
    /// </summary>
    /// <param name="username">As CONNECT says.</param>
    /// <param name="password">As CONNECT says.</param>
    /// <param name="clientId">As CONNECT says, or as the door assigned it.</param>
    /// <param name="remote">Where it comes from.</param>
    /// <param name="shown">What an agent shows of its board; null = nothing.</param>
    /// <returns>The grant; null = refused.</returns>
    public MqttGrant? Authenticate(string? username, string? password, string clientId, IPAddress? remote, AgentKey? shown = null)
    {
        var isLoopback = remote is not null && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);
        if (setup.IsOwnerAtMachine && !isLoopback)
        {
            return null;
        }

        if (string.IsNullOrEmpty(username))
        {
            return IsAgents(clientId) ? null : new MqttGrant(null) { IsTokenless = !setup.IsOwnerAtMachine };
        }

        if (username == ReaderName && !IsAgents(clientId) && credentials.Find(password ?? "") is { Kind: CredentialKind.Token or CredentialKind.Kiosk or CredentialKind.Seat } reader)
        {
            // Topics are told apart by labels, which may move to another agent: a display of one agent or channel reads by page and rpc. A seat whose values are hidden listens to none.
            var isBound = reader.Kind == CredentialKind.Kiosk && !(BoardScope.TryParse(reader.Scope, out var board) && board.IsWhole);
            return isBound || withheld.From(reader.Id) ? null : new MqttGrant(null) { Reader = reader.Id };
        }

        if (!fleet.TryAuthenticate(password ?? "", out var bearer, out var ticket) || !fleet.Current.TryFind(bearer, out var agent))
        {
            return null;
        }

        if (agent.Foreign)
        {
            return agent.Slug == username && !IsAgents(clientId) ? new MqttGrant(null) { Maker = bearer, Topic = agent.Topic, Ticket = ticket } : null;
        }

        // A token on another board was copied with its card.
        var isElsewhere = shown is { Board.Length: > 0 } && agent.Board.Length > 0 && shown.Board != agent.Board;
        if (!Id128.TryParse(username, out var claimed) || clientId.Split('~')[0] != username || bearer != new AgentId(claimed.Value) || isElsewhere)
        {
            return null;
        }

        if (shown is not null)
        {
            fleet.LearnKey(bearer, shown);
        }

        return new MqttGrant(bearer) { Ticket = ticket };
    }

    /// <summary>True while what a connection was let in with is still good: an agent's or a maker's token, a reader's credential, a seat that may see values.</summary>
    public bool Holds(MqttGrant grant)
    {
        var isBearer = grant.Ticket.Length == 0 || (grant.Agent ?? grant.Maker) is not { } bearer || fleet.Holds(bearer, grant.Ticket);
        var isReader = grant.Reader is not { } reader || (credentials.Holds(reader) && !withheld.From(reader));
        return isBearer && isReader;
    }

    /// <summary>The client id of an agent is the agent's; 32 other hex digits are what some client libraries call themselves.</summary>
    private bool IsAgents(string clientId) =>
        Id128.TryParse(clientId.Split('~')[0], out var id) && fleet.Current.TryFind(new AgentId(id.Value), out var known) && !known.Foreign;
}
