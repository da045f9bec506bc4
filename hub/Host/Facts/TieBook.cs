using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>What became of an automatic tie.</summary>
internal enum TieVerdict
{
    /// <summary>It became a fact.</summary>
    Stated,

    /// <summary>It says nothing new; kept in the boot's bounded log.</summary>
    Logged,

    /// <summary>The same tie was stated before.</summary>
    Known,
}

/// <summary>Decides which automatic clock ties become facts; the others stay in a bounded log per boot. Safe from any thread.</summary>
internal sealed class TieBook
{
    /// <summary>Ties kept per boot beside the stated ones, newest.</summary>
    public const int LogLength = 64;

    // Boots that still run number as the agents do; this only bounds a hostile sender.
    private const int MostBoots = 4096;

    private readonly FactLog _facts;
    private readonly Lock _gate = new();

    // Under _gate. Ended boots leave it.
    private readonly Dictionary<Id128, Queue<ClockTie>> _log = [];

    public TieBook(FactLog facts) => _facts = facts;

    /// <summary>Weighs a tie between an agent's boot (a) and the hub's or another boot (b).</summary>
    /// <exception cref="ArgumentException">The tie is not valid (<see cref="FactCheck"/>).</exception>
    public TieVerdict Offer(ClockTie tie, Instant now)
    {
        lock (_gate)
        {
            bool known = false;
            var stated = new List<ClockSample>();
            foreach ((_, ClockTie other) in _facts.Current.Of<ClockTie>())
            {
                if (other.BootA == tie.BootA && other.BootB == tie.BootB)
                {
                    known |= other == tie;
                    stated.Add(Sample(other));
                }
            }

            if (known)
            {
                return TieVerdict.Known;
            }

            if (Sample(tie).IsWorthStating(stated))
            {
                _facts.Append(new FactDraft(tie, now, FactRoles.Agent));
                return TieVerdict.Stated;
            }

            Keep(tie);
            return TieVerdict.Logged;
        }
    }

    /// <summary>The boot has ended: its last tie, if only logged so far, becomes a fact.</summary>
    public void EndBoot(Id128 boot, Instant now)
    {
        lock (_gate)
        {
            if (!_log.Remove(boot, out Queue<ClockTie>? log))
            {
                return;
            }

            ClockTie last = log.MaxBy(tie => tie.TAUs)!;
            bool later = _facts.Current.Of<ClockTie>().All(stated => stated.Body.BootA != boot || stated.Body.BootB != last.BootB || stated.Body.TAUs < last.TAUs);
            if (later)
            {
                _facts.Append(new FactDraft(last, now, FactRoles.Agent));
            }
        }
    }

    /// <summary>The ties of a boot that did not become facts, oldest first.</summary>
    public IReadOnlyList<ClockTie> Logged(Id128 boot)
    {
        lock (_gate)
        {
            return _log.TryGetValue(boot, out Queue<ClockTie>? log) ? [.. log] : [];
        }
    }

    private static ClockSample Sample(ClockTie tie) => new(tie.TAUs, unchecked(tie.TBUs - tie.TAUs), tie.SigmaUs);

    private void Keep(ClockTie tie)
    {
        if (!_log.TryGetValue(tie.BootA, out Queue<ClockTie>? log))
        {
            if (_log.Count >= MostBoots)
            {
                return;
            }

            _log[tie.BootA] = log = new Queue<ClockTie>();
        }

        if (log.Contains(tie))
        {
            return;
        }

        log.Enqueue(tie);
        if (log.Count > LogLength)
        {
            log.Dequeue();
        }
    }
}
