using StemLab.Science.Time;

namespace StemLab.Hub.Clocks;

/// <summary>One phone's comparison with the hub's clock, round by round. RAM only; knows nothing of the phone but its clock. Not safe: its owner's lock guards it.</summary>
internal sealed class PhoneClock
{
    /// <summary>Rounds that make a vote.</summary>
    public const int Rounds = 8;

    /// <summary>Calls an exchange may take: answers that came too late or out of order are asked again, not for ever.</summary>
    public const int MostCalls = 32;

    /// <summary>A round that took longer says too little.</summary>
    private const long LongestRoundUs = 5_000_000;

    private (long PhoneSentUs, long HubReceivedUs, long HubSentUs)? _open;
    private PhoneReading? _best;

    public int Calls { get; private set; }

    public int Completed { get; private set; }

    /// <summary>Hub's clock at its last call, µs.</summary>
    public long LastUs { get; private set; }

    /// <summary>The round with the shortest way; absent before all rounds are done.</summary>
    public PhoneReading? Vote => Completed >= Rounds ? _best : null;

    /// <summary>Takes one call: completes the round before with the time its answer arrived, and opens the next.</summary>
    /// <param name="phoneReceivedUs">0 = there was no answer before.</param>
    public void Take(long phoneSentUs, long phoneReceivedUs, long hubReceivedUs, long hubSentUs)
    {
        Calls++;
        LastUs = hubSentUs;
        if (_open is { } round && phoneReceivedUs != 0)
        {
            Complete(round, phoneReceivedUs);
        }

        _open = (phoneSentUs, hubReceivedUs, hubSentUs);
    }

    private void Complete((long PhoneSentUs, long HubReceivedUs, long HubSentUs) round, long phoneReceivedUs)
    {
        var wayUs = phoneReceivedUs - round.PhoneSentUs - (round.HubSentUs - round.HubReceivedUs);
        if (wayUs is < 0 or > LongestRoundUs)
        {
            // The phone's clock was set in between, or the answer lay somewhere.
            return;
        }

        Completed++;
        var aheadUs = ((round.PhoneSentUs - round.HubReceivedUs) + (phoneReceivedUs - round.HubSentUs)) / 2;
        var reading = new PhoneReading(default, round.HubReceivedUs, round.HubReceivedUs + aheadUs, wayUs);
        _best = _best is { } known && known.RoundTripUs <= reading.RoundTripUs ? known : reading;
    }
}
