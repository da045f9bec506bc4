namespace StemLab.Hub.Web;

/// <summary>Texts of the report of a lesson. Immutable; a text missing in one language does not compile.</summary>
public sealed record ReportTexts
{
    public required string Print { get; init; }
    public required string Again { get; init; }
    public required string ReportTitle { get; init; }
    public required string ReportSave { get; init; }
    public required string ReportHint { get; init; }
    public required string Group { get; init; }
    public required string Runs { get; init; }
    public required string NoRuns { get; init; }
    public required string Together { get; init; }
    public required string NewestRuns { get; init; }
    public required string Channel { get; init; }
    public required string Least { get; init; }
    public required string Most { get; init; }
    public required string Mean { get; init; }
    public required string Readings { get; init; }
    public required string AndLeftOut { get; init; }
    public required string Flagged { get; init; }
    public required string Prediction { get; init; }
    public required string NoPrediction { get; init; }
    public required string SimulatedData { get; init; }
    public required string FlagsMean { get; init; }
    public required string MadeAt { get; init; }
    public required string TimeUnknown { get; init; }
    public required string Dashed { get; init; }
    public required string Questions { get; init; }
    public required string NoNotes { get; init; }
    public required string Notes { get; init; }

    public static ReportTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the reader's language, also one of a key file.</summary>
    internal static ReportTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static ReportTexts English { get; } = new()
    {
        Print = "Print",
        Again = "Run this lesson again",
        ReportTitle = "What we measured",
        ReportSave = "Save as one file",
        ReportHint = "One page for each group and one for the class. Print it, or save it as one file that opens anywhere.",
        Group = "Group",
        Runs = "Runs",
        NoRuns = "No run was made.",
        Together = "each group's newest run on one scale; line = lowest to highest, dot = mean",
        NewestRuns = "The newest {0} of {1} runs are drawn; all are kept on the hub.",
        Channel = "Channel",
        Least = "lowest",
        Most = "highest",
        Mean = "mean",
        Readings = "readings",
        AndLeftOut = "(and {0} left out)",
        Flagged = "flagged",
        Prediction = "Prediction",
        NoPrediction = "no prediction",
        SimulatedData = "Simulated: nothing here was measured.",
        FlagsMean = "What the marks mean: suspect = something is unusual, look again; failed = cannot be right and is left out of mean, lowest and highest.",
        MadeAt = "Revision {0}, {1}",
        TimeUnknown = "time not known yet",
        Dashed = "dashed: predicted",
        Questions = "Questions",
        NoNotes = "No notes yet.",
        Notes = "Notes",
    };

    public static ReportTexts Vietnamese { get; } = new()
    {
        Print = "In",
        Again = "Dạy lại bài này",
        ReportTitle = "Chúng ta đã đo gì",
        ReportSave = "Lưu thành một tệp",
        ReportHint = "Mỗi nhóm một trang và một trang cho cả lớp. Hãy in, hoặc lưu thành một tệp mở được ở bất cứ đâu.",
        Group = "Nhóm",
        Runs = "Lần đo",
        NoRuns = "Chưa có lần đo nào.",
        Together = "lần đo mới nhất của mỗi nhóm trên cùng thang đo; vạch = thấp nhất đến cao nhất, chấm = trung bình",
        NewestRuns = "Vẽ {0} lần đo mới nhất trong {1} lần; trạm vẫn giữ tất cả.",
        Channel = "Kênh",
        Least = "thấp nhất",
        Most = "cao nhất",
        Mean = "trung bình",
        Readings = "số lượng",
        AndLeftOut = "(và {0} không tính)",
        Flagged = "bị đánh dấu",
        Prediction = "Dự đoán",
        NoPrediction = "không dự đoán",
        SimulatedData = "Mô phỏng: không có gì ở đây là đo thật.",
        FlagsMean = "Dấu có nghĩa: nghi ngờ = có gì lạ, hãy xem lại; không đạt = không thể đúng và không tính vào trung bình, thấp nhất, cao nhất.",
        MadeAt = "Bản sửa đổi {0}, {1}",
        TimeUnknown = "chưa biết giờ",
        Dashed = "nét đứt: dự đoán",
        Questions = "Câu hỏi",
        NoNotes = "Chưa có ghi chú.",
        Notes = "Ghi chú",
    };
}
