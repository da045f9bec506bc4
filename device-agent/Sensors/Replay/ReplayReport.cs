namespace StemLab.Agent.Sensors.Replay;

/// <summary>What a replay found in its file: counts and sums per output, and the lines it could not take. One writer.</summary>
internal sealed class ReplayReport(int outputs)
{
    private const int NamedLines = 100;
    private readonly List<string> _rejected = [];

    /// <summary>Lines with a usable time.</summary>
    public long Lines { get; set; }

    /// <summary>Readings with a value, per output.</summary>
    public long[] Values { get; } = new long[outputs];

    /// <summary>Readings without, per output.</summary>
    public long[] Missing { get; } = new long[outputs];

    /// <summary>Sum of the values, per output, in the unit of the file.</summary>
    public double[] Sums { get; } = new double[outputs];

    /// <summary>Lines and fields that could not be taken.</summary>
    public long RejectedCount { get; private set; }

    /// <summary>The first hundred of them, in words.</summary>
    public IReadOnlyList<string> Rejected => _rejected;

    public void Take(int output, double value)
    {
        Values[output]++;
        Sums[output] += value;
    }

    public void Reject(int line, string reason)
    {
        RejectedCount++;
        if (_rejected.Count < NamedLines)
        {
            _rejected.Add($"line {line}: {reason}");
        }
    }
}
