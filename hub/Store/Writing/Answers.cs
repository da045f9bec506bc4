namespace StemLab.Store.Writing;

/// <summary>
/// What the senders of one commit are told: all on one pool thread, never the writer's. A message has a sender of its own, often a connection of its own; a wake-up for each
/// cost more than the commit.
/// </summary>
internal sealed class Answers : IThreadPoolWorkItem
{
    private readonly (Submission Submission, Outcome Outcome)[] _given;
    private readonly StoreUnavailableException? _refusal;

    private Answers((Submission Submission, Outcome Outcome)[] given, StoreUnavailableException? refusal) => (_given, _refusal) = (given, refusal);

    /// <summary>They are durable.</summary>
    public static void Give(IReadOnlyCollection<(Submission Submission, Outcome Outcome)> outcomes) => Queue([.. outcomes], null);

    /// <summary>Nothing of them is durable.</summary>
    public static void Refuse(IEnumerable<Submission> submissions, StoreUnavailableException reason) => Queue([.. submissions.Select(submission => (submission, default(Outcome)))], reason);

    void IThreadPoolWorkItem.Execute()
    {
        foreach (var (submission, outcome) in _given)
        {
            if (_refusal is null)
            {
                submission.Complete(outcome);
            }
            else
            {
                submission.Fail(_refusal);
            }
        }
    }

    private static void Queue((Submission Submission, Outcome Outcome)[] given, StoreUnavailableException? refusal)
    {
        if (given.Length > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Answers(given, refusal), preferLocal: false);
        }
    }
}
