using System.Text;

namespace StemLab.Hub.Intake;

/// <summary>All counters of the room since the hub started. Safe from any thread; a count is one interlocked add.</summary>
internal sealed class IntakeCounters
{
    private static readonly IntakeCount[] All = Enum.GetValues<IntakeCount>();
    private static readonly string[] Names = [.. All.Select(NameOf)];

    private readonly long[] _values = new long[All.Length];

    public long this[IntakeCount count] => Volatile.Read(ref _values[(int)count]);

    public void Add(IntakeCount count, long by = 1) => Interlocked.Add(ref _values[(int)count], by);

    /// <summary>Every counter that has counted, by name.</summary>
    public IReadOnlyDictionary<string, long> Snapshot()
    {
        var counted = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < Names.Length; i++)
        {
            var value = Volatile.Read(ref _values[i]);
            if (value != 0)
            {
                counted.Add(Names[i], value);
            }
        }

        return counted;
    }

    /// <summary>RejectedBadJson is "rejected.bad_json".</summary>
    public static string NameOf(IntakeCount count)
    {
        var name = new StringBuilder();
        var words = 0;
        foreach (var letter in count.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && words++ > 0)
            {
                name.Append(words == 2 ? '.' : '_');
            }

            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }
}
