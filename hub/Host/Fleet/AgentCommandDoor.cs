using System.Collections.Concurrent;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Fleet;

/// <summary>The way commands take to agents and their answers back, opened by the room that holds their connections; until then nobody is reached. Safe from any thread.</summary>
internal sealed class AgentCommandDoor
{
    // Bounded by who waits: each caller takes its own out again.
    private readonly ConcurrentDictionary<(AgentId Agent, Id128 Command), TaskCompletionSource<Result>> _waiting = new();
    private volatile Func<AgentId, Command, CancellationToken, ValueTask<bool>>? _send;

    /// <summary>Says how a command is sent; called once while the hub starts.</summary>
    public void Open(Func<AgentId, Command, CancellationToken, ValueTask<bool>> send) => _send = send;

    /// <summary>False when the agent is not connected; true = handed to its connection, not yet carried out.</summary>
    public ValueTask<bool> SendAsync(AgentId agent, Command command, CancellationToken cancellationToken) =>
        _send is { } send ? send(agent, command, cancellationToken) : ValueTask.FromResult(false);

    /// <summary>What the agent answered; null when it is not connected or did not answer in time. It may carry the command out all the same.</summary>
    /// <param name="agent">Who is asked.</param>
    /// <param name="command">With an id of its own.</param>
    /// <param name="atMost">How long the answer is waited for.</param>
    /// <param name="time">For waiting.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result?> AskAsync(AgentId agent, Command command, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        Id128.TryRead(command.Id.Span, out Id128 id);
        var answered = new TaskCompletionSource<Result>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[(agent, id)] = answered;
        try
        {
            return await SendAsync(agent, command, cancellationToken) ? await answered.Task.WaitAsync(atMost, time, cancellationToken) : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _waiting.TryRemove((agent, id), out _);
        }
    }

    /// <summary>An agent's answer; one that nobody waits for is none of our business any more.</summary>
    public void Answered(AgentId agent, Result result)
    {
        if (Id128.TryRead(result.CommandId.Span, out Id128 id) && _waiting.TryGetValue((agent, id), out TaskCompletionSource<Result>? waiting))
        {
            waiting.TrySetResult(result);
        }
    }
}
