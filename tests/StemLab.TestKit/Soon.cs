namespace StemLab.TestKit;

/// <summary>Waits that have an end. A client library that is given a token it could be cancelled by has no time limit of its own: an answer that never comes would hold the whole run up, and nobody would know what it waits for.</summary>
public static class Soon
{
    /// <summary>Generous: a loaded machine of two cores takes seconds at the worst.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Waits for work that a healthy hub ends soon.</summary>
    /// <param name="work">What is waited for.</param>
    /// <param name="otherwise">What is wrong when it does not end, as a sentence without its end.</param>
    /// <exception cref="TimeoutException">It took longer than <see cref="Limit"/>; says what is wrong.</exception>
    public static async Task IsDoneAsync(Task work, string otherwise)
    {
        try
        {
            await work.WaitAsync(Limit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{otherwise} after {Limit.TotalSeconds:0} s");
        }
    }

    /// <inheritdoc cref="IsDoneAsync(Task, string)"/>
    public static async Task<T> IsDoneAsync<T>(Task<T> work, string otherwise)
    {
        await IsDoneAsync((Task)work, otherwise);
        return await work;
    }
}
