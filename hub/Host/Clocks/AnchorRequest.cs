using System.Globalization;
using System.Text.RegularExpressions;
using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;
using StemLab.Wire;
using Instant = StemLab.Hub.Facts.Instant;

namespace StemLab.Hub.Clocks;

/// <summary>Reads a person's word on time into an anchor, or says all that is wrong with it. Pure but for the hub's now.</summary>
internal static partial class AnchorRequest
{
    private const long UsualSigmaUs = 60_000_000;
    private const long LeastSigmaUs = 1_000;
    private const long MostSigmaUs = 86_400_000_000;
    private const long DayUs = 86_400_000_000;

    private static readonly string[] LocalForms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    /// <summary>The anchor; null when <paramref name="wrong"/> says why not.</summary>
    public static UtcAnchor? Read(StateAnchorRequest request, ClockView view, HubClock clock, List<(string Field, string Description)> wrong)
    {
        var at = At(request, view, clock, wrong);
        var utcUs = Utc(request, wrong);
        var sigmaUs = request.SigmaUs == 0 ? UsualSigmaUs : request.SigmaUs;
        if (sigmaUs is < LeastSigmaUs or > MostSigmaUs)
        {
            wrong.Add(("sigma_us", $"{request.SigmaUs} is not 0 (1 min) or {LeastSigmaUs} to {MostSigmaUs} µs"));
        }

        var source = request.Source.Length == 0 ? "teacher" : request.Source;
        if (!SourceForm().IsMatch(source) || source is "ntp" or "rtc" or PhoneVotes.Source)
        {
            wrong.Add(("source", $"'{request.Source}' is not a source a person may state; give teacher, gps, radio… ([a-z0-9-], not ntp, rtc or phones)"));
        }

        return wrong.Count == 0 ? new UtcAnchor(at.Boot, at.Us, utcUs, sigmaUs, source) : null;
    }

    private static Instant At(StateAnchorRequest request, ClockView view, HubClock clock, List<(string, string)> wrong)
    {
        if (request.At is null)
        {
            return clock.Now;
        }

        if (request.At.AtCase != V1.Instant.AtOneofCase.BootTime || !Id128.TryParse(request.At.BootTime.BootId, out var id))
        {
            wrong.Add(("at", "give boot_time {boot_id, t_us} of ListBoots, or nothing for now; a UTC time cannot say what UTC was"));
            return clock.Now;
        }

        if (view.Find(id) is not { } boot)
        {
            wrong.Add(("at.boot_time.boot_id", $"'{id}' is no boot of this hub; see ListBoots"));
            return clock.Now;
        }

        if (boot.Kind == Science.Time.ClockKind.Utc)
        {
            wrong.Add(("at.boot_time.boot_id", "is a sender that states UTC itself; its bound is stated as a fact"));
        }

        var tUs = request.At.BootTime.TUs;
        if (tUs < 0 || tUs > boot.LastTUs + DayUs || (id == clock.BootId && tUs > clock.NowUs()))
        {
            wrong.Add(("at.boot_time.t_us", $"{tUs} is not on that boot, which ran from 0 to {boot.LastTUs}"));
        }

        return Instant.AtBoot(id, tUs);
    }

    private static long Utc(StateAnchorRequest request, List<(string, string)> wrong)
    {
        long utcUs;
        switch (request.TimeCase)
        {
            case StateAnchorRequest.TimeOneofCase.UtcUs:
                utcUs = request.UtcUs;
                break;
            case StateAnchorRequest.TimeOneofCase.LocalTime:
                if (request.UtcOffsetMinutes is < -720 or > 840)
                {
                    wrong.Add(("utc_offset_minutes", $"{request.UtcOffsetMinutes} is not -720 to 840; Việt Nam is 420"));
                }

                if (!DateTime.TryParseExact(request.LocalTime, LocalForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
                {
                    wrong.Add(("local_time", $"'{request.LocalTime}' is not like 2026-11-24T09:30"));
                    return 0;
                }

                utcUs = ((local.Ticks - DateTime.UnixEpoch.Ticks) / 10) - (request.UtcOffsetMinutes * 60_000_000L);
                break;
            default:
                wrong.Add(("time", "say what time it was: utc_us, or local_time with utc_offset_minutes"));
                return 0;
        }

        if (utcUs is < 0 or > FactCheck.LatestUtcUs)
        {
            wrong.Add((request.TimeCase == StateAnchorRequest.TimeOneofCase.UtcUs ? "utc_us" : "local_time", "is not between 1970 and 2200"));
        }

        return utcUs;
    }

    [GeneratedRegex("^[a-z0-9-]{1,32}$")]
    private static partial Regex SourceForm();
}
