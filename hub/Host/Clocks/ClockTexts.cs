using System.Globalization;
using StemLab.Science.Time;
using StemLab.V1;
using TimeState = StemLab.Science.Time.TimeState;

namespace StemLab.Hub.Clocks;

/// <summary>What is known of time, in words for people of 12 and older. Pure.</summary>
internal static class ClockTexts
{
    public static Sentence Now(TimeState state, long sigmaUs, string source, int phones) => state switch
    {
        TimeState.Anchored => Known(sigmaUs, source, phones),
        TimeState.Bounded => new()
        {
            En = $"No clock was met yet; from what happened before and after the time is known to {Within(sigmaUs, "en")}.",
            Vi = $"Chưa gặp đồng hồ nào; dựa vào các lần bật máy trước và sau, giờ được biết trong khoảng {Within(sigmaUs, "vi")}.",
        },
        _ => new()
        {
            En = "Nobody has told the hub what time it is. Readings are in order; they get their time as soon as phones join or a teacher says it.",
            Vi = "Chưa ai cho trạm biết mấy giờ. Số đo vẫn đúng thứ tự; giờ sẽ được điền ngay khi có điện thoại tham gia hoặc thầy cô cho biết.",
        },
    };

    public static Sentence Boot(TimeState state, long? sigmaUs) => state switch
    {
        TimeState.Anchored => new() { En = $"Time known to {Within(sigmaUs, "en")}.", Vi = $"Giờ được biết trong khoảng {Within(sigmaUs, "vi")}." },
        TimeState.Bounded => new() { En = $"It met no clock; it lies between its neighbours, within {Within(sigmaUs, "en")}.", Vi = $"Lần bật máy này không gặp đồng hồ nào; nó nằm giữa lần trước và lần sau, trong khoảng {Within(sigmaUs, "vi")}." },
        _ => new() { En = "It met no clock. A teacher can say when it was switched on.", Vi = "Lần bật máy này không gặp đồng hồ nào. Thầy cô có thể cho biết máy được bật lúc nào." },
    };

    public static Sentence Of(OutlierReason reason, long distanceUs) => reason switch
    {
        OutlierReason.Disagrees => new()
        {
            En = $"It disagrees with what the others say by {Span(distanceUs, "en")}, so it is not followed.",
            Vi = $"Nó lệch {Span(distanceUs, "vi")} so với các nguồn khác, nên không được dùng.",
        },
        OutlierReason.ContradictsBootOrder => new()
        {
            En = "It would put this start of the device before one that came earlier, so it is not followed.",
            Vi = "Nếu dùng, lần bật máy này sẽ đứng trước một lần xảy ra sớm hơn, nên không được dùng.",
        },
        _ => new() { En = "It is out of form, so it is not followed.", Vi = "Nó sai dạng, nên không được dùng." },
    };

    public static Sentence Phones(PhoneVote.Types.State state, PhoneVerdict? verdict) => state switch
    {
        PhoneVote.Types.State.NotNeeded => new() { En = "The hub knows the time better than phones do.", Vi = "Trạm biết giờ chính xác hơn điện thoại." },
        PhoneVote.Types.State.Agreed => new()
        {
            En = $"{verdict!.Agreeing} of {verdict.Phones} phones agree: the time is known to {Within(verdict.SigmaUs, "en")}.",
            Vi = $"{verdict.Agreeing} trong {verdict.Phones} điện thoại có cùng giờ: giờ được biết trong khoảng {Within(verdict.SigmaUs, "vi")}.",
        },
        PhoneVote.Types.State.NoAgreement => new()
        {
            En = $"Only {verdict!.Agreeing} of {verdict.Phones} phones agree. Teacher: is it {Moment(verdict, "en")} (universal time)?",
            Vi = $"Chỉ {verdict.Agreeing} trong {verdict.Phones} điện thoại có cùng giờ. Thầy cô: bây giờ có phải {Moment(verdict, "vi")} (giờ quốc tế) không?",
        },
        _ => new()
        {
            En = $"{verdict?.Phones ?? 0} {(verdict?.Phones == 1 ? "phone" : "phones")} so far; {PhoneClocks.FewestPhones} are needed.",
            Vi = $"Mới có {verdict?.Phones ?? 0} điện thoại; cần {PhoneClocks.FewestPhones}.",
        },
    };

    /// <summary>"± 0.3 s", "± 5 min", "± 2 h"; in words where it is not known.</summary>
    public static string Within(long? sigmaUs, string language) => sigmaUs is null or long.MaxValue
        ? language == "vi" ? "chưa rõ" : "an unknown bound"
        : $"± {Span(sigmaUs.Value, language)}";

    private static Sentence Known(long sigmaUs, string source, int phones)
    {
        var (en, vi) = source switch
        {
            "ntp" => ("from the network", "từ mạng"),
            "rtc" => ("from the hub's own clock", "từ đồng hồ của trạm"),
            "gps" => ("from GPS", "từ GPS"),
            "phones" => phones > 0 ? ($"from {phones} phones", $"từ {phones} điện thoại") : ("from phones", "từ điện thoại"),
            "teacher" => ("from the teacher", "theo lời thầy cô"),
            _ => ($"from {source}", $"từ {source}"),
        };
        return new Sentence { En = $"The time is known to {Within(sigmaUs, "en")}, {en}.", Vi = $"Giờ được biết trong khoảng {Within(sigmaUs, "vi")}, {vi}." };
    }

    private static string Moment(PhoneVerdict verdict, string language)
    {
        var utc = DateTimeOffset.UnixEpoch.AddMicroseconds(verdict.UtcUs);
        return language == "vi" ? utc.ToString("HH:mm 'ngày' d/M", CultureInfo.InvariantCulture) : utc.ToString("ddd d MMM, HH:mm", CultureInfo.InvariantCulture);
    }

    private static string Span(long us, string language)
    {
        var seconds = us / 1e6;
        var (number, unit, vi) = seconds switch
        {
            < 0.0995 => (seconds * 1000, "ms", "ms"),
            < 99.5 => (seconds, "s", "giây"),
            < 5_970 => (seconds / 60, "min", "phút"),
            < 172_000 => (seconds / 3600, "h", "giờ"),
            _ => (seconds / 86400, "days", "ngày"),
        };
        var text = number >= 9.95 ? Math.Round(number).ToString(CultureInfo.InvariantCulture) : number.ToString("0.#", CultureInfo.InvariantCulture);
        return language == "vi" ? $"{text.Replace('.', ',')} {vi}" : $"{text} {unit}";
    }
}
