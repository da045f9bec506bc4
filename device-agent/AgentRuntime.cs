using Microsoft.Extensions.Logging;
using StemLab.Agent.Operations;
using StemLab.Agent.Sensors;

namespace StemLab.Agent;

/// <summary>One agent, whole: samples, keeps, delivers. Several may live in one process, each with its own data folder.</summary>
/// <example><code>await using var agent = AgentRuntime.Create(options, probes, sources, TimeProvider.System, loggers); await agent.RunAsync(stop);</code></example>
internal sealed class AgentRuntime : IAsyncDisposable
{
    private readonly IReadOnlyList<IProbe> probes;
    private readonly IReadOnlyList<ITimedSource> sources;
    private readonly TimeProvider time;

    private AgentRuntime(AgentOptions options, IReadOnlyList<IProbe> probes, IReadOnlyList<ITimedSource> sources, TimeProvider time)
    {
        Options = options;
        this.probes = probes;
        this.sources = sources;
        this.time = time;
    }

    /// <summary>What it was told.</summary>
    public AgentOptions Options { get; }

    /// <summary>Makes an agent that owns the given probes and sources. Touches neither network nor disk before <see cref="RunAsync"/>.</summary>
    /// <exception cref="ArgumentException">The options have problems; the message lists all.</exception>
    public static AgentRuntime Create(AgentOptions options, IReadOnlyList<IProbe> probes, IReadOnlyList<ITimedSource> sources, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        var problems = options.Problems();
        return problems.Count == 0
            ? new AgentRuntime(options, probes, sources, time)
            : throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
    }

    /// <summary>Runs until cancelled; then everything sampled is on disk or receipted.</summary>
    public async Task RunAsync(CancellationToken cancellationToken) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var probe in probes)
        {
            await probe.DisposeAsync();
        }

        foreach (var source in sources)
        {
            await source.DisposeAsync();
        }
    }
}
