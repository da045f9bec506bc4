using Google.Protobuf;
using Microsoft.Data.Sqlite;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

/// <summary>
/// Commands already carried out: the last 256, so that one sent twice is done once and answered twice. Those that change the agent are also kept on its card: they end a run, and the power may fail. Safe from any thread.
/// </summary>
/// <param name="kept">The card.</param>
internal sealed class CommandBook(AgentBook kept)
{
    private const int Most = 256;
    private readonly Lock gate = new();
    private readonly Dictionary<Id128, Result> results = [];
    private readonly Queue<Id128> order = new();

    /// <summary>The result of a command done before.</summary>
    public bool TryFind(Id128 id, out Result? result)
    {
        using var locked = gate.EnterScope();
        if (!results.TryGetValue(id, out result) && kept.Answer(id) is { } bytes && HubConnection.TryParse(Result.Parser, bytes, out Result read))
        {
            result = read;
        }

        return result is not null;
    }

    /// <summary>Where the card refuses, memory has to do: what was changed is changed all the same.</summary>
    private void Keep(Id128 id, Result result)
    {
        try
        {
            kept.KeepAnswer(id, result.ToByteArray());
        }
        catch (SqliteException)
        {
            // The outbox says that the card refuses.
        }
    }

    /// <summary>Remembers a result.</summary>
    /// <param name="id">The command.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="changes">True where it changed the agent.</param>
    public void Add(Id128 id, Result result, bool changes)
    {
        if (changes)
        {
            Keep(id, result);
        }

        using var locked = gate.EnterScope();
        if (results.TryAdd(id, result))
        {
            order.Enqueue(id);
        }

        if (order.Count > Most)
        {
            results.Remove(order.Dequeue());
        }
    }
}
