using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.V1;

namespace StemLab.Hub.TakeHome;

/// <summary>The readings of a run on one grid of time: a line a step, a column a channel, means where a step holds several. Failed and missing readings are left out, and the line says so.</summary>
internal sealed class RunTable
{
    private static readonly double[] Steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

    private readonly double[] sums;
    private readonly int[] counts;
    private readonly byte[] worst;

    private RunTable(RunView run, long stepUs, int lines)
    {
        (Run, StepUs, Lines) = (run, stepUs, lines);
        sums = new double[lines * run.Channels.Length];
        counts = new int[sums.Length];
        worst = new byte[lines];
    }

    public RunView Run { get; }

    /// <summary>Width of a line, µs.</summary>
    public long StepUs { get; }

    public int Lines { get; }

    /// <summary>Start of a line, UTC µs.</summary>
    public long TimeUs(int line) => Run.StartUs + (line * StepUs);

    /// <summary>Mean in the channel's unit; null = no good reading in that step.</summary>
    public double? Value(int line, int channel) => counts[Place(line, channel)] is > 0 and var count ? sums[Place(line, channel)] / count : null;

    /// <summary>Worst flag of the line; 0 = nothing was measured.</summary>
    public int Flag(int line) => worst[line];

    /// <summary>Reads it, in steps of the quickest channel's interval unless that would be more than <paramref name="mostLines"/>.</summary>
    public static async Task<RunTable> ReadAsync(ReadingQuery query, RunView run, int mostLines, CancellationToken cancellationToken)
    {
        var span = run.EndUs - run.StartUs;
        var interval = run.Channels.Where(channel => channel.IntervalUs > 0).Select(channel => channel.IntervalUs).DefaultIfEmpty(1_000_000).Min();
        var least = Math.Max(interval / 1e6 * 0.999, span / 1e6 / mostLines);
        var step = (long)(Steps.FirstOrDefault(step => step >= least, Math.Ceiling(least / 86_400) * 86_400) * 1e6);
        var table = new RunTable(run, step, (int)((span + step - 1) / step));
        for (var i = 0; i < run.Channels.Length; i++)
        {
            await table.TakeAsync(query, i, cancellationToken);
        }

        return table;
    }

    private async Task TakeAsync(ReadingQuery query, int channel, CancellationToken cancellationToken)
    {
        var request = new QueryReadingsRequest { StartTimeUs = Run.StartUs, EndTimeUs = Run.EndUs };
        var (name, under) = Run.ReadingsOf(Run.Channels[channel]);
        await foreach (var answer in query.RunAsync(request, ChannelSelection.Parse([name], out _), under, cancellationToken))
        {
            foreach (var block in answer.Blocks)
            {
                Take(block, channel);
            }
        }
    }

    private void Take(ReadingBlock block, int channel)
    {
        var timeUs = block.BaseTimeUs;
        for (var i = 0; i < block.Value.Count; i++)
        {
            timeUs += block.DeltaTimeUs[i];
            var line = (int)((timeUs - Run.StartUs) / StepUs);
            if (timeUs < Run.StartUs || line >= Lines)
            {
                continue;
            }

            var flag = (byte)block.Flag[block.Flag.Count == 1 ? 0 : i];
            worst[line] = Math.Max(worst[line], flag);
            if (flag is not (4 or 9) && double.IsFinite(block.Value[i]))
            {
                sums[Place(line, channel)] += block.Value[i];
                counts[Place(line, channel)]++;
            }
        }
    }

    private int Place(int line, int channel) => (line * Run.Channels.Length) + channel;
}
