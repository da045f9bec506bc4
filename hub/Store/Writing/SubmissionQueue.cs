namespace StemLab.Store.Writing;

/// <summary>
/// The one door to the writer. Bounded by rows: who finds it full waits in order of arrival. The writer takes everything at once, which is what makes a
/// group commit. Safe from any thread.
/// </summary>
internal sealed class SubmissionQueue(int capacityRows, TimeSpan interval, TimeProvider time)
{
    /// <summary>How long a commit waits for more while many senders trickle. Nobody sees it; each commit it saves is an fsync and three thread switches.</summary>
    private static readonly TimeSpan TrickleInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>So many submissions are worth a commit of their own.</summary>
    private const int Enough = 64;

    /// <summary>Waiting that gathered fewer was not worth it; the next <see cref="CommitsWithoutTrial"/> commits wait for nothing.</summary>
    private const int Worthwhile = 4;

    private const int CommitsWithoutTrial = 100;

    /// <summary>How long a batch may hold the writer: whoever adds it may be held up itself.</summary>
    private static readonly TimeSpan LongestBatch = TimeSpan.FromMilliseconds(20);

    // A monitor, not a Lock: the writer waits on it.
    private readonly object _lock = new();
    private readonly Queue<(Submission Submission, TaskCompletionSource Admitted)> _waiting = [];
    private List<Submission> _gathered = [];
    private long _rows;
    private StoreUnavailableException? _closed;
    private bool _isUrgent;
    private long? _takenAt;
    private int _untried;
    private bool _hasWaited;

    /// <summary>The newest commit gathered enough by waiting: many senders trickle.</summary>
    private bool _isTrickle;

    /// <summary>The writer waits out the time between two commits, and need not hear of a first submission.</summary>
    private bool _isDozing;

    // Batches being added now, and since when there is one.
    private int _batches;
    private long _batchSince;

    public long Rows => Volatile.Read(ref _rows);

    /// <summary>What is added until <see cref="EndBatch"/> is one commit, unless it is enough before or takes too long.</summary>
    public void BeginBatch()
    {
        lock (_lock)
        {
            if (_batches++ == 0)
            {
                _batchSince = time.GetTimestamp();
            }
        }
    }

    public void EndBatch()
    {
        lock (_lock)
        {
            if (--_batches == 0 && _gathered.Count > 0 && !_isDozing)
            {
                Monitor.Pulse(_lock);
            }
        }
    }

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

    /// <summary>Writer thread only. Takes all that has gathered, not sooner than the interval after the last time (without one: not sooner than is worth it); waits for it unless told not to.</summary>
    /// <param name="taken">An empty list, exchanged for the gathered one.</param>
    /// <param name="mayWait">False when the writer has work of its own.</param>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(ref List<Submission> taken, bool mayWait)
    {
        lock (_lock)
        {
            while (_gathered.Count == 0 || IsEarly())
            {
                if (_gathered.Count == 0 && _closed is not null)
                {
                    return false;
                }

                _hasWaited = _gathered.Count > 0 && !IsBatchOpen;
                if (!mayWait)
                {
                    return true;
                }

                Wait();
            }

            Judge();
            (taken, _gathered) = (_gathered, taken);
            _takenAt = time.GetTimestamp();
            _isUrgent = false;
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

    /// <summary>Rows may still join those gathered. Errands, a closing store and a queue half full do not wait.</summary>
    private bool IsEarly() => _closed is null && !_isUrgent && _rows * 2 < capacityRows && (IsBatchOpen || (Left() > TimeSpan.Zero && MayWaitForMore));

    /// <summary>More is on its way by the thread that adds.</summary>
    private bool IsBatchOpen => _batches > 0 && _gathered.Count < Enough && time.GetElapsedTime(_batchSince) < LongestBatch;

    /// <summary>With an interval always. Without one once a commit, and only while that is worth it.</summary>
    private bool MayWaitForMore => interval > TimeSpan.Zero || (_untried == 0 && !_hasWaited && _gathered.Count < Enough);

    private TimeSpan Left() => _takenAt is { } at ? (interval > TimeSpan.Zero ? interval : TrickleInterval) - time.GetElapsedTime(at) : TimeSpan.Zero;

    /// <summary>Goes on waiting between commits only while that gathers something: a lone sender that publishes after each answer is not held back.</summary>
    private void Judge()
    {
        if (_untried > 0)
        {
            _untried--;
        }
        else if (_hasWaited && _gathered.Count < Worthwhile)
        {
            _untried = CommitsWithoutTrial;
        }

        _isTrickle = interval > TimeSpan.Zero || (_hasWaited && _gathered.Count >= Worthwhile);
        _hasWaited = false;
    }

    private void Wait()
    {
        if (_gathered.Count > 0 && IsBatchOpen)
        {
            Monitor.Wait(_lock, LongestBatch);
            return;
        }

        var left = Left();
        if (_gathered.Count == 0 && !(_isTrickle && left > TimeSpan.Zero))
        {
            Monitor.Wait(_lock);
            return;
        }

        // The time may have passed since it was looked at: what is left is never less than nothing.
        _isDozing = true;
        Monitor.Wait(_lock, (left > TimeSpan.Zero ? left : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1));
        _isDozing = false;
        _hasWaited = _gathered.Count > 0;
    }

    private bool HasRoom(Submission submission) => _rows == 0 || _rows + submission.Weight <= capacityRows;

    private void Admit(Submission submission)
    {
        _gathered.Add(submission);
        Volatile.Write(ref _rows, _rows + submission.Weight);
        _isUrgent |= submission is Errand or Declaring;
        if ((_gathered.Count == 1 && !_isDozing && _batches == 0) || _gathered.Count == Enough || _isUrgent || _rows * 2 >= capacityRows)
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
