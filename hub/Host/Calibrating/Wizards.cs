using System.Diagnostics.CodeAnalysis;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;

namespace StemLab.Hub.Calibrating;

/// <summary>The wizards under way, in RAM: at most <see cref="Most"/>, each forgotten <see cref="LifeUs"/> after its last step. Safe from any thread.</summary>
internal sealed class Wizards(HubClock clock)
{
    public const int Most = 64;

    public const long LifeUs = 2 * 3_600_000_000L;

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<Id128, Wizard> _wizards = [];

    /// <summary>False when so many are under way.</summary>
    public bool TryAdd(Wizard wizard)
    {
        lock (_gate)
        {
            Forget();
            return _wizards.Count < Most && _wizards.TryAdd(wizard.Id, wizard with { TouchedUs = clock.NowUs() });
        }
    }

    public bool TryFind(Id128 id, [NotNullWhen(true)] out Wizard? wizard)
    {
        lock (_gate)
        {
            Forget();
            return _wizards.TryGetValue(id, out wizard);
        }
    }

    /// <summary>Changes a wizard by one step; null when it is gone.</summary>
    public Wizard? Step(Id128 id, Func<Wizard, Wizard> change)
    {
        lock (_gate)
        {
            Forget();
            return _wizards.TryGetValue(id, out var wizard) ? _wizards[id] = change(wizard) with { TouchedUs = clock.NowUs() } : null;
        }
    }

    /// <summary>Ends a wizard; false when it was gone, so that two who accept at once state one fact.</summary>
    public bool Remove(Id128 id)
    {
        lock (_gate)
        {
            Forget();
            return _wizards.Remove(id);
        }
    }

    public long ExpiresInUs(Wizard wizard) => Math.Max(0, wizard.TouchedUs + LifeUs - clock.NowUs());

    private void Forget()
    {
        var nowUs = clock.NowUs();
        foreach (var (id, wizard) in _wizards.ToArray())
        {
            if (nowUs - wizard.TouchedUs > LifeUs)
            {
                _wizards.Remove(id);
            }
        }
    }
}
