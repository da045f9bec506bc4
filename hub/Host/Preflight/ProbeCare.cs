using StemLab.Hub.Derive;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;
using Calibration = StemLab.Hub.Facts.Calibration;
using CalibrationCheck = StemLab.Hub.Facts.CalibrationCheck;
using Fact = StemLab.Hub.Facts.Fact;
using Instant = StemLab.Hub.Facts.Instant;

namespace StemLab.Hub.Preflight;

/// <summary>How each probe was looked after: its calibration's age, slope and end before a trip, its check after it. Safe from any thread.</summary>
internal sealed class ProbeCare(HubClock clock)
{
    /// <summary>A calibration older than this should be made anew before a trip.</summary>
    public static readonly TimeSpan Good = TimeSpan.FromDays(14);

    // Of the ideal slope, %: makers of pH electrodes say clean below 92 to 95, replace below 85.
    private const double CleanBelow = 92;
    private const double WornBelow = 85;
    private const double TooSteep = 105;
    private const long DayUs = 86_400_000_000;
    private const string Page = "/calibrate";

    /// <summary>Properties whose probes drift within weeks.</summary>
    private static readonly HashSet<string> Drifting = new(StringComparer.Ordinal) { "ph", "electrical_conductivity", "dissolved_oxygen", "dissolved_oxygen_saturation", "turbidity" };

    public static bool Drifts(ChannelView channel) => channel.DerivedBy.IsEmpty && Drifting.Contains(channel.PropertyId);

    /// <summary>Before a trip.</summary>
    public PreflightLine Before(Derivation derivation, ChannelView channel)
    {
        var about = NameOf(channel);
        if (channel.Calibration.IsEmpty || !derivation.Inputs.Facts.TryFind(channel.Calibration, out Fact? fact) || fact.Body is not Calibration inForce)
        {
            return Finding.Look("probe", about, Finding.Both("It has never been calibrated.", "Chưa được hiệu chuẩn lần nào."), Finding.Both("Calibrate it: its numbers may be off by a lot.", "Hãy hiệu chuẩn: số đo có thể lệch nhiều."), Page);
        }

        var slope = inForce.Method?.SlopePercent;
        if (slope is < WornBelow or > TooSteep)
        {
            return Finding.Stop("probe", about, Finding.With(slope.Value, 0, "Its slope is {0} % of the ideal one.", "Độ dốc chỉ đạt {0} % so với lý tưởng."), Finding.Both("Clean the tip and calibrate again; if it stays like this, use another probe.", "Làm sạch đầu đo rồi hiệu chuẩn lại; nếu vẫn vậy, hãy dùng đầu đo khác."), Page);
        }

        if (AgeUs(derivation, inForce.ValidFrom) is not { } ageUs)
        {
            return Finding.Look("probe", about, Finding.Both("Nobody knows how old its calibration is, because the time was not known then.", "Không rõ đã hiệu chuẩn bao lâu, vì khi đó chưa biết giờ."), Finding.Both("Tell the hub the time, or check the probe in a standard.", "Hãy cho trạm biết giờ, hoặc kiểm tra đầu đo trong dung dịch chuẩn."), "/time");
        }

        var days = ageUs / (double)DayUs;
        if (inForce.Method?.ValidUntil is { } until && AgeUs(derivation, until) is > 0)
        {
            return Finding.Stop("probe", about, Finding.With(Math.Floor(days), 0, "Its calibration is {0} days old and no longer valid: every reading would be marked suspect.", "Hiệu chuẩn đã {0} ngày và hết hạn: mọi số đo sẽ bị đánh dấu nghi ngờ."), Finding.Both("Calibrate it today.", "Hãy hiệu chuẩn hôm nay."), Page);
        }

        if (ageUs > (long)Good.TotalMicroseconds)
        {
            return Finding.Look("probe", about, Finding.With(Math.Floor(days), 0, "It was calibrated {0} days ago.", "Đã hiệu chuẩn {0} ngày trước."), Finding.Both("Better calibrate again before you sail.", "Nên hiệu chuẩn lại trước khi ra khơi."), Page);
        }

        return slope is < CleanBelow
            ? Finding.Look("probe", about, Finding.With(slope.Value, 0, "Calibrated lately, but its slope is only {0} % of the ideal one.", "Mới hiệu chuẩn, nhưng độ dốc chỉ {0} % so với lý tưởng."), Finding.Both("Clean the tip; watch it on the trip.", "Làm sạch đầu đo; để ý nó trong chuyến đi."), Page)
            : Finding.Ready("probe", about, Finding.Both(
                $"Calibrated {Days(days, "en")}{(slope is { } percent ? $", slope {Finding.Number(percent, 0, "en")} %" : "")}.", $"Hiệu chuẩn {Days(days, "vi")}{(slope is { } vi ? $", độ dốc {Finding.Number(vi, 0, "vi")} %" : "")}."));
    }

