using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StemLab.Agent.Machine;

/// <summary>
/// What only the start needed is given back to the system once, some seconds later: garbage, and pages of the program and its libraries, a third of what the native program holds by then. Code that is needed again comes from the file.
/// Nothing happens where the program is compiled as it runs, or on another system than Linux. Stateless.
/// </summary>
internal static class StartMemory
{
    private const int DontNeed = 4;
    private static readonly TimeSpan After = TimeSpan.FromSeconds(3);

    /// <summary>Waits, gives back once, ends.</summary>
    public static async Task GiveBackAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        await Task.Delay(After, time, cancellationToken);
        if (RuntimeFeature.IsDynamicCodeSupported || !OperatingSystem.IsLinux())
        {
            return;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            foreach (var (start, length) in Unchanged(await File.ReadAllLinesAsync("/proc/self/smaps", cancellationToken)))
            {
                // What the system refuses stays where it is.
                _ = Advise(start, length, DontNeed);
            }
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
