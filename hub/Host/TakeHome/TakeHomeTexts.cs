using StemLab.Hub.Translating;
using StemLab.V1;

namespace StemLab.Hub.TakeHome;

/// <summary>Texts of what is taken home, in one language. Immutable.</summary>
internal sealed record TakeHomeTexts
{
    public required string Language { get; init; }

    /// <summary>What the hub itself says; absent = in Vietnamese and English alone.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Phrases? Phrases { get; init; }

    public required string TakenHome { get; init; }
    public required string OwnName { get; init; }
    public required string NameStays { get; init; }
    public required string Group { get; init; }
    public required string Made { get; init; }
    public required string Simulated { get; init; }
    public required string Practice { get; init; }
    public required string StillRunning { get; init; }
    public required string TimeUnknown { get; init; }
    public required string Graph { get; init; }
    public required string GraphHow { get; init; }
    public required string NeedsScript { get; init; }
    public required string CommonStart { get; init; }
    public required string Earlier { get; init; }
    public required string Later { get; init; }
    public required string ZoomIn { get; init; }
    public required string ZoomOut { get; init; }
    public required string Everything { get; init; }
    public required string Print { get; init; }
    public required string Runs { get; init; }
    public required string Run { get; init; }
    public required string What { get; init; }
    public required string Readings { get; init; }
    public required string Mean { get; init; }
    public required string Lowest { get; init; }
    public required string Highest { get; init; }
    public required string LeftOut { get; init; }
    public required string NothingMeasured { get; init; }
    public required string NotCalculated { get; init; }
    public required string WrongColumns { get; init; }
    public required string PredictionTitle { get; init; }
    public required string Predicted { get; init; }
    public required string Measured { get; init; }
    public required string Difference { get; init; }
    public required string Drawn { get; init; }
    public required string Where { get; init; }
    public required string SamplesTitle { get; init; }
    public required string NoSamples { get; init; }
    public required string When { get; init; }
    public required string MeanSd { get; init; }
    public required string State { get; init; }
    public required string Steady { get; init; }
    public required string NotSteady { get; init; }
    public required string Note { get; init; }
    public required string NotesTitle { get; init; }
    public required string NoNotes { get; init; }
    public required string FlagsTitle { get; init; }
    public required string FlagsLead { get; init; }
    public required string Foot { get; init; }
    public required string Date { get; init; }
    public required string Time { get; init; }
    public required string SecondsFromStart { get; init; }
    public required string Quality { get; init; }
    public required string NoSuchRun { get; init; }
    public required string NoGroup { get; init; }

    /// <summary>Number, mark, word and sentence of each flag.</summary>
    public required FlagText[] Flags { get; init; }

    public static TakeHomeTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>Of two languages the reader's.</summary>
    public string Say(string english, string vietnamese) => Phrases?.Say(Language, english, vietnamese) ?? (Language == "vi" ? vietnamese : english);

    /// <summary>The same of a sentence; empty where there is none.</summary>
    public string Say(Sentence? both) => both is null ? "" : Phrases?.Say(Language, both) ?? Say(both.En, both.Vi);

    /// <summary>A flag in a word; empty for none.</summary>
    public string FlagName(int flag) => Array.Find(Flags, one => one.Flag == flag)?.Name ?? "";

    public static TakeHomeTexts English { get; } = new()
    {
        Language = "en",
        TakenHome = "What we measured",
        OwnName = "My name",
        NameStays = "You type it here; it stays on this device and is sent to nobody.",
        Group = "Group",
        Made = "Made",
        Simulated = "Simulated: nothing in this file was measured by a real probe.",
        Practice = "practice",
        StillRunning = "still running when this file was made",
        TimeUnknown = "The clock time was not known. Lengths of time are right, dates are not.",
        Graph = "Graph",
        GraphHow = "Drag to move, pinch or press + and − to zoom. Arrow keys move too.",
        NeedsScript = "The graph needs scripts; the tables below do not.",
        CommonStart = "All runs from one start",
        Earlier = "Earlier",
        Later = "Later",
        ZoomIn = "Zoom in",
        ZoomOut = "Zoom out",
        Everything = "Everything",
        Print = "Print",
        Runs = "Runs",
        Run = "Run",
        What = "What",
        Readings = "Readings",
        Mean = "Mean",
        Lowest = "Lowest",
        Highest = "Highest",
        LeftOut = "Left out",
        NothingMeasured = "nothing was measured",
        NotCalculated = "Not calculated:",
        WrongColumns = "Your own columns cannot be read: at most six, with 2,000 letters in all",
        PredictionTitle = "What we thought, and what we found",
        Predicted = "We thought",
        Measured = "We found",
        Difference = "Difference",
        Drawn = "drawn in the graph, dashed",
        Where = "Place",
        SamplesTitle = "Samples",
        NoSamples = "No sample was kept.",
        When = "When",
        MeanSd = "Mean ± scatter",
        State = "State",
        Steady = "steady",
        NotSteady = "not steady",
        Note = "Note",
        NotesTitle = "Notes",
        NoNotes = "Nobody wrote a note.",
        FlagsTitle = "What the flags mean",
        FlagsLead = "Every reading was checked. The check marks it; nothing is deleted.",
        Foot = "This file opens without internet and without the hub. State of the data: revision {0}.",
        Date = "Date",
        Time = "Time",
        SecondsFromStart = "Seconds from start",
        Quality = "Quality",
        NoSuchRun = "There is no such run on this hub. Look at the address again, or ask your teacher.",
        NoGroup = "You have no seat in a group of a class: join one first.",
        Flags =
        [
            new(1, "✓", "good", "Passed every check."),
            new(2, "·", "not checked", "Nobody knows yet: there was too little to compare with."),
            new(3, "▲", "suspect", "Unusual: a jump, a standstill, or a value rarely seen. Look at it before you trust it."),
            new(4, "✕", "failed", "Cannot be right, for example a probe in the air. Left out of means, but kept."),
            new(9, "○", "missing", "The probe gave nothing."),
        ],
    };

