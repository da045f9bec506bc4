using System.Diagnostics;
using StemLab.Science.Properties;
using StemLab.Science.Quality;
using StemLab.Science.Time;

namespace StemLab.Benchmarks;

/// <summary>The pure library alone: quality control of rows in batch and as they arrive, and what a late anchor costs.</summary>
internal static class ScienceBench
{
    private const long Second = 1_000_000;
    private const long Noon = 1_795_521_600 * Second;

    public static Task RunAsync(Figures figures, Scale scale)
    {
        var rows = scale.Of(20_000, 1_000_000, 10_000_000);
        var series = new Water(rows);
        figures.AtMost("science_batch_qc_us_per_row_and_core", Best(scale, () => Batch(series)) / rows, 0.5);
        figures.AtMost("science_live_qc_all_tests_us_per_reading", Best(scale, () => Live(series)) / rows, 2);
        figures.AtMost("science_time_repair_10m_rows_ms", Best(scale, () => Repair(scale)) / 1000, 100);
        return Task.CompletedTask;
    }

    /// <summary>Shortest of several runs, µs of processor time (of the clock for the repair): what the work costs when nothing else disturbs it.</summary>
    private static double Best(Scale scale, Func<double> run)
    {
        var best = double.PositiveInfinity;
        for (var i = scale.Of(1, 4, 4); i > 0; i--)
        {
            best = Math.Min(best, run());
        }

        return best;
    }

    private static double Batch(Water series)
    {
        var verdicts = new QcVerdict[series.Values.Length];
        var start = Environment.CpuUsage.TotalTime;
        series.Rules.Judge(series.Values, series.Times, series.Beside, verdicts);
        return (Environment.CpuUsage.TotalTime - start).TotalMicroseconds;
    }

    /// <summary>One reading at a time, its neighbour's and its companion's beside it, memory kept small as a hub does.</summary>
    private static double Live(Water series)
    {
        var live = new LiveQc(series.Rules);
        var changes = new List<VerdictChange>();
        var start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < series.Values.Length; i++)
        {
            live.AddNeighbour(series.Times.AsSpan(i, 1), series.Neighbour.AsSpan(i, 1), changes);
            live.AddCompanion(series.Times.AsSpan(i, 1), series.Companion.AsSpan(i, 1), changes);
            live.Add(series.Times.AsSpan(i, 1), series.Values.AsSpan(i, 1), changes);
            changes.Clear();
            if (i % 65_536 == 65_535)
            {
                live.Forget(series.Times[i - 1000]);
            }
        }

        return (Environment.CpuUsage.TotalTime - start).TotalMicroseconds;
    }

    /// <summary>A trip of a hub and eight agents with four boots each meets its first clock at the end; the boot holds 10 M rows, of which none is touched.</summary>
    private static double Repair(Scale scale)
    {
        var boots = new List<BootClockFact>();
        var ties = new List<TieFact>();
        for (var owner = 0; owner < 9; owner++)
        {
            for (var no = 0u; no < 4; no++)
            {
                boots.Add(new BootClockFact(Key(owner, no), (UInt128)(owner + 1), owner == 0 ? ClockKind.Hub : ClockKind.Device, no, no == 0 ? null : Key(owner, no - 1), 0, 7_200 * Second, 0));
                for (var k = 1; owner > 0 && k <= 20; k++)
                {
                    ties.Add(new TieFact((UInt128)ties.Count + 1, Key(owner, no), k * 300 * Second, Key(0, no), k * 300 * Second, 2_000));
                }
            }
        }

        var rows = new long[scale.Of(100_000, 10_000_000, 10_000_000)];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = i * 700L;
        }

        var before = TimeSolver.Solve(boots, ties, []).Map(Key(3, 1));
        AnchorFact[] anchors = [new(1_000, Key(0, 1), 7_000 * Second, Noon, 20_000, "gps"), new(1_001, Key(0, 3), 600 * Second, Noon + 30_000 * Second, 500_000, "phones")];
        var start = Stopwatch.GetTimestamp();
        var after = TimeSolver.Solve(boots, ties, anchors).Map(Key(3, 1));
        // What a reader asks of the new map: where the boot now lies, and which rows a span holds.
        var span = (after.ToUtc(rows[0]), after.ToUtc(rows[^1]));
        var first = Array.BinarySearch(rows, after.ToBoot(span.Item1 + Second));
        var took = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return before.Equals(after) || after.State != TimeState.Anchored || first == 0 ? throw new InvalidOperationException("BUG: the anchor changed nothing") : took;
    }

    private static BootKey Key(int owner, uint no) => new((UInt128)(owner * 100 + (int)no + 1));

    /// <summary>A day or more of water temperature at 1 Hz, with what a school's probe adds.</summary>
    private sealed class Water
    {
        public Water(int rows)
        {
            var random = new Random(7);
            (Times, Values, Neighbour, Companion) = (new long[rows], new double[rows], new double[rows], new QcFlag[rows]);
            for (var i = 0; i < rows; i++)
            {
                Times[i] = Noon + i * Second;
                var tide = 28 + 1.5 * Math.Sin(i / 7_000.0) + 0.03 * random.NextDouble();
                Values[i] = random.NextDouble() switch { < 0.002 => tide + 5, < 0.006 => double.NaN, _ => Math.Round(tide * 16) / 16 };
                Neighbour[i] = tide + 0.2;
                Companion[i] = QcFlag.Pass;
            }

            var temperature = ObservedProperties.Default.Find("water_temperature")!;
            var defaults = QcDefaults.For(temperature, 1);
            Rules = defaults.Rules with
            {
                Attenuation = new AttenuationRule(0.005, 0.001, 600, SignalMeasure.StandardDeviation, 10),
                Climatology = new Climatology([new ClimatologyMember(CalendarPeriod.Month, new ValueRange(1, 6), new ValueRange(15, 32)), new ClimatologyMember(CalendarPeriod.Month, new ValueRange(7, 12), new ValueRange(16, 33))]),
                Neighbour = defaults.Neighbour,
                Multivariate = new MultivariateRule(600),
            };
        }

        public QcRules Rules { get; }

        public long[] Times { get; }

        public double[] Values { get; }

        public double[] Neighbour { get; }

        public QcFlag[] Companion { get; }

        public QcCompanions Beside => new() { NeighbourTUs = Times, Neighbour = Neighbour, CompanionTUs = Times, CompanionRate = Companion };
    }
}
