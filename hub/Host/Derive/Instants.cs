using System.Collections.Frozen;
using StemLab.Hub.Facts;
using StemLab.Science.Time;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>Finds an <see cref="Instant"/> on another boot's clock or in UTC, under one set of facts. Immutable, safe from any thread.</summary>
internal sealed class Instants
{
    /// <summary>Before everything / not yet: where an instant cannot be placed on a clock it does not apply there.</summary>
    public const long Beginning = long.MinValue;
    public const long Never = long.MaxValue;

    private readonly TimeSolution _solution;
    private readonly FrozenDictionary<Id128, BootClockFact> _boots;
    private readonly ILookup<Id128, ClockTie> _ties;

    public Instants(TimeSolution solution, IEnumerable<BootClockFact> boots, IEnumerable<ClockTie> ties)
    {
        _solution = solution;
        _boots = boots.ToFrozenDictionary(boot => new Id128(boot.Boot.Value));
        _ties = ties.SelectMany(tie => new[] { (Boot: tie.BootA, Tie: tie), (Boot: tie.BootB, Tie: tie) }).ToLookup(end => end.Boot, end => end.Tie);
    }

    /// <summary>UTC µs of the instant with the half-width of its bound. False while its boot's time is not known.</summary>
    public bool TryToUtc(Instant at, out long utcUs, out long sigmaUs)
    {
        if (at.IsUtc)
        {
            (utcUs, sigmaUs) = (at.Us, 0);
            return true;
        }

        TimeMap map = MapOf(at.Boot);
        (utcUs, sigmaUs) = (map.ToUtc(at.Us), map.SigmaUs(at.Us));
        return map.State != TimeState.Unknown;
    }

    /// <summary>The instant on that boot's clock: <see cref="Beginning"/> or <see cref="Never"/> where it lies in another life of the clock or cannot be placed.</summary>
    public long On(Id128 boot, Instant at)
    {
        if (at.Boot == boot)
        {
            return at.Us;
        }

        // "Since ever": nothing was measured before 1970.
        if (at.IsUtc && at.Us <= 0)
        {
            return Beginning;
        }

        TimeMap map = MapOf(boot);
        if (map.State != TimeState.Unknown && TryToUtc(at, out long utcUs, out _))
        {
            return map.ToBoot(utcUs);
        }

        return at.IsUtc ? Never : WithoutUtc(boot, at);
    }

    /// <summary>The instant on the line that boot's map leads to, for measuring how far apart two of them are: UTC, or while nobody knows it the line of clocks tied to each other.</summary>
    public bool TryOnLine(Id128 boot, Instant at, out long lineUs)
    {
        TimeMap own = MapOf(boot);
        TimeMap map = at.IsUtc ? own : MapOf(at.Boot);
        lineUs = at.IsUtc ? at.Us : map.ToUtc(at.Us);
        if (own.State != TimeState.Unknown && map.State != TimeState.Unknown)
        {
            return true;
        }

        bool isTied = at.Boot == boot || _ties[boot].Any(tie => tie.BootA == at.Boot || tie.BootB == at.Boot);
        return !at.IsUtc && own.State == TimeState.Unknown && map.State == TimeState.Unknown && isTied;
    }

    private TimeMap MapOf(Id128 boot) => _solution.Map(new BootKey(boot.Value));

    /// <summary>Nobody knows UTC yet: by the order of one owner's boots, else by the nearest tie that joins the two clocks.</summary>
    private long WithoutUtc(Id128 boot, Instant at)
    {
        if (_boots.TryGetValue(boot, out BootClockFact? target) && _boots.TryGetValue(at.Boot, out BootClockFact? origin)
            && target.Owner == origin.Owner && target.BootNo != origin.BootNo)
        {
            return origin.BootNo < target.BootNo ? Beginning : Never;
        }

        ClockTie? nearest = _ties[boot].Where(tie => tie.BootA == at.Boot || tie.BootB == at.Boot)
            .MinBy(tie => Int128.Abs((Int128)(tie.BootA == at.Boot ? tie.TAUs : tie.TBUs) - at.Us));
        if (nearest is null)
        {
            return Never;
        }

        return nearest.BootA == at.Boot ? at.Us - nearest.TAUs + nearest.TBUs : at.Us - nearest.TBUs + nearest.TAUs;
    }
}
