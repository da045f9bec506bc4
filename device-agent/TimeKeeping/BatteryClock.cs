namespace StemLab.Agent.TimeKeeping;

/// <summary>
/// A clock with a battery (Pi 5, DS3231). It is believed only from the day on that the agent has held it against network time: one that nobody has checked may have stood still for years.
/// One thread.
/// </summary>
/// <param name="read">Seconds since 1970 as the clock says; null where there is none.</param>
/// <param name="network">What it is held against.</param>
/// <param name="book">Remembers when it was right.</param>
internal sealed class BatteryClock(Func<long?> read, ITimeSource network, AgentBook book) : ITimeSource
{
    private const string Checked = "rtc_checked_s";

    /// <summary>The clock shows whole seconds.</summary>
    private const long ResolutionUs = 1_000_000;

    /// <summary>Worst rate of a cheap clock over the temperatures of a school yard: 50 ppm.</summary>
    private const long DriftUsPerSecond = 50;

    /// <summary>Nearer than this to network time the clock is right.</summary>
    private const long RightUs = 2_000_000;

    /// <summary>What was checked is written down again after a day, no sooner: a card wears.</summary>
    private const long NewsSeconds = 86_400;

    /// <inheritdoc/>
    public string Name => "rtc";

    /// <inheritdoc/>
    public SourceTime? Now()
    {
        if (read() is not { } seconds)
        {
            return null;
        }

        if (network.Now() is { } truth)
        {
            var isRight = Math.Abs(truth.UtcUs - (seconds * 1_000_000)) <= RightUs + truth.SigmaUs;
            var known = book.Note(Checked);
            if (isRight ? seconds - known >= NewsSeconds || seconds < known : known != 0)
            {
                book.SetNote(Checked, isRight ? seconds : 0);
            }
        }

        return book.Note(Checked) is > 0 and var right && seconds >= right
            ? new SourceTime((seconds * 1_000_000) + (ResolutionUs / 2), ResolutionUs + RightUs + ((seconds - right) * DriftUsPerSecond))
            : null;
    }
}
