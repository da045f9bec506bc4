using StemLab.Agent.Operations;
using StemLab.Agent.Outbox;
using StemLab.Wire.V1;

namespace StemLab.Agent.Machine;

/// <summary>The last minutes can be read beside the agent, with no hub.</summary>
public sealed class WatchViewTests : IDisposable
{
    private readonly OutboxBench bench = new();

    [Fact]
    public async Task The_last_minutes_are_drawn_from_the_outbox_while_it_is_open()
    {
        for (var second = 0; second < 120; second++)
        {
            bench.Outbox.Append(bench.Sealer, [new Row(0, second * 1_000_000L, 7 + (second / 100.0), MissingReason.Unspecified)]);
            bench.Outbox.Seal();
        }

        bench.Outbox.Keep(all: true);
        var (code, said) = await WatchAsync(Path.GetDirectoryName(bench.Options.Path)!, 2);
        Assert.Equal(0, code);
        var input = OutboxBench.Catalog.Inputs[0];
        Assert.Contains($"{input.Port} {input.Quantity}", said, StringComparison.Ordinal);
        Assert.Contains("8.19", said, StringComparison.Ordinal);
        Assert.Contains("▁", said, StringComparison.Ordinal);
        Assert.Contains("█", said, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(bench.Options.Path)!, WatchView.Mark)));
    }

    [Fact]
    public async Task A_folder_that_is_no_agents_is_refused_with_what_to_give()
    {
        var (code, said) = await WatchAsync(Path.GetTempPath(), 5);
        Assert.Equal(2, code);
        Assert.Contains("--data", said, StringComparison.Ordinal);
    }

    public void Dispose() => bench.Dispose();

    private static async Task<(int Code, string Said)> WatchAsync(string folder, double minutes)
    {
        await using var output = new StringWriter();
        var code = await CareCommands.WatchAsync(folder, minutes, once: true, TimeProvider.System, output, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }
}
