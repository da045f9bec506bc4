using System.Globalization;
using StemLab.Science.Calibration;
using StemLab.V1;

namespace StemLab.Hub.Calibrating;

/// <summary>What a calibration says, for people of 12 and older. Pure.</summary>
internal static class CalibratingTexts
{
    public static string Code(CalibrationRefusal refusal) => refusal switch
    {
        CalibrationRefusal.None => "",
        CalibrationRefusal.TooFewPoints => "TOO_FEW_POINTS",
        CalibrationRefusal.NotANumber => "NOT_A_NUMBER",
        CalibrationRefusal.PointsCoincide => "POINTS_COINCIDE",
        CalibrationRefusal.PointsContradict => "POINTS_CONTRADICT",
        CalibrationRefusal.FactorOutOfRange => "FACTOR_OUT_OF_RANGE",
        CalibrationRefusal.WrongSign => "WRONG_SIGN",
        CalibrationRefusal.SlopeOutOfRange => "SLOPE_OUT_OF_RANGE",
        CalibrationRefusal.WrongBuffer => "WRONG_BUFFER",
        _ => "OFFSET_OUT_OF_RANGE",
    };

    public static Sentence Refused(WizardFit fit) => fit.Refusal switch
    {
        CalibrationRefusal.TooFewPoints => new() { En = "More points are needed.", Vi = "Cần thêm điểm." },
        CalibrationRefusal.NotANumber => new() { En = "A number is missing or cannot be used: is the temperature right?", Vi = "Thiếu số hoặc số không dùng được: nhiệt độ có đúng không?" },
        CalibrationRefusal.PointsCoincide => new() { En = "The probe reads the same in different standards: was it really moved?", Vi = "Đầu đo cho cùng một số trong các dung dịch khác nhau: đã thật sự đổi dung dịch chưa?" },
        CalibrationRefusal.PointsContradict => new() { En = "The points contradict each other: measure them again.", Vi = "Các điểm mâu thuẫn nhau: hãy đo lại." },
        CalibrationRefusal.FactorOutOfRange => new() { En = "The probe is too far from the standard: wrong bottle, wrong unit or a broken probe?", Vi = "Đầu đo lệch quá xa chuẩn: nhầm chai, nhầm đơn vị hay đầu đo hỏng?" },
        CalibrationRefusal.WrongSign => new() { En = "The probe answers the wrong way round: are the bottles swapped?", Vi = "Đầu đo phản ứng ngược: có nhầm hai chai không?" },
        CalibrationRefusal.SlopeOutOfRange => new() { En = "The slope is none of a healthy electrode: clean or replace it.", Vi = "Độ dốc không phải của điện cực tốt: hãy rửa hoặc thay." },
        CalibrationRefusal.WrongBuffer => new()
        {
            En = $"Wrong bottle? The readings would fit {string.Join(", ", fit.Likely.Select(bottle => Ways.NameOf(bottle).En))} in this order.",
            Vi = $"Nhầm chai? Các số đo khớp với {string.Join("; ", fit.Likely.Select(bottle => Ways.NameOf(bottle).Vi))} theo thứ tự này.",
        },
        _ => new() { En = "The electrode's zero is too far off: clean or replace it.", Vi = "Điểm không của điện cực lệch quá xa: hãy rửa hoặc thay." },
    };

    public static Sentence Good(WizardFit fit, int days)
    {
        var (en, vi) = fit.Ph is { } ph
            ? ($"Slope {ph.SlopePercent.ToString("0", CultureInfo.InvariantCulture)} %: {(ph.IsDoubtful ? "usable, but clean the electrode" : "a healthy electrode")}.", $"Độ dốc {ph.SlopePercent.ToString("0", CultureInfo.InvariantCulture)} %: {(ph.IsDoubtful ? "dùng được, nhưng nên rửa điện cực" : "điện cực tốt")}.")
            : ("The points fit.", "Các điểm khớp.");
        return new Sentence { En = $"{en} Good for {days} days.", Vi = $"{vi} Dùng được {days} ngày." };
    }
}
