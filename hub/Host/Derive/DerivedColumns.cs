using StemLab.Science.Quality;

namespace StemLab.Hub.Derive;

/// <summary>What rows mean: columns of equal length, filled by <see cref="SeriesDerivation.Apply"/> and reused by their owner. One thread at a time.</summary>
/// <param name="withUncertainty">Also fill <see cref="Uncertainty"/>.</param>
/// <param name="valuesOnly">Fill <see cref="Value"/> and nothing else: what flags and reasons say is known otherwise.</param>
internal sealed class DerivedColumns(bool withUncertainty = false, bool valuesOnly = false)
{
    /// <summary>Number of rows in every column; the arrays may be longer.</summary>
    public int Count { get; private set; }

    /// <summary>UTC µs since 1970; only an order where the time state is unknown.</summary>
    public long[] UtcUs { get; private set; } = [];

    /// <summary>Half-width of the time bound, µs; <see cref="long.MaxValue"/> = not known.</summary>
    public long[] SigmaUs { get; private set; } = [];

    /// <summary>In the channel's unit; NaN when missing.</summary>
    public double[] Value { get; private set; } = [];

    /// <summary>Standard uncertainty of the value, in its unit; NaN = not known. Empty unless asked for.</summary>
    public double[] Uncertainty { get; private set; } = [];

    /// <summary>QARTOD flag that counts. As derived: 2 not evaluated, 3 a compensating property was missing, 9 missing, where flags of siblings were asked for the worst of them; <see cref="SeriesFlags.Apply"/> lays the verdicts over it.</summary>
    public byte[] Flag { get; private set; } = [];

    /// <summary>QARTOD flag of the tests; written by <see cref="SeriesFlags.Apply"/>.</summary>
    public byte[] MachineFlag { get; private set; } = [];

    /// <summary>QARTOD flag a person gave, 0 = nobody did; written by <see cref="SeriesFlags.Apply"/>.</summary>
    public byte[] HumanFlag { get; private set; } = [];

    /// <summary>Bits of <see cref="FlagReasons"/>.</summary>
    public FlagReasons[] Reason { get; private set; } = [];

    /// <summary>Room for what a curve needs on its way: siblings, parts of a drift, values of the later calibration.</summary>
    internal double[] First { get; private set; } = [];

    internal double[] Second { get; private set; } = [];

    /// <summary>Flags of what a curve needs: of one sibling, and the worst of all; 0 = none.</summary>
    internal byte[] SiblingFlag { get; private set; } = [];

    internal byte[] InputFlag { get; private set; } = [];

    internal double[] Part { get; private set; } = [];

    internal double[] After { get; private set; } = [];

    internal double[] AfterUncertainty { get; private set; } = [];

    internal bool WithUncertainty => withUncertainty;

    internal bool ValuesOnly => valuesOnly;

    internal void Resize(int count)
    {
        Count = count;
        if (UtcUs.Length >= count)
        {
            return;
        }

        int room = Math.Max(count, Math.Min(2 * UtcUs.Length, 1 << 20));
        UtcUs = new long[room];
        SigmaUs = new long[room];
        Value = new double[room];
        Uncertainty = new double[withUncertainty ? room : 0];
        Flag = new byte[room];
        MachineFlag = new byte[room];
        HumanFlag = new byte[room];
        Reason = new FlagReasons[room];
        (First, Second, Part, After, AfterUncertainty) = ([], [], [], [], []);
        (SiblingFlag, InputFlag) = ([], []);
    }

    /// <summary>Makes the room of curves; most series never need it.</summary>
    internal void MakeRoom()
    {
        if (First.Length < Value.Length)
        {
            int room = Value.Length;
            (First, Second, Part, After) = (new double[room], new double[room], new double[room], new double[room]);
            (SiblingFlag, InputFlag) = (new byte[room], new byte[room]);
            AfterUncertainty = new double[withUncertainty ? room : 0];
        }
    }
}
