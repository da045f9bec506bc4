namespace StemLab.Store;

/// <summary>The store cannot take or give rows now: disk full, disk error, folder not writable, file from a newer version, or closing. Submissions that fail with it are not durable.</summary>
public sealed class StoreUnavailableException : IOException
{
    /// <summary>Without a reason.</summary>
    public StoreUnavailableException()
    {
    }

    /// <summary>With one sentence for people: what happened and what to do.</summary>
    /// <param name="message">The sentence.</param>
    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With the fault behind it.</summary>
    /// <param name="message">One sentence for people.</param>
    /// <param name="innerException">The fault.</param>
    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
