using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.TimeKeeping;

/// <summary>What the agent knows of the hub's clock: the latest tie. Immutable snapshot, swapped whole; safe from any thread.</summary>
internal sealed class HubTime(BootClock clock)
{
    private volatile ClockTie? latest;

    /// <summary>The latest tie; null before the first.</summary>
    public ClockTie? Latest => latest;

    /// <summary>Takes a new tie.</summary>
    public void Tie(ClockTie tie) => latest = tie;

    /// <summary>The hub's clock now, µs; false where no tie to that boot of it is known.</summary>
    public bool TryNow(Id128 hubBoot, out long tUs)
    {
        tUs = 0;
        if (latest is not { } tie || !tie.BootB.Equals(hubBoot.ToByteString()))
        {
            return false;
        }

        tUs = tie.TBUs + (clock.NowUs() - tie.TAUs);
        return true;
    }
}
