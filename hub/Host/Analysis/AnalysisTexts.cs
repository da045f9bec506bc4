using StemLab.Science.Statistics;
using StemLab.V1;

namespace StemLab.Hub.Analysis;

/// <summary>Why nothing could be computed, for people of 12 and older. Pure.</summary>
internal static class AnalysisTexts
{
    public static Sentence NoReadings => new() { En = "There are no readings with a value in this span.", Vi = "Khoảng thời gian này không có số đo nào." };

    public static Sentence OneReading => new() { En = "There is only one reading; at least two are needed.", Vi = "Chỉ có một số đo; cần ít nhất hai." };

    public static Sentence OneMoment => new() { En = "All readings are of the same moment; nothing changes with time here.", Vi = "Mọi số đo đều ở cùng một thời điểm; không có gì thay đổi theo thời gian." };

    public static Sentence TooShortForSpectrum => new() { En = "A spectrum needs at least 8 readings.", Vi = "Cần ít nhất 8 số đo để vẽ phổ." };

    public static Sentence TooManySteps => new() { En = "At this rate the span is more than a million steps; ask for a shorter span or a lower rate.", Vi = "Với tần số này khoảng thời gian dài hơn một triệu bước; hãy chọn khoảng ngắn hơn hoặc tần số thấp hơn." };

    public static Sentence Of(FitRefusal refusal, int points) => refusal switch
    {
        FitRefusal.TooFewPoints when points == 1 => new() { En = "One reading is too few for this curve.", Vi = "Một số đo là quá ít cho đường cong này." },
        FitRefusal.TooFewPoints => new() { En = $"{points} readings are too few for this curve.", Vi = $"{points} số đo là quá ít cho đường cong này." },
        FitRefusal.TooFewDifferentX => new() { En = "The readings lie at too few different places along x for this curve.", Vi = "Các số đo có quá ít giá trị x khác nhau cho đường cong này." },
        FitRefusal.XNotAllowed => new() { En = "This curve is not defined where x is 0 (or, for a logarithm or power, below 0); move the start of x.", Vi = "Đường cong này không xác định khi x bằng 0 (hoặc nhỏ hơn 0 với logarit, lũy thừa); hãy dời điểm bắt đầu của x." },
        _ => new() { En = "No curve of this kind fits these readings; try another one.", Vi = "Không có đường cong loại này khớp với các số đo; hãy thử loại khác." },
    };
}
