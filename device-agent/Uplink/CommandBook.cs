using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

/// <summary>Commands already carried out: the last 256, so that one sent twice is done once and answered twice. One thread.</summary>
internal sealed class CommandBook
{
    private const int Most = 256;
    private readonly Dictionary<Id128, Result> results = [];
    private readonly Queue<Id128> order = new();

    /// <summary>The result of a command done before.</summary>
    public bool TryFind(Id128 id, out Result? result) => results.TryGetValue(id, out result);

    /// <summary>Remembers a result.</summary>
    public void Add(Id128 id, Result result)
    {
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
