namespace StemLab.Agent;

/// <summary>Wakes one waiting loop. Setting it twice before the wait wakes once. Safe from any thread; one waiter.</summary>
internal sealed class AsyncSignal
{
    private volatile TaskCompletionSource source = New();

    /// <summary>True where the next wait returns at once.</summary>
    public bool IsSet => source.Task.IsCompleted;

    /// <summary>Wakes the waiter, now or at its next wait.</summary>
    public void Set() => source.TrySetResult();

    /// <summary>Waits until set or until the time has passed, and resets.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var set = source.Task;
        if (!set.IsCompleted)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(set, Task.Delay(atMost, time, stop.Token));
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (set.IsCompleted)
        {
            source = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