    /// <summary>After a trip: was it hung into a standard again?</summary>
    public PreflightLine After(Derivation derivation, ChannelView channel)
    {
        var about = NameOf(channel);
        if (channel.Probe.IsEmpty || channel.Calibration.IsEmpty)
        {
            return Finding.Look("check", about, Finding.Both("It was never calibrated, so its drift cannot be known.", "Chưa từng hiệu chuẩn nên không thể biết nó đã trôi bao nhiêu."), Finding.Both("Calibrate it now: that tells what the numbers of today are worth.", "Hãy hiệu chuẩn ngay: nhờ đó biết số đo hôm nay đáng tin đến đâu."), Page);
        }

        var latest = derivation.Inputs.Facts.Of<CalibrationCheck>().Where(check => check.Body.Probe == channel.Probe).Select(check => AgeUs(derivation, check.Body.At))
            .Concat(derivation.Inputs.Facts.Of<Calibration>().Where(made => made.Body.Probe == channel.Probe && made.Fact.FactId != default).Select(made => AgeUs(derivation, made.Body.ValidFrom)))
            .Where(age => age is >= 0).Min();
        return latest is { } ageUs && ageUs < DayUs / 2
            ? Finding.Ready("check", about, Finding.With(Math.Max(1, Math.Round(ageUs / 3.6e9)), 0, "It was in a standard {0} h ago.", "Đã kiểm tra trong dung dịch chuẩn {0} giờ trước."))
            : Finding.Look("check", about, Finding.Both("It has not been in a standard since the trip.", "Từ sau chuyến đi chưa được kiểm tra trong dung dịch chuẩn."), Finding.Both("Check it in the same standards as before: the drift between can then be spread over the trip.", "Hãy kiểm tra trong cùng dung dịch chuẩn như trước: nhờ đó chia đều được độ trôi cho cả chuyến đi."), Page);
    }

    /// <summary>"ag-4, pH".</summary>
    public static Sentence NameOf(ChannelView channel) =>
        Finding.Both($"{channel.AgentSlug}{Finding.OfAgent}{channel.Property?.NameEn ?? channel.Port}", $"{channel.AgentSlug}{Finding.OfAgent}{channel.Property?.NameVi ?? channel.Port}");

    private static string Days(double days, string language)
    {
        var (old, isVietnamese) = (Math.Floor(days), language == "vi");
        if (old <= 0)
        {
            return isVietnamese ? "hôm nay" : "today";
        }

        if (old <= 1)
        {
            return isVietnamese ? "hôm qua" : "yesterday";
        }

        return $"{Finding.Number(old, 0, language)} {(isVietnamese ? "ngày trước" : "days ago")}";
    }

    /// <summary>How long ago, µs; negative = still to come; null = cannot be told.</summary>
    private long? AgeUs(Derivation derivation, Instant at)
    {
        if (at.Boot == clock.BootId)
        {
            return clock.NowUs() - at.Us;
        }

        return derivation.Instants.TryToUtc(clock.Now, out var nowUtc, out _) && derivation.Instants.TryToUtc(at, out var utc, out _) ? nowUtc - utc : null;
    }
}
