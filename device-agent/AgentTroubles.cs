using StemLab.Agent.Outbox;
using StemLab.Agent.Sensors;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire.V1;

namespace StemLab.Agent;

/// <summary>What is not as it should be with an agent, in sentences for people: its probes' troubles, and its own. One caller at a time.</summary>
/// <param name="ofProbes">Troubles of probes and buses.</param>
/// <param name="ofSettings">What is wrong with its settings.</param>
/// <param name="clock">Never jumps.</param>
/// <param name="time">Its wall clock may.</param>
internal sealed class AgentTroubles(Func<IReadOnlyList<Sensors.Trouble>> ofProbes, Func<Words> ofSettings, BootClock clock, TimeProvider time)
{
    private const string Agent = "agent";
    private const int Most = 32;
    private const int LongestSentence = 300;
    private const int ReadOnly = 8;
    private const int Full = 13;
    private const long JumpUs = 60_000_000;
    private const long JumpToldUs = 3_600_000_000;
    private readonly Lock gate = new();
    private long wallAheadUs = long.MinValue;
    private long jumpedByUs;
    private long jumpedAtUs;

    /// <summary>All there are now, the agent's own first.</summary>
    public IReadOnlyList<Wire.V1.Trouble> Now(OutboxHealth outbox)
    {
        var own = new[] { ofSettings(), Disk(outbox), Lost(outbox, LostReason.Cap), Lost(outbox, LostReason.Disk), Lost(outbox, LostReason.Corrupt), Jump() };
        return [.. own.Where(words => !words.IsEmpty).Select(words => Wire(Agent, words)).Concat(ofProbes().Select(trouble => Wire(trouble.Probe, trouble.Words))).Take(Most)];
    }

    private static Wire.V1.Trouble Wire(string about, Words words) => new() { About = about, En = Clip(words.En), Vi = Clip(words.Vi) };

    private static string Clip(string text) => text.Length <= LongestSentence ? text : text[..LongestSentence];

    private static Words Disk(OutboxHealth outbox) => outbox.DiskError switch
    {
        0 => Words.None,
        Full => new("the card is full: readings stay in memory, and what memory cannot hold is lost; delete something on the card", "thẻ nhớ đã đầy: số đo tạm giữ trong bộ nhớ, phần không chứa nổi sẽ mất; hãy xoá bớt trên thẻ"),
        ReadOnly => new("the card can only be read, as worn-out cards do: readings stay in memory, and what memory cannot hold is lost; put in a new card", "thẻ nhớ chỉ còn đọc được, thường do thẻ đã hỏng: số đo tạm giữ trong bộ nhớ, phần không chứa nổi sẽ mất; hãy thay thẻ"),
        _ => new("the card does not take readings: they stay in memory, and what memory cannot hold is lost; check the card", "thẻ nhớ không ghi được: số đo tạm giữ trong bộ nhớ, phần không chứa nổi sẽ mất; hãy kiểm tra thẻ"),
    };

    private static Words Lost(OutboxHealth outbox, LostReason reason) => (reason, outbox.LostTo[(int)reason]) switch
    {
        (_, 0) => Words.None,
        (LostReason.Cap, var rows) => new($"{rows} readings were given up: the hub was away longer than there is room for (OutboxCapBytes)", $"{rows} số đo đã phải bỏ: trạm vắng lâu hơn chỗ chứa cho phép (OutboxCapBytes)"),
        (LostReason.Corrupt, var rows) => new($"{rows} readings were lost to damage on the card; if it happens again, put in a new card", $"{rows} số đo đã mất vì thẻ nhớ bị hỏng một phần; nếu còn xảy ra, hãy thay thẻ"),
        (_, var rows) => new($"{rows} readings were lost because the card did not take them", $"{rows} số đo đã mất vì thẻ nhớ không ghi được"),
    };

    /// <summary>A machine without a battery clock wakes in another year, and jumps when somebody tells it the time; readings do not.</summary>
    private Words Jump()
    {
        lock (gate)
        {
            var nowUs = clock.NowUs();
            var aheadUs = ((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) - nowUs;
            if (wallAheadUs != long.MinValue && Math.Abs(aheadUs - wallAheadUs) > JumpUs)
            {
                (jumpedByUs, jumpedAtUs) = (aheadUs - wallAheadUs, nowUs);
            }

            wallAheadUs = aheadUs;
            if (jumpedByUs == 0 || nowUs - jumpedAtUs > JumpToldUs)
            {
                return Words.None;
            }

            var hours = FormattableString.Invariant($"{jumpedByUs / 3.6e9:+0.0;-0.0}");
            return new Words($"the machine's own clock jumped by {hours} hours; readings are not touched by it, they are timed by a clock that never jumps",
                $"đồng hồ của máy vừa nhảy {hours} giờ; số đo không bị ảnh hưởng vì được tính giờ bằng đồng hồ không bao giờ nhảy");
        }
    }
}
