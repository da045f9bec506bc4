namespace StemLab.Hub.Web;

/// <summary>Texts of the form that changes a lesson. Immutable; a text missing in one language does not compile.</summary>
public sealed record LessonFormTexts
{
    public required string Aims { get; init; }
    public required string Materials { get; init; }
    public required string Minutes { get; init; }
    public required string Questions { get; init; }
    public required string Groups { get; init; }
    public required string FormTitle { get; init; }
    public required string FormHint { get; init; }
    public required string Slug { get; init; }
    public required string TitleField { get; init; }
    public required string Summary { get; init; }
    public required string InEnglish { get; init; }
    public required string InVietnamese { get; init; }
    public required string Steps { get; init; }
    public required string ShortSteps { get; init; }
    public required string StepTitle { get; init; }
    public required string Prompt { get; init; }
    public required string TeacherHint { get; init; }
    public required string Hides { get; init; }
    public required string Properties { get; init; }
    public required string RunLength { get; init; }
    public required string Rate { get; init; }
    public required string PredictionField { get; init; }
    public required string PredictionNone { get; init; }
    public required string PredictionNumber { get; init; }
    public required string PredictionCurve { get; init; }
    public required string PredictionPrompt { get; init; }
    public required string Limits { get; init; }
    public required string Above { get; init; }
    public required string Below { get; init; }
    public required string Hysteresis { get; init; }
    public required string Hold { get; init; }
    public required string Source { get; init; }
    public required string Answer { get; init; }
    public required string TeacherNotes { get; init; }
    public required string Add { get; init; }
    public required string SaveLesson { get; init; }
    public required string Saved { get; init; }
    public required string DeleteLesson { get; init; }

    public static LessonFormTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the reader's language, also one of a key file.</summary>
    internal static LessonFormTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static LessonFormTexts English { get; } = new()
    {
        Aims = "Aims",
        Materials = "You need",
        Minutes = "{0} min",
        Questions = "Questions",
        Groups = "Groups",
        FormTitle = "Change a lesson",
        FormHint = "A copy of your own. Every text is needed in both languages.",
        Slug = "Short name (a–z, 0–9, -)",
        TitleField = "Title",
        Summary = "Summary",
        InEnglish = "English",
        InVietnamese = "Vietnamese",
        Steps = "Steps",
        ShortSteps = "Ten-minute version",
        StepTitle = "What it is",
        Prompt = "What students read",
        TeacherHint = "Hint for the teacher",
        Hides = "hide values until predicted",
        Properties = "What is measured",
        RunLength = "Length of a run, s (0 = until stopped)",
        Rate = "Readings a second wanted",
        PredictionField = "Prediction",
        PredictionNone = "none",
        PredictionNumber = "a number",
        PredictionCurve = "a curve",
        PredictionPrompt = "Question for the prediction",
        Limits = "Alerts",
        Above = "above",
        Below = "below",
        Hysteresis = "over again when back by",
        Hold = "for so many s",
        Source = "Source",
        Answer = "Answer",
        TeacherNotes = "Notes for the teacher",
        Add = "Add",
        SaveLesson = "Save the lesson",
        Saved = "Saved. It is in the list now.",
        DeleteLesson = "Delete this lesson",
    };

    public static LessonFormTexts Vietnamese { get; } = new()
    {
        Aims = "Mục tiêu",
        Materials = "Cần có",
        Minutes = "{0} phút",
        Questions = "Câu hỏi",
        Groups = "Số nhóm",
        FormTitle = "Sửa bài học",
        FormHint = "Bản sao của riêng bạn. Mọi chữ đều cần cả hai ngôn ngữ.",
        Slug = "Tên ngắn (a–z, 0–9, -)",
        TitleField = "Tên bài",
        Summary = "Tóm tắt",
        InEnglish = "Tiếng Anh",
        InVietnamese = "Tiếng Việt",
        Steps = "Các bước",
        ShortSteps = "Bản mười phút",
        StepTitle = "Tên bước",
        Prompt = "Học sinh đọc",
        TeacherHint = "Gợi ý cho thầy cô",
        Hides = "giấu số đo đến khi dự đoán",
        Properties = "Đo đại lượng gì",
        RunLength = "Thời gian đo, giây (0 = đến khi dừng)",
        Rate = "Số lần đo mỗi giây",
        PredictionField = "Dự đoán",
        PredictionNone = "không",
        PredictionNumber = "một số",
        PredictionCurve = "một đường vẽ",
        PredictionPrompt = "Câu hỏi dự đoán",
        Limits = "Báo động",
        Above = "trên",
        Below = "dưới",
        Hysteresis = "hết khi trở lại",
        Hold = "kéo dài bao giây",
        Source = "Nguồn",
        Answer = "Đáp án",
        TeacherNotes = "Ghi chú cho thầy cô",
        Add = "Thêm",
        SaveLesson = "Lưu bài học",
        Saved = "Đã lưu. Bài đã có trong danh sách.",
        DeleteLesson = "Xóa bài này",
    };
}
