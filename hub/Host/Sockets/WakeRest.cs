namespace StemLab.Hub.Sockets;

/// <summary>
/// Decides how long a thread that reads sockets rests between two rounds, so that one wake reads what otherwise takes many: only while sockets would wake it often, and never where
/// senders wait for their answers. Tries both ways in turns. One thread.
/// </summary>
/// <param name="rest">Longest rest; zero = never.</param>
internal sealed class WakeRest(TimeSpan rest)
{
    /// <summary>Rounds without rest that tell what comes when nobody is held back.</summary>
    private const int TrialRounds = 64;

    /// <summary>Trial rounds may take so long for a rest to be worth it: 500 wakes a second.</summary>
    private static readonly TimeSpan TrialAtMost = TimeSpan.FromMilliseconds(128);

    /// <summary>Rounds with rest until it is tried again.</summary>
    private const int RestRounds = 100;

    /// <summary>After so many it is looked at for the first time whether somebody is held back.</summary>
    private const int FirstLook = 10;

    /// <summary>So many times more without rest than with it: senders wait for answers.</summary>
    private const double HeldBack = 1.5;

    private static readonly TimeSpan LeaveAlone = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a round that are worth a wake of their own.</summary>
    private const int Enough = 16 * 1024;

    private bool _isResting;
    private bool _isDoubted;
    private int _rounds;
    private long _bytes;
    private TimeSpan _since;
    private TimeSpan _untouchedUntil;
    private double _freeBytesPerS;

    /// <summary>How long to rest after a round.</summary>
    /// <param name="bytes">Read in the round.</param>
    /// <param name="now">On any scale that only goes forward.</param>
    public TimeSpan After(int bytes, TimeSpan now)
    {
        if (rest == TimeSpan.Zero || now < _untouchedUntil)
        {
            return TimeSpan.Zero;
        }

        _rounds++;
        _bytes += bytes;
        if (_isResting)
        {
            Look(now);
        }
        else
        {
            Try(now);
        }

        return _isResting && bytes < Enough ? rest : TimeSpan.Zero;
    }

    private void Try(TimeSpan now)
    {
        if (_rounds == 1 || now - _since > TrialAtMost)
        {
            // The bytes of the first round came before the trial began.
            Begin(isResting: false, now);
            _rounds = 1;
        }
        else if (_rounds > TrialRounds && now > _since)
        {
            _freeBytesPerS = _bytes / (now - _since).TotalSeconds;
            Begin(isResting: true, now);
        }
    }

    private void Look(TimeSpan now)
    {
        if (_rounds is not (FirstLook or RestRounds))
        {
            return;
        }

        if (_bytes / (now - _since).TotalSeconds * HeldBack < _freeBytesPerS)
        {
            // Once may be chance: what had piled up came during the trial.
            _isDoubted = !_isDoubted;
            _untouchedUntil = _isDoubted ? now : now + LeaveAlone;
            Begin(isResting: false, now);
        }
        else
        {
            _isDoubted = false;
            if (_rounds == RestRounds)
            {
                Begin(isResting: false, now);
            }
        }
    }

    private void Begin(bool isResting, TimeSpan now)
    {
        _isResting = isResting;
        _rounds = 0;
        _bytes = 0;
        _since = now;
    }
}
