using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Hub.Samples;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Instant = StemLab.Hub.Facts.Instant;

namespace StemLab.Hub.Classroom;

/// <summary>
/// Looks for the crossings that groups wait for, in what is stored: it looks once a second, and finds each reading's own time, so that nothing is missed between two looks, while a
/// phone sleeps, or while the hub was away. One thread.
/// </summary>
internal sealed class TriggerWatch(ClassRuns runs, QualityBook quality, HubClock clock)
{
    private const int RowsAtATime = 8_192;

    /// <summary>The reading before the first that counts is looked for no further back.</summary>
    private const long LeastBeforeUs = 10_000_000;

    /// <summary>Clocks of agents and hub agree to less than this.</summary>
    private const long AheadUs = 1_000_000;

    /// <summary>Clocks are corrected by less all the time.</summary>
    private const long MovedUs = 1_000_000;

    private readonly Dictionary<(long Session, string Group), Seen> _seen = [];

    public void Look(ClassAtWork one, StoreSnapshot snapshot, Derivation derivation)
    {
        foreach (var group in one.Groups)
        {
            if (group.Armed is not { } armed || (!armed.IsByTeacher && one.HidesFrom(group.Key)))
            {
                // While a group is to predict first, not even the moment of a crossing is told.
                _seen.Remove((one.Session, group.Key));
            }
            else if (derivation.TryFindChannel(armed.Channel, out var channel) && Crossing((one.Session, group.Key), armed, channel, snapshot, derivation) is { } at)
            {
                _seen.Remove((one.Session, group.Key));
                runs.Fire(one.Session, group.Key, armed, at);
            }
        }
    }

    public void Forget(long session)
    {
        foreach (var key in _seen.Keys.Where(key => key.Session == session).ToList())
        {
            _seen.Remove(key);
        }
    }

    /// <summary>The first one among readings not looked at yet; null while there is none.</summary>
    private Instant? Crossing((long, string) key, ArmedRun armed, ChannelView channel, StoreSnapshot snapshot, Derivation derivation)
    {
        if (Begin(armed, channel, snapshot, derivation) is not { } begun)
        {
            return null;
        }

        // The line moves when the time becomes known, or is put right: what was seen stood elsewhere on it.
        if (!_seen.TryGetValue(key, out var seen) || seen.Of != armed || (begun.IsPlaced && Math.Abs(begun.CountsFromUs - seen.CountsFromUs) > MovedUs))
        {
            seen = begun;
        }

        // A reading of a clock that is ahead counts when its time has come.
        var toUs = SteadyReader.Newest(snapshot, derivation, channel) is { } newest && derivation.Instants.TryOnLine(new Id128(newest.Series.Entry.Boot.Value), Instant.AtBoot(clock.BootId, clock.NowUs()), out var nowUs) ? nowUs + AheadUs : long.MaxValue;
        if (toUs <= seen.LineUs)
        {
            return null;
        }

        var flags = quality.FlagsOf(snapshot, derivation, channel, seen.LineUs, toUs, CancellationToken.None);
        var rows = new ChannelRows(snapshot, derivation, channel, seen.LineUs, toUs, flags);
        Instant? found = null;
        while (found is null && rows.TryNext(RowsAtATime, out var stretch))
        {
            for (var row = stretch.From; found is null && row < stretch.From + stretch.Count; row++)
            {
                var (value, lineUs) = (stretch.Columns.Value[row], stretch.Columns.UtcUs[row]);
                seen = seen with { LineUs = lineUs + 1 };
                if (double.IsNaN(value) || stretch.Columns.Flag[row] is (byte)QcFlag.Fail or (byte)QcFlag.Missing)
                {
                    continue;
                }

                if (lineUs >= seen.CountsFromUs && IsCrossing(armed, seen.Was, value))
                {
                    found = Instant.AtBoot(new Id128(stretch.Series.Entry.Boot.Value), stretch.Run.TUs.Span[row]);
                }

                seen = seen with { Was = value };
            }

            rows.Release();
        }

        _seen[key] = seen;
        return found;
    }

    /// <summary>Where to begin: at the last reading before the group began to wait. Null while there is no reading at all.</summary>
    private static Seen? Begin(ArmedRun armed, ChannelView channel, StoreSnapshot snapshot, Derivation derivation)
    {
        if (SteadyReader.Newest(snapshot, derivation, channel) is not { } newest)
        {
            return null;
        }

        long lineUs = 0;
        var isPlaced = Id128.TryParse(armed.Boot, out var boot) && derivation.Instants.TryOnLine(new Id128(newest.Series.Entry.Boot.Value), Instant.AtBoot(boot, armed.SinceUs), out lineUs);
        var since = isPlaced ? lineUs : newest.Series.Map.ToUtc(newest.Row.TUs) + 1;
        return new Seen(armed, since - Math.Max(LeastBeforeUs, 3 * channel.IntervalUs), since, null, isPlaced);
    }

    /// <summary>It must have been on the other side: a value that is beyond already crosses nothing.</summary>
    private static bool IsCrossing(ArmedRun armed, double? was, double value) =>
        armed.IsFalling ? was > armed.Level && value <= armed.Level : was < armed.Level && value >= armed.Level;

    /// <param name="LineUs">Rows before it have been looked at: µs on the line of the channel's clock.</param>
    /// <param name="CountsFromUs">Earlier readings cross nothing, they only say where it was.</param>
    /// <param name="Was">The newest reading looked at.</param>
    /// <param name="IsPlaced">The moment the group began to wait is known on that line.</param>
    private sealed record Seen(ArmedRun Of, long LineUs, long CountsFromUs, double? Was, bool IsPlaced);
}