    public static TakeHomeTexts Vietnamese { get; } = new()
    {
        Language = "vi",
        TakenHome = "Chúng em đã đo",
        OwnName = "Tên của em",
        NameStays = "Em tự gõ ở đây; tên chỉ nằm trên máy này, không gửi cho ai.",
        Group = "Nhóm",
        Made = "Tạo lúc",
        Simulated = "Mô phỏng: không có gì trong tệp này do đầu đo thật đo được.",
        Practice = "đo thử",
        StillRunning = "còn đang chạy khi tạo tệp này",
        TimeUnknown = "Khi đó chưa biết giờ. Độ dài thời gian thì đúng, ngày giờ thì chưa.",
        Graph = "Biểu đồ",
        GraphHow = "Kéo để di chuyển, chụm hai ngón hoặc bấm + và − để phóng to thu nhỏ. Phím mũi tên cũng di chuyển được.",
        NeedsScript = "Biểu đồ cần chạy mã lệnh; các bảng bên dưới thì không.",
        CommonStart = "Mọi lần đo từ cùng một vạch xuất phát",
        Earlier = "Sớm hơn",
        Later = "Muộn hơn",
        ZoomIn = "Phóng to",
        ZoomOut = "Thu nhỏ",
        Everything = "Tất cả",
        Print = "In",
        Runs = "Các lần đo",
        Run = "Lần đo",
        What = "Đại lượng",
        Readings = "Số giá trị",
        Mean = "Trung bình",
        Lowest = "Thấp nhất",
        Highest = "Cao nhất",
        LeftOut = "Bỏ ra",
        NothingMeasured = "không đo được gì",
        NotCalculated = "Không tính được:",
        WrongColumns = "Không đọc được các cột tự tính: nhiều nhất sáu cột, tổng cộng 2.000 chữ",
        PredictionTitle = "Chúng em đã đoán, và đã thấy",
        Predicted = "Đã đoán",
        Measured = "Đã đo được",
        Difference = "Chênh lệch",
        Drawn = "vẽ trên biểu đồ, nét đứt",
        Where = "Điểm đo",
        SamplesTitle = "Mẫu đo",
        NoSamples = "Chưa giữ mẫu đo nào.",
        When = "Khi nào",
        MeanSd = "Trung bình ± độ tản",
        State = "Trạng thái",
        Steady = "ổn định",
        NotSteady = "chưa ổn định",
        Note = "Ghi chú",
        NotesTitle = "Ghi chú",
        NoNotes = "Chưa ai viết ghi chú.",
        FlagsTitle = "Các dấu có nghĩa gì",
        FlagsLead = "Giá trị nào cũng được kiểm tra. Kiểm tra chỉ đánh dấu, không xóa gì.",
        Foot = "Tệp này mở được khi không có mạng và không có trạm chủ. Dữ liệu ở phiên bản {0}.",
        Date = "Ngày",
        Time = "Giờ",
        SecondsFromStart = "Giây từ lúc bắt đầu",
        Quality = "Chất lượng",
        NoSuchRun = "Trạm này không có lần đo đó. Hãy xem lại địa chỉ, hoặc hỏi thầy cô.",
        NoGroup = "Em chưa có chỗ trong nhóm nào của lớp: hãy vào lớp trước.",
        Flags =
        [
            new(1, "✓", "tốt", "Qua mọi kiểm tra."),
            new(2, "·", "chưa kiểm tra", "Chưa biết: có quá ít số để so sánh."),
            new(3, "▲", "nghi ngờ", "Khác thường: nhảy vọt, đứng yên, hoặc hiếm gặp. Hãy xem kỹ trước khi tin."),
            new(4, "✕", "không đạt", "Không thể đúng, ví dụ đầu đo ở ngoài không khí. Không tính vào trung bình, nhưng vẫn được giữ."),
            new(9, "○", "không có", "Đầu đo không cho giá trị."),
        ],
    };
}

/// <summary>A flag in words.</summary>
/// <param name="Flag">Its number.</param>
/// <param name="Mark">Its sign.</param>
/// <param name="Name">A word.</param>
/// <param name="Meaning">A sentence.</param>
internal sealed record FlagText(int Flag, string Mark, string Name, string Meaning);
