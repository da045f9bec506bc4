using System.Collections.Immutable;
using StemLab.Hub.TimeKeeping;

namespace StemLab.Hub.Enrolling;

/// <summary>Who knocked lately. RAM only and bounded: what does not knock again is forgotten. Safe from any thread.</summary>
internal sealed class KnockBook(HubClock clock)
{
    /// <summary>Most boards that wait.</summary>
    public const int MostWaiting = 200;

    /// <summary>Most of them from one address, so that one neighbour cannot fill the list.</summary>
    public const int MostPerAddress = 40;

    /// <summary>Whoever does not ask for so long does not wait any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>An answer lies ready for so long; longer than a challenge is good for, so that no letter is answered twice.</summary>
    public static readonly TimeSpan AnswerKept = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<string, Knock> _knocks = new(StringComparer.Ordinal);
    private int _turnedAway;

    /// <summary>Boards that wait or are shut out, longest first.</summary>
    public ImmutableArray<Knock> Waiting
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return [.. _knocks.Values.Where(IsWaiting).OrderBy(knock => knock.FirstUs)];
            }
        }
    }

    /// <summary>Boards that found the list full since the hub started.</summary>
    public int TurnedAway => Volatile.Read(ref _turnedAway);

    public Knock? Find(string id)
    {
        lock (_gate)
        {
            Forget();
            return _knocks.GetValueOrDefault(id);
        }
    }

    /// <summary>Puts a board on the list, or its newer letter in place of the older. False = the list is full.</summary>
    public bool Put(Knock knock)
    {
        lock (_gate)
        {
            Forget();
            if (IsWaiting(knock) && !(_knocks.TryGetValue(knock.Id, out var known) && IsWaiting(known))
                && (_knocks.Values.Count(IsWaiting) >= MostWaiting || _knocks.Values.Count(other => IsWaiting(other) && other.Address == knock.Address) >= MostPerAddress))
            {
                _turnedAway++;
                return false;
            }

            _knocks[knock.Id] = knock;
            return true;
        }
    }

    /// <summary>Changes a board on the list; null when it is not there.</summary>
    public Knock? Change(string id, Func<Knock, Knock> change)
    {
        lock (_gate)
        {
            return _knocks.TryGetValue(id, out var knock) ? _knocks[id] = change(knock) : null;
        }
    }

    private static bool IsWaiting(Knock knock) => knock.State is KnockState.Waiting or KnockState.Shut;

    /// <summary>Under _gate.</summary>
    private void Forget()
    {
        var nowUs = clock.NowUs();
        foreach (var (id, knock) in _knocks)
        {
            if (nowUs - knock.LastUs > (IsWaiting(knock) ? Patience : AnswerKept).TotalMicroseconds)
            {
                _knocks.Remove(id);
            }
        }
    }
}
