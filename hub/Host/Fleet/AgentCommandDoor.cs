using StemLab.Store;
using StemLab.Wire.V1;

namespace StemLab.Hub.Fleet;

/// <summary>The way commands take to agents, opened by the room that holds their connections; until then nobody is reached.</summary>
internal sealed class AgentCommandDoor
{
    private volatile Func<AgentId, Command, CancellationToken, ValueTask<bool>>? _send;

    /// <summary>Says how a command is sent; called once while the hub starts.</summary>
    public void Open(Func<AgentId, Command, CancellationToken, ValueTask<bool>> send) => _send = send;

    /// <summary>False when the agent is not connected; true = handed to its connection, not yet carried out.</summary>
    public ValueTask<bool> SendAsync(AgentId agent, Command command, CancellationToken cancellationToken) =>
        _send is { } send ? send(agent, command, cancellationToken) : ValueTask.FromResult(false);
}
