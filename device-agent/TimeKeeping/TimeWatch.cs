using Microsoft.Extensions.Logging;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>
/// Asks the time sources once a minute, more often while one has not answered yet, and keeps what they say as ties of this boot to a utc boot of each, so that it goes to the hub in Birth with its own bound. Says so while nothing has ever told the time.
/// One loop; <see cref="BoundSeconds"/> is safe from any thread.
/// </summary>
/// <param name="sources">Whom to ask.</param>
/// <param name="agent">Whose boots.</param>
/// <param name="clock">This boot.</param>
/// <param name="hub">What is known of the hub's clock.</param>
/// <param name="book">Keeps ties.</param>
/// <param name="time">For waiting.</param>
/// <param name="logger">One line when the time is known, one when it is not.</param>
internal sealed class TimeWatch(IReadOnlyList<ITimeSource> sources, Wire.Id128 agent, BootClock clock, HubTime hub, AgentBook book, TimeProvider time, ILogger logger)
{
    private const long AgainUs = 600_000_000;
    private const double Ppm = 50e-6;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, ClockTie> kept = [];
    private volatile ClockTie? best;
    private bool told;

    /// <summary>Half-width within which the time is known now, s: by a source here or by the hub's clock; null while nothing has told it.</summary>
    public double? BoundSeconds()
    {
        ClockTie?[] ties = [best, hub.Latest];
        return ties.OfType<ClockTie>().Select(tie => (tie.SigmaUs + ((clock.NowUs() - tie.TAUs) * Ppm)) / 1e6).Cast<double?>().Min();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var source in sources)
            {
                Ask(source);
            }

            if (!told && BoundSeconds() is null)
            {
                told = true;
                TimeKeepingLog.NoClock(logger);
            }

            await Task.Delay(kept.Count < sources.Count ? Soon : Pause, time, cancellationToken);
        }
    }

    /// <summary>Asks one source and keeps a tie where it is the first, much sharper, or ten minutes younger.</summary>
    internal void Ask(ITimeSource source)
    {
        var before = clock.NowUs();
        var said = source.Now();
        var after = clock.NowUs();
        if (said is not { } now)
        {
            return;
        }

        var tie = new ClockTie
        {
            BootA = clock.BootId.ToByteString(),
            TAUs = before + ((after - before) / 2),
            BootB = book.UtcBoot(agent, "clock " + source.Name, 1).Id.ToByteString(),
            TBUs = now.UtcUs,
            SigmaUs = now.SigmaUs + ((after - before + 1) / 2) + 2,
        };
        if (!kept.TryGetValue(source.Name, out var last))
        {
            TimeKeepingLog.TimeKnown(logger, source.Name, tie.SigmaUs);
        }
        else if (tie.SigmaUs * 2 > last.SigmaUs && tie.TAUs - last.TAUs < AgainUs)
        {
            return;
        }

        kept[source.Name] = tie;
        book.AddTie(clock.BootId, tie);
        best = kept.Values.MinBy(known => known.SigmaUs);
    }
}
