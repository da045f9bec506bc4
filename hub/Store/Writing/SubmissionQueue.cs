namespace StemLab.Store.Writing;

/// <summary>
/// The one door to the writer. Bounded by rows: who finds it full waits in order of arrival. The writer takes everything at once, which is what makes a
/// group commit. Safe from any thread.
/// </summary>
internal sealed class SubmissionQueue(int capacityRows)
{
    // A monitor, not a Lock: the writer waits on it.
    private readonly object _lock = new();
    private readonly Queue<(Submission Submission, TaskCompletionSource Admitted)> _waiting = [];
    private List<Submission> _gathered = [];
    private long _rows;
    private StoreUnavailableException? _closed;

    public long Rows => Volatile.Read(ref _rows);

    public ValueTask AddAsync(Submission submission, CancellationToken cancellationToken)
    {
        TaskCompletionSource admitted;
        lock (_lock)
        {
            if (_closed is not null)
            {
                return ValueTask.FromException(_closed);
            }

            if (_waiting.Count == 0 && HasRoom(submission))
            {
                Admit(submission);
                return ValueTask.CompletedTask;
            }

            admitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((submission, admitted));
        }

        return new ValueTask(WaitAsync(admitted, cancellationToken));
    }

    /// <summary>Writer thread only. Takes all that has gathered; waits for something unless told not to.</summary>
    /// <param name="taken">An empty list, exchanged for the gathered one.</param>
    /// <param name="mayWait">False when the writer has work of its own.</param>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(ref List<Submission> taken, bool mayWait)
    {
        lock (_lock)
        {
            while (_gathered.Count == 0)
            {
                if (_closed is not null)
                {
                    return false;
                }

                if (!mayWait)
                {
                    return true;
                }

                Monitor.Wait(_lock);
            }

            (taken, _gathered) = (_gathered, taken);
            Volatile.Write(ref _rows, 0);
            AdmitWaiting();
            return true;
        }
    }

    /// <summary>No more submissions; what was admitted is still taken.</summary>
    public void Close(StoreUnavailableException reason)
    {
        lock (_lock)
        {
            _closed ??= reason;
            while (_waiting.TryDequeue(out var one))
            {
                one.Admitted.TrySetException(reason);
            }

            Monitor.Pulse(_lock);
        }
    }

    private static async Task WaitAsync(TaskCompletionSource admitted, CancellationToken cancellationToken)
    {
        // A submission whose sender gave up waiting is passed over when its turn comes.
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), admitted);
        await admitted.Task.ConfigureAwait(false);
    }

    private bool HasRoom(Submission submission) => _rows == 0 || _rows + submission.Weight <= capacityRows;

    private void Admit(Submission submission)
    {
        _gathered.Add(submission);
        Volatile.Write(ref _rows, _rows + submission.Weight);
        if (_gathered.Count == 1)
        {
            Monitor.Pulse(_lock);
        }
    }

    private void AdmitWaiting()
    {
        while (_waiting.TryPeek(out var next) && HasRoom(next.Submission))
        {
            _waiting.Dequeue();
            if (next.Admitted.TrySetResult())
            {
                Admit(next.Submission);
            }
        }
    }
}
