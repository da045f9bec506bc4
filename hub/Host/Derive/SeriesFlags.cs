using System.Collections.Immutable;
using StemLab.Science.Quality;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>
/// Verdicts on one series over a stretch of its clock: of the tests as runs (rows in none of them are good), of people as spans. Immutable; pure.
/// </summary>
/// <param name="Runs">Ascending, not overlapping.</param>
/// <param name="Human">Ascending, not overlapping: where several people spoke, the last one counts.</param>
internal sealed record SeriesFlags(ImmutableArray<FlagRun> Runs, ImmutableArray<HumanSpan> Human)
{
    /// <summary>No test was made, nobody spoke: rows keep the flag they were derived with.</summary>
    public static SeriesFlags None { get; } = new([], []);

    /// <summary>Writes the verdicts into derived rows. A row without a value stays missing, whatever anybody says.</summary>
    /// <param name="tUs">Ascending times of the rows, the columns' first ones.</param>
    public void Apply(ReadOnlySpan<long> tUs, DerivedColumns columns)
    {
        if (this == None)
        {
            columns.Flag.AsSpan(0, tUs.Length).CopyTo(columns.MachineFlag);
            columns.HumanFlag.AsSpan(0, tUs.Length).Clear();
            return;
        }

        Machine(tUs, columns);
        Person(tUs, columns);
    }

    /// <summary>The fact of the person who spoke of a moment; empty where nobody did.</summary>
    public Id128 SpokenAt(long tUs)
    {
        foreach (HumanSpan span in Human)
        {
            if (span.FromT <= tUs && tUs < span.ToT)
            {
                return span.Fact;
            }
        }

        return default;
    }

    /// <summary>Flags and stretches in which they hold, over all rows: people's words laid over the tests'. What lies in none of them is good. Ascending.</summary>
    public IEnumerable<(long FromT, long LastT, byte Flag)> Final()
    {
        int next = 0;
        long spokenTo = long.MinValue;
        foreach (HumanSpan span in Human)
        {
            for (; next < Runs.Length && Math.Max(Runs[next].FromT, spokenTo) < span.FromT; next++)
            {
                FlagRun run = Runs[next];
                if (run.LastT >= spokenTo)
                {
                    yield return (Math.Max(run.FromT, spokenTo), Math.Min(run.LastT, span.FromT - 1), run.Flag);
                }

                if (run.LastT >= span.FromT)
                {
                    break;
                }
            }

            if (span.Flag != (byte)QcFlag.Pass)
            {
                yield return (span.FromT, span.ToT - 1, span.Flag);
            }

            spokenTo = span.ToT;
        }

        for (; next < Runs.Length; next++)
        {
            if (Runs[next].LastT >= spokenTo)
            {
                yield return (Math.Max(Runs[next].FromT, spokenTo), Runs[next].LastT, Runs[next].Flag);
            }
        }
    }

    private void Machine(ReadOnlySpan<long> tUs, DerivedColumns columns)
    {
        Span<byte> flag = columns.Flag.AsSpan(0, tUs.Length);
        Span<byte> machine = columns.MachineFlag.AsSpan(0, tUs.Length);
        int next = 0;
        for (int i = 0; i < tUs.Length; i++)
        {
            while (next < Runs.Length && Runs[next].LastT < tUs[i])
            {
                next++;
            }

            if (flag[i] != SeriesDerivation.Missing)
            {
                bool isIn = next < Runs.Length && Runs[next].FromT <= tUs[i];
                flag[i] = isIn ? Runs[next].Flag : (byte)QcFlag.Pass;
                columns.Reason[i] |= isIn ? Runs[next].Reasons : FlagReasons.None;
            }

            machine[i] = flag[i];
        }
    }

    private void Person(ReadOnlySpan<long> tUs, DerivedColumns columns)
    {
        columns.HumanFlag.AsSpan(0, tUs.Length).Clear();
        int next = 0;
        for (int i = 0; i < tUs.Length && next < Human.Length; i++)
        {
            while (next < Human.Length && Human[next].ToT <= tUs[i])
            {
                next++;
            }

            if (next < Human.Length && Human[next].FromT <= tUs[i] && columns.Flag[i] != SeriesDerivation.Missing)
            {
                columns.Flag[i] = Human[next].Flag;
                columns.HumanFlag[i] = Human[next].Flag;
                columns.Reason[i] |= FlagReasons.Person;
            }
        }
    }
}
