using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Time;
using StemLab.Wire;

namespace StemLab.Hub.Clocks;

/// <summary>
/// Collects what phones' clocks say and states one UtcAnchor when enough of them agree and they know better than the hub. Votes live in RAM;
/// nothing of a phone is kept but its offset under an id made here. Safe from any thread.
/// </summary>
internal sealed class PhoneVotes(HubClock clock, FactLog facts)
{
    /// <summary>Exchanges held; the oldest vote goes first.</summary>
    public const int MostPhones = 256;

    public const string Source = "phones";

    /// <summary>How long a finished vote counts: 50 ppm over it is 0.36 s.</summary>
    private const long VoteUs = 2 * 3_600_000_000L;

    /// <summary>How long an unfinished exchange is waited for.</summary>
    private const long PatienceUs = 600_000_000;

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<Id128, PhoneClock> _phones = [];

    /// <summary>Takes one call. False when the exchange is unknown or over: start a new one.</summary>
    /// <param name="exchange">Empty = a new one.</param>
    /// <param name="receivedUs">Hub's clock when the call came, µs.</param>
    /// <param name="sentUs">Hub's clock as the answer tells it, µs.</param>
    public bool TryTake(Id128 exchange, long phoneSentUs, long phoneReceivedUs, long receivedUs, out Id128 id, out long sentUs, [NotNullWhen(true)] out PhoneClock? phone)
    {
        lock (_gate)
        {
            Forget(receivedUs);
            id = exchange.IsEmpty ? Id128.New() : exchange;
            sentUs = clock.NowUs();
            if (!_phones.TryGetValue(id, out phone))
            {
                if (!exchange.IsEmpty)
                {
                    return false;
                }

                MakeRoom();
                phone = new PhoneClock();
                _phones.Add(id, phone);
            }

            if (phone.Calls >= PhoneClock.MostCalls)
            {
                return false;
            }

            if (phone.Vote is null)
            {
                phone.Take(phoneSentUs, phoneReceivedUs, receivedUs, sentUs);
            }

            return true;
        }
    }

    /// <summary>What the phones say of now; null without any vote.</summary>
    public (long AtUs, PhoneVerdict Verdict)? Verdict()
    {
        lock (_gate)
        {
            var nowUs = clock.NowUs();
            Forget(nowUs);
            PhoneReading[] votes = [.. _phones.Where(phone => phone.Value.Vote is not null).Select(phone => phone.Value.Vote!.Value with { Phone = phone.Key.Value })];
            return votes.Length == 0 ? null : (nowUs, PhoneClocks.Judge(votes, nowUs));
        }
    }

    /// <summary>States the phones' anchor if it is worth it. The anchor before, of the same phones and fewer, is superseded.</summary>
    /// <param name="atUs">Hub's clock the verdict is of, µs.</param>
    /// <param name="hubSigmaUs">How well the hub knows UTC without a new anchor, µs; <see cref="long.MaxValue"/> = not at all.</param>
    /// <returns>Whether a fact was stated.</returns>
    public bool Offer(long atUs, PhoneVerdict verdict, long hubSigmaUs)
    {
        if (verdict.Agreement != PhoneAgreement.Agreed || verdict.SigmaUs >= hubSigmaUs)
        {
            return false;
        }

        lock (_gate)
        {
            var utcUs = verdict.UtcUs;
            if (utcUs is < 0 or > FactCheck.LatestUtcUs)
            {
                return false;
            }

            ImmutableArray<(Fact Fact, UtcAnchor Body)> before = [.. facts.Current.Of<UtcAnchor>().Where(stated => stated.Body.Boot == clock.BootId && stated.Body.Source == Source && stated.Fact.HubId == clock.HubId)];
            var sample = new ClockSample(atUs, utcUs - atUs, verdict.SigmaUs);
            if (!sample.IsWorthStating(before.Select(stated => new ClockSample(stated.Body.TUs, stated.Body.UtcUs - stated.Body.TUs, stated.Body.SigmaUs))))
            {
                return false;
            }

            facts.Append(new FactDraft(new UtcAnchor(clock.BootId, atUs, utcUs, verdict.SigmaUs, Source), clock.Now, FactRoles.Hub) { Supersedes = [.. before.Select(stated => stated.Fact.FactId)] });
            return true;
        }
    }

    private void Forget(long nowUs)
    {
        foreach (var (id, phone) in _phones.ToArray())
        {
            if (nowUs - phone.LastUs > (phone.Vote is null ? PatienceUs : VoteUs))
            {
                _phones.Remove(id);
            }
        }
    }

    /// <summary>Full: an unfinished exchange goes before a vote, the oldest first.</summary>
    private void MakeRoom()
    {
        if (_phones.Count >= MostPhones)
        {
            _phones.Remove(_phones.MinBy(entry => (entry.Value.Vote is null ? 0 : 1, entry.Value.LastUs)).Key);
        }
    }
}
