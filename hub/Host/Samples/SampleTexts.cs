using System.Collections.Immutable;
using System.Globalization;
using StemLab.Science.Statistics;
using StemLab.V1;

namespace StemLab.Hub.Samples;

/// <summary>How steady it is and what the bucket says, for people of 12 and older. Pure.</summary>
internal static class SampleTexts
{
    /// <summary>How steady it is, by key; {0} = seconds.</summary>
    public static ImmutableDictionary<string, (string En, string Vi)> Steady { get; } = new Dictionary<string, (string En, string Vi)>
    {
        ["nothing"] = ("The probe has said nothing yet.", "Đầu đo chưa cho số đo nào."),
        ["old"] = ("The last reading is old: is the agent switched on and in reach?", "Số đo cuối đã cũ: máy đo có đang bật và trong tầm sóng không?"),
        ["keep"] = ("Steady: keep it.", "Đã ổn định: giữ lại được."),
        ["few"] = ("Too few readings so far: wait a little.", "Mới có quá ít số đo: chờ thêm một chút."),
        ["hold"] = ("Hold still: it must be steady for {0} s.", "Giữ yên: cần ổn định trong {0} giây."),
        ["rising"] = ("Still rising: wait.", "Vẫn đang tăng: hãy chờ."),
        ["falling"] = ("Still falling: wait.", "Vẫn đang giảm: hãy chờ."),
        ["jumping"] = ("Jumping about: hold the probe still, away from bubbles.", "Nhảy lung tung: giữ yên đầu đo, tránh bọt khí."),
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public static Sentence Of(SteadyWindow window)
    {
        var (en, vi) = Steady[window switch
        {
            { State.Count: 0 } => "nothing",
            { IsFresh: false } => "old",
            { State.Wait: SteadyWait.None } => "keep",
            { State.Wait: SteadyWait.TooFewValues } => "few",
            { State.Wait: SteadyWait.WindowNotFull } => "hold",
            { State.Wait: SteadyWait.Drifting } => window.State.SlopePerSecond > 0 ? "rising" : "falling",
            _ => "jumping",
        }];
        return new() { En = string.Format(CultureInfo.InvariantCulture, en, Math.Round(window.Rule.WindowSeconds)), Vi = string.Format(CultureInfo.InvariantCulture, vi, Math.Round(window.Rule.WindowSeconds)) };
    }

    public static V1.Steadiness Wire(SteadyWindow window)
    {
        var wire = new V1.Steadiness { Level = window.IsFresh ? window.State.Progress : 0, Steady = window.IsSteady, Count = window.State.Count, Sentence = Of(window) };
        if (window.State.Mean is { } mean)
        {
            wire.Mean = mean;
        }

        if (window.State.Sd is { } sd)
        {
            wire.Sd = sd;
        }

        if (window.State.SlopePerSecond is { } slope)
        {
            wire.SlopePerMin = slope * 60;
        }

        if (window is { IsFresh: true, State.Wait: SteadyWait.None or SteadyWait.WindowNotFull or SteadyWait.TooFewValues or SteadyWait.Drifting })
        {
            wire.TimeLeftUs = window.IsSteady ? 0 : (long)((1 - window.State.Progress) * window.Rule.WindowSeconds * 1e6);
        }

        if (window is { StartUtcUs: { } start, EndUtcUs: { } end })
        {
            (wire.StartTimeUs, wire.EndTimeUs) = (start, end);
        }

        return wire;
    }

    public static Sentence Bucket(BucketReport report) => report switch
    {
        { Refusal: BucketRefusal.TooFewProbes } => new() { En = "A bucket test needs at least two probes.", Vi = "Cần ít nhất hai đầu đo trong xô." },
        { Refusal: BucketRefusal.NoCommonTime } => new() { En = "The probes have no readings in common in this time.", Vi = "Các đầu đo không có số đo chung trong khoảng thời gian này." },
        { IsSteady: false } => new() { En = "The water in the bucket still changes: stir, wait, and look again.", Vi = "Nước trong xô vẫn đang thay đổi: khuấy, chờ rồi xem lại." },
        { CanNameOdd: false } => new() { En = "Two probes can disagree, but nobody can say which is wrong: add a third.", Vi = "Hai đầu đo có thể lệch nhau nhưng không biết cái nào sai: thêm cái thứ ba." },
        _ when report.Probes.Count(probe => probe.IsOdd) is var odd and > 0 => odd == 1
            ? new() { En = "One probe stands apart from the others.", Vi = "Có một đầu đo khác hẳn những cái còn lại." }
            : new() { En = $"{odd} probes stand apart from the others.", Vi = $"Có {odd} đầu đo khác hẳn những cái còn lại." },
        _ when report.Probes.Any(probe => probe.IsOff) => new() { En = "No probe stands apart, but they differ by more than good probes do: are all of them in the same water?", Vi = "Không đầu đo nào khác hẳn, nhưng chúng lệch nhau nhiều hơn mức của đầu đo tốt: tất cả có ở trong cùng một xô nước không?" },
        _ => new() { En = "All probes agree.", Vi = "Các đầu đo đều khớp nhau." },
    };

    public static Sentence Probe(BucketProbe probe) => probe switch
    {
        { Mean: null } => new() { En = "It took no part: too few readings.", Vi = "Không tham gia: quá ít số đo." },
        { IsOdd: true } => new() { En = "The odd one out: clean it, then calibrate it.", Vi = "Khác hẳn các đầu đo kia: hãy rửa sạch rồi hiệu chuẩn." },
        { IsOff: true } => new() { En = "It differs by more than a good probe should.", Vi = "Lệch nhiều hơn mức của một đầu đo tốt." },
        { ResponseSeconds: > 60 } => new() { En = "It agrees, but it is slow.", Vi = "Khớp, nhưng phản ứng chậm." },
        _ => new() { En = "It agrees with the others.", Vi = "Khớp với các đầu đo khác." },
    };
}
