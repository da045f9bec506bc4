using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;

namespace StemLab.Hub.TimeKeeping;

/// <summary>Anchors the hub's running boot to UTC from the machine's clock: once at start, then only when that clock says something better or was set. One loop; the first look is over before the hub listens, so that no sender's time is doubted for want of it.</summary>
internal sealed class UtcWatch : BackgroundService
{
    /// <summary>Between two looks at the machine's clock.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Looks between two saves of the hub's clock: one small fsync a minute.
    private const int LooksPerCheckpoint = 6;

    private readonly HubClock _clock;
    private readonly FactLog _facts;
    private readonly UtcSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger<UtcWatch> _logger;
    private readonly Lock _gate = new();
    private bool _isFailing;

    public UtcWatch(HubClock clock, FactLog facts, UtcSource source, TimeProvider time, ILogger<UtcWatch> logger)
    {
        _clock = clock;
        _facts = facts;
        _source = source;
        _time = time;
        _logger = logger;
    }

    /// <summary>Compares the machine's UTC with the anchors in force and states a new one where the rule asks for it.</summary>
    public void Look()
    {
        lock (_gate)
        {
            long beforeUs = _clock.NowUs();
            if (_source.Read() is not { UtcUs: >= 0 and <= FactCheck.LatestUtcUs } reading)
            {
                return;
            }

            long spentUs = _clock.NowUs() - beforeUs;
            long atUs = beforeUs + (spentUs / 2);
            long sigmaUs = Math.Max(1, reading.SigmaUs + spentUs);
            var anchor = new UtcAnchor(_clock.BootId, atUs, reading.UtcUs, sigmaUs, reading.Source);
            ImmutableArray<(Fact Fact, UtcAnchor Body)> own = [.. _facts.Current.Of<UtcAnchor>().Where(stated => stated.Body.Boot == _clock.BootId)];
            ClockSample sample = Sample(anchor);
            if (sample.IsWorthStating(own.Select(stated => Sample(stated.Body))))
            {
                State(anchor, reading.Synchronised, own.Where(stated => sample.Contradicts(Sample(stated.Body))));
            }
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        TryLook();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _clock.Checkpoint();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        for (int looks = 1; await timer.WaitForNextTickAsync(stoppingToken); looks++)
        {
            TryLook(isCheckpoint: looks % LooksPerCheckpoint == 0);
        }
    }

    private void TryLook(bool isCheckpoint = false)
    {
        try
        {
            Look();
            if (isCheckpoint)
            {
                _clock.Checkpoint();
            }

            _isFailing = false;
        }
        catch (Exception refused) when (refused is SqliteException or IOException)
        {
            // Once per episode: a full disk would say the same every ten seconds.
            if (!_isFailing)
            {
                TimeKeepingLog.LookFailed(_logger, refused);
            }

            _isFailing = true;
        }
    }

    private static ClockSample Sample(UtcAnchor anchor) => new(anchor.TUs, unchecked(anchor.UtcUs - anchor.TUs), anchor.SigmaUs);

    /// <summary>The machine's clock was set: what it said before is taken back. A person's anchor, and a disciplined one against an undisciplined clock, stand.</summary>
    private void State(UtcAnchor anchor, bool synchronised, IEnumerable<(Fact Fact, UtcAnchor Body)> contradicted)
    {
        ImmutableArray<(Fact Fact, UtcAnchor Body)> wrong = [.. contradicted];
        bool outranked = wrong.Any(stated => stated.Fact.ByRole != FactRoles.Hub || (!synchronised && stated.Body.Source != anchor.Source));
        if (outranked)
        {
            TimeKeepingLog.ClockDisbelieved(_logger, anchor.Source);
            return;
        }

        _facts.Append(new FactDraft(anchor, Instant.AtBoot(anchor.Boot, anchor.TUs), FactRoles.Hub) { Supersedes = [.. wrong.Select(stated => stated.Fact.FactId)] });
        TimeKeepingLog.Anchored(_logger, anchor.Source, anchor.SigmaUs, wrong.Length);
    }
}
