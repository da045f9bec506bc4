using CsCheck;
using StemLab.Hub.Derive;
using StemLab.Science.Quality;

namespace StemLab.Hub.Quality;

public sealed class FlagRunsTests
{
    [Fact]
    public void Runs_say_of_every_row_what_was_said_of_it_also_after_stretches_were_judged_again()
    {
        Gen.Select(Gen.Byte[1, 4].Array[1, 60], Gen.Select(Gen.Int[0, 59], Gen.Int[0, 20], Gen.Byte[1, 4].Array[21]).Array[0, 6]).Sample((rows, again) =>
        {
            var runs = new FlagRuns();
            for (int t = 0; t < rows.Length; t++)
            {
                runs.Add(t * 10, rows[t], Cause(rows[t]));
            }

            foreach ((int from, int length, byte[] flags) in again)
            {
                int last = Math.Min(from + length, rows.Length - 1);
                var judged = new FlagRuns();
                for (int t = from; t <= last; t++)
                {
                    rows[t] = flags[t - from];
                    judged.Add(t * 10, rows[t], Cause(rows[t]));
                }

                if (from <= last)
                {
                    runs.Replace(from * 10, last * 10, judged.Within(long.MinValue, long.MaxValue));
                }
            }

            Assert.Equal(rows, Read(runs, rows.Length));
        });
    }

    [Fact]
    public void A_persons_word_lies_over_the_tests_and_everything_else_stays()
    {
        Gen.Select(Gen.Byte[1, 4].Array[1, 40], Gen.Select(Gen.Int[0, 45], Gen.Int[1, 15], Gen.Byte[1, 4]).Array[0, 4]).Sample((rows, words) =>
        {
            var runs = new FlagRuns();
            for (int t = 0; t < rows.Length; t++)
            {
                runs.Add(t, rows[t], Cause(rows[t]));
            }

            var human = new List<HumanSpan>();
            int end = 0;
            foreach ((int gap, int length, byte flag) in words)
            {
                human.Add(new HumanSpan(end + gap, end + gap + length, flag, default));
                end += gap + length;
            }

            byte[] expected = [.. Enumerable.Range(0, end + 50).Select(t => human.FirstOrDefault(span => span.FromT <= t && t < span.ToT) is { Flag: not 0 } span ? span.Flag : t < rows.Length ? rows[t] : (byte)1)];
            byte[] found = [.. Enumerable.Repeat((byte)1, expected.Length)];
            long before = long.MinValue;
            foreach ((long from, long last, byte flag) in new SeriesFlags(runs.Within(long.MinValue, long.MaxValue), [.. human]).Final())
            {
                Assert.True(from > before && last >= from);
                before = last;
                for (long t = from; t <= last && t < found.Length; t++)
                {
                    found[t] = flag;
                }
            }

            Assert.Equal(expected, found);
        });
    }

    private static FlagReasons Cause(byte flag) => flag == 1 ? FlagReasons.None : FlagReasons.Spike;

    private static byte[] Read(FlagRuns runs, int rows)
    {
        var flags = new byte[rows];
        Array.Fill(flags, (byte)1);
        foreach (FlagRun run in runs.Within(long.MinValue, long.MaxValue))
        {
            for (long t = run.FromT; t <= run.LastT; t += 1)
            {
                if (t % 10 == 0)
                {
                    flags[t / 10] = run.Flag;
                }
            }
        }

        return flags;
    }
}
