using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Hub.History;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Live;

/// <summary>Tells agents that somebody watches a channel of theirs of 5 Hz or faster, so that they seal ten blocks a second instead of one. Said again while it lasts; it lapses by itself. Safe from any thread.</summary>
internal sealed class FastWatch(DerivationBook derivations, AgentCommandDoor commands, HubClock clock, TimeProvider time) : BackgroundService
{
    /// <summary>A channel of this interval or a shorter one is fast, µs: 5 Hz.</summary>
    public const long FastUs = 200_000;

    /// <summary>How long an agent believes it, s.</summary>
    private const uint LastsSeconds = 15;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly List<ChannelSelection> _watched = [];

    /// <summary>Somebody watches these channels until the answer is disposed; their agents are told at once.</summary>
    public async ValueTask<IDisposable> BeginAsync(ChannelSelection selection, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _watched.Add(selection);
        }

        var watching = new Watching(this, selection);
        try
        {
            await TellAsync([selection], cancellationToken);
            return watching;
        }
        catch
        {
            watching.Dispose();
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Again, time, stoppingToken);
            ChannelSelection[] now;
            lock (_gate)
            {
                now = [.. _watched.DistinctBy(selection => selection.Key)];
            }

            await TellAsync(now, stoppingToken);
        }
    }

    private async Task TellAsync(ChannelSelection[] selections, CancellationToken cancellationToken)
    {
        if (selections.Length == 0)
        {
            return;
        }

        var agents = derivations.Current.Channels
            .Where(channel => channel.IntervalUs is > 0 and <= FastUs && Array.Exists(selections, selection => selection.Contains(channel)))
            .Select(channel => channel.Agent).Distinct().ToList();
        foreach (var agent in agents)
        {
            var command = new Command
            {
                Id = Id128.New().ToByteString(),
                DeadlineBoot = clock.BootId.ToByteString(),
                DeadlineTUs = clock.NowUs() + (LastsSeconds * 1_000_000L),
                Watched = new Watched { ForSeconds = LastsSeconds },
            };
            _ = await commands.SendAsync(agent, command, cancellationToken);
        }
    }

    private sealed class Watching(FastWatch owner, ChannelSelection selection) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._watched.Remove(selection);
            }
        }
    }
}
