using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent;
using StemLab.Agent.Operations;
using StemLab.TestKit;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.EndToEnd;

/// <summary>One agent on one machine, from switching on to switching off, with a <see cref="TruthProbe"/>; its folder is its SD card and outlives it.</summary>
internal sealed class AgentLife : IAsyncDisposable
{
    private readonly AgentRuntime agent;
    private readonly TruthProbe probe;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    /// <param name="world">Where it lives.</param>
    /// <param name="ppm">Rate of its clock.</param>
    /// <param name="folder">Its SD card.</param>
    /// <param name="hub">Address of the hub.</param>
    /// <param name="enrolled">Who it is.</param>
    /// <param name="outputs">How many things it measures.</param>
    public AgentLife(World world, double ppm, string folder, string hub, EnrolAgentResponse enrolled, int outputs)
    {
        var clock = world.SwitchOn(ppm);
        var options = new AgentOptions
        {
            HubAddress = hub,
            AgentId = Id128.TryParse(enrolled.Agent.Name.Split('/')[1], out var id) ? id : default,
            Token = enrolled.Token,
            Slug = enrolled.Agent.Slug,
            DataFolder = folder,
            BootPerProcess = true,
        };
        probe = new TruthProbe(clock, outputs);
        agent = AgentRuntime.Create(options, [], [probe], clock, NullLoggerFactory.Instance);
        running = agent.RunAsync(stop.Token);
    }

    /// <summary>Rows sampled since it was switched on.</summary>
    public long Sampled => (long)agent.Health().RowsSampled;

    /// <summary>Blocks without a receipt.</summary>
    public long Waiting => (long)agent.Health().OutboxBlocks;

    /// <summary>Waits until this agent has sampled at least so many rows.</summary>
    public Task SampledAsync(long rows) => UntilAsync(() => Sampled >= rows, $"{rows} rows sampled");

    /// <summary>Measures no more and returns how many rows this life has: all that were ever measured in it.</summary>
    public async Task<long> EndMeasuringAsync()
    {
        probe.End();
        await UntilAsync(() => probe.HasEnded && Sampled == probe.Given, "everything measured is in the outbox");
        return probe.Given;
    }

    /// <summary>Ends as a clean shutdown does: everything is saved.</summary>
    public async Task SwitchOffAsync()
    {
        await stop.CancelAsync();
        await running;
    }

    private Task UntilAsync(Func<bool> reached, string what) => Eventually.True(() => Task.FromResult(running.IsFaulted ? throw running.Exception! : reached()), what);

    public async ValueTask DisposeAsync()
    {
        await SwitchOffAsync();
        await agent.DisposeAsync();
        stop.Dispose();
    }
}
