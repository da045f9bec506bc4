using CsCheck;

namespace StemLab.Science.Time;

/// <summary>A made-up truth: a hub and agents that reboot, drift, read each other's clocks and now and then meet UTC, some of it years wrong.</summary>
internal sealed class ClockWorld
{
    private const long Minute = 60_000_000;
    private readonly Random _random;

    internal ClockWorld(int seed, int agents = 3, int bootsEach = 4, double anchorChance = 0.5, bool withWrongAnchors = true)
    {
        _random = new Random(seed);
        var start = 1_780_000_000_000_000L + _random.NextInt64(0, 1_000_000_000_000_000);
        for (var owner = 0; owner <= agents; owner++)
            AddBoots(owner, start, bootsEach);
        foreach (var device in Clocks.Where(clock => clock.Owner > 0))
            AddTies(device);
        foreach (var clock in Clocks)
        {
            if (_random.NextDouble() < anchorChance)
                AddAnchors(clock, withWrongAnchors);
        }
    }

    internal static Gen<ClockWorld> Any { get; } = Gen.Int[0, int.MaxValue - 1].Select(seed => new ClockWorld(seed));

    internal List<Clock> Clocks { get; } = [];

    internal List<TieFact> Ties { get; } = [];

    internal List<AnchorFact> Anchors { get; } = [];

    internal List<BootClockFact> Boots => Clocks.ConvertAll(clock => clock.Fact);

    internal TimeSolution Solve() => TimeSolver.Solve(Boots, Ties, Anchors);

    internal TimeSolution SolveShuffled(Random random) =>
        TimeSolver.Solve([.. Boots.OrderBy(_ => random.Next())], [.. Ties.OrderBy(_ => random.Next())], [.. Anchors.OrderBy(_ => random.Next())]);

    private void AddBoots(int owner, long start, int count)
    {
        var at = start + _random.NextInt64(0, 120 * Minute);
        BootKey? previous = null;
        for (var n = 0; n < count; n++)
        {
            var length = _random.NextInt64(Minute, 600 * Minute);
            var first = _random.NextInt64(0, 1_000 * Minute);
            var rate = 1 + (_random.NextDouble() - 0.5) * 90e-6;
            var key = new BootKey(new UInt128((ulong)_random.NextInt64(), (ulong)_random.NextInt64()));
            var clock = new Clock(owner, at, first, rate, length, new BootClockFact(
                key, (UInt128)(owner + 1), owner == 0 ? ClockKind.Hub : ClockKind.Device, (uint)n, previous, first, first + (long)(length * rate), 0));
            Clocks.Add(clock);
            previous = key;
            at += length + _random.NextInt64(1_000_000, 60 * Minute);
        }
    }

    private void AddTies(Clock device)
    {
        foreach (var hub in Clocks.Where(clock => clock.Owner == 0))
        {
            var (from, to) = (Math.Max(device.StartUtc, hub.StartUtc), Math.Min(device.EndUtc, hub.EndUtc));
            if (to - from < 10_000_000)
                continue;
            for (var k = _random.Next(1, 4); k > 0; k--)
            {
                var utc = _random.NextInt64(from + 1_000_000, to - 1_000_000);
                var sigma = _random.NextInt64(500, 200_000);
                Ties.Add(new TieFact(NextId(), device.Fact.Boot, device.At(utc), hub.Fact.Boot, hub.At(utc + Off(sigma)), sigma));
            }
        }
    }

    private void AddAnchors(Clock clock, bool withWrong)
    {
        var good = _random.Next(1, 5);
        for (var k = 0; k < good; k++)
        {
            var utc = _random.NextInt64(clock.StartUtc, clock.EndUtc);
            var sigma = _random.NextInt64(1_000, 2_000_000);
            Anchors.Add(new AnchorFact(NextId(), clock.Fact.Boot, clock.At(utc), utc + Off(sigma), sigma, "ntp"));
        }

        if (!withWrong || good < 3)
            return;
        var when = _random.NextInt64(clock.StartUtc, clock.EndUtc);
        var jump = (long)((_random.NextDouble() - 0.5) * 20 * 365.25 * 86_400e6);
        Anchors.Add(new AnchorFact(NextId(), clock.Fact.Boot, clock.At(when), when + jump, _random.NextInt64(1_000, 2_000_000), "phone"));
        WrongAnchors.Add(Anchors[^1].FactId);
    }

    internal HashSet<UInt128> WrongAnchors { get; } = [];

    private long Off(long sigma) => _random.NextInt64(-sigma + 2, sigma - 1);

    private UInt128 NextId() => new((ulong)_random.NextInt64(), (ulong)_random.NextInt64());

    internal sealed record Clock(int Owner, long StartUtc, long FirstTUs, double Rate, long LengthUs, BootClockFact Fact)
    {
        internal long EndUtc => StartUtc + LengthUs;

        internal long At(long utc) => FirstTUs + (long)((utc - StartUtc) * Rate);

        internal long TrueUtc(long t) => StartUtc + (long)((t - FirstTUs) / Rate);
    }
}
