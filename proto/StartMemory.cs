using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;

namespace StemLab.Wire;

/// <summary>
/// What only the start needed is given back to the system once, some seconds later: garbage, and pages of the program and its libraries, a third of what an agent or a hub holds by then. Code that is needed again comes from the file.
/// Nothing happens on another system than Linux. Stateless; call it once, from any thread.
/// </summary>
public static class StartMemory
{
    private const int DontNeed = 4;
    private const string Map = "/proc/self/smaps";
    private static readonly TimeSpan After = TimeSpan.FromSeconds(2);

    /// <summary>What is still being loaded at the first look has been relocated by the second.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Waits three seconds, gives back once, ends. What cannot be given back stays; nothing fails.</summary>
    /// <param name="time">Waits on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Stopped before.</exception>
    public static async Task GiveBackAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        await Task.Delay(After, time, cancellationToken);
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            var first = Unchanged(await File.ReadAllLinesAsync(Map, cancellationToken)).ToHashSet();
            await Task.Delay(BetweenLooks, time, cancellationToken);
            foreach (var (start, length) in Unchanged(await File.ReadAllLinesAsync(Map, cancellationToken)).Where(first.Contains))
            {
                // What the system refuses stays where it is.
                _ = Advise(start, length, DontNeed);
            }

            // Last: the looks have left garbage too.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            // /proc is not shown to this process.
        }
    }

    /// <summary>Parts of memory that are files nobody has written into: what is given back of them is read again as it was. One with a single page of its own (relocated, written) is left alone.</summary>
    /// <param name="smaps">Lines of /proc/PID/smaps.</param>
    public static ImmutableArray<(nint Start, nuint Length)> Unchanged(IEnumerable<string> smaps)
    {
        var parts = ImmutableArray.CreateBuilder<(nint, nuint)>();
        (nint Start, nuint Length)? part = null;
        foreach (var line in smaps)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [var range, ['r', '-', _, 'p', ..], _, _, _, ['/', ..], ..] && range.Split('-') is [var from, var to]
                && nint.TryParse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var start) && nint.TryParse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var end) && end > start)
            {
                part = (start, (nuint)(end - start));
            }
            else if (words.Length > 0 && !words[0].EndsWith(':'))
            {
                part = null;
            }
            else if (words is ["Anonymous:", "0", ..] && part is { } whole)
            {
                parts.Add(whole);
            }
        }

        return parts.ToImmutable();
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(nint start, nuint length, int advice);
}
