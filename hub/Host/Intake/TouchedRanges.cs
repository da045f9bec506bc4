using StemLab.Store;

namespace StemLab.Hub.Intake;

/// <summary>What one connection's settled blocks ask the hub to say: ranges to receipt, and blocks that name something undeclared. Owned by the connection's pump.</summary>
internal sealed class TouchedRanges
{
    private readonly List<(AgentId Agent, StreamId Stream, ulong FirstSeq)> _covered = [];

    public bool IsEmpty => _covered.Count == 0 && Unknown is null;

    public IReadOnlyList<(AgentId Agent, StreamId Stream, ulong FirstSeq)> Covered => _covered;

    /// <summary>The newest block that named something undeclared; null where none did.</summary>
    public Submission? Unknown { get; private set; }

    public void Add(AgentId agent, StreamId stream, ulong firstSeq) => _covered.Add((agent, stream, firstSeq));

    public void AddUnknown(Submission submission) => Unknown = submission;

    public void Clear()
    {
        _covered.Clear();
        Unknown = null;
    }
}
