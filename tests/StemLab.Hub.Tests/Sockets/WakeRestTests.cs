namespace StemLab.Hub.Sockets;

/// <summary>When a thread that reads sockets rests. Time is counted, nobody waits.</summary>
public sealed class WakeRestTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(40);

    [Fact]
    public void A_trickle_of_many_is_gathered_and_tried_again_now_and_then()
    {
        var line = new Line(new WakeRest(Rest));
        line.Run(TimeSpan.FromSeconds(60), gapMs: 1);
        Assert.InRange(line.Rests, 1300, 1500);
        Assert.InRange(line.Rounds - line.Rests, 600, 1200);
    }

    [Fact]
    public void Few_messages_are_read_at_once()
    {
        var line = new Line(new WakeRest(Rest));
        line.Run(TimeSpan.FromSeconds(60), gapMs: 4);
        Assert.Equal(0, line.Rests);
    }

    [Fact]
    public void Senders_that_wait_for_their_answers_are_left_alone_after_two_tries()
    {
        var line = new Line(new WakeRest(Rest)) { IsAnswered = true };
        line.Run(TimeSpan.FromSeconds(10), gapMs: 1);
        Assert.InRange(line.Rests, 1, 20);
        line.Run(TimeSpan.FromSeconds(60), gapMs: 1);
        Assert.InRange(line.Rests, 1, 20 * 7);
    }

    [Fact]
    public void One_burst_before_a_trickle_is_no_reason_to_leave_it_alone()
    {
        var line = new Line(new WakeRest(Rest)) { BurstRounds = 64 };
        line.Run(TimeSpan.FromSeconds(5), gapMs: 1);
        Assert.InRange(line.Rests, 80, 125);
    }

    [Fact]
    public void Rounds_that_bring_much_are_not_followed_by_a_rest()
    {
        var rest = new WakeRest(Rest);
        var now = TimeSpan.Zero;
        for (var round = 0; round < 10_000; round++)
        {
            now += TimeSpan.FromMilliseconds(1);
            Assert.Equal(TimeSpan.Zero, rest.After(16 * 1024, now));
        }
    }

    [Fact]
    public void Switched_off_it_never_rests()
    {
        var line = new Line(new WakeRest(TimeSpan.Zero));
        line.Run(TimeSpan.FromSeconds(5), gapMs: 1);
        Assert.Equal(0, line.Rests);
    }

    /// <summary>A sender of 100 bytes every so often, and the thread that reads it.</summary>
    private sealed class Line(WakeRest rest)
    {
        private TimeSpan _now;
        private TimeSpan _next;

        public int Rests { get; private set; }

        public int Rounds { get; private set; }

        /// <summary>The next message is sent only when the last one has been read.</summary>
        public bool IsAnswered { get; init; }

        /// <summary>So many rounds bring ten times as much.</summary>
        public int BurstRounds { get; init; }

        public void Run(TimeSpan duration, double gapMs)
        {
            var (gap, end) = (TimeSpan.FromMilliseconds(gapMs), _now + duration);
            while (_now < end)
            {
                _now = _now > _next ? _now : _next;
                var messages = 0;
                for (; _next <= _now && !(IsAnswered && messages == 1); _next += gap)
                {
                    messages++;
                }

                _next = IsAnswered ? _now + gap : _next;
                var rests = rest.After(messages * (Rounds <= BurstRounds ? 1000 : 100), _now);
                Rounds++;
                Rests += rests > TimeSpan.Zero ? 1 : 0;
                _now += rests;
            }
        }
    }
}
