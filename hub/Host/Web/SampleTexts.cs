namespace StemLab.Hub.Web;

/// <summary>Texts of the page of samples and of the bucket test in one language. Immutable.</summary>
public sealed record SampleTexts
{
    public required string Title { get; init; }
    public required string KeepTitle { get; init; }
    public required string KeepHint { get; init; }
    public required string Channel { get; init; }
    public required string SteadinessLabel { get; init; }
    public required string Waiting { get; init; }
    public required string SteadyKeep { get; init; }
    public required string TimeLeft { get; init; }
    public required string Site { get; init; }
    public required string Note { get; init; }
    public required string EvenIfUnsteady { get; init; }
    public required string Keep { get; init; }
    public required string Kept { get; init; }
    public required string KeptSamples { get; init; }
    public required string MeanSd { get; init; }
    public required string State { get; init; }
    public required string NotSteady { get; init; }
    public required string NoSamples { get; init; }
    public required string Undo { get; init; }
    public required string Undone { get; init; }
    public required string Unsure { get; init; }
    public required string BucketTitle { get; init; }
    public required string BucketHint { get; init; }
    public required string Property { get; init; }
    public required string Probes { get; init; }
    public required string Begin { get; init; }
    public required string BucketBegun { get; init; }
    public required string BucketRuns { get; init; }
    public required string CompareThem { get; init; }
    public required string TooSoon { get; init; }
    public required string TickTwo { get; init; }
    public required string Compared { get; init; }
    public required string BringToOthers { get; init; }
    public required string Probe { get; init; }
    public required string OnAverage { get; init; }
    public required string Offset { get; init; }
    public required string Noise { get; init; }
    public required string Response { get; init; }
    public required string InWords { get; init; }
    public required string OddOneOut { get; init; }

    public static SampleTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static SampleTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static SampleTexts English { get; } = new()
    {
        Title = "Samples and bucket test",
        KeepTitle = "Keep when steady",
        KeepHint = "Put the probe into the water and wait until the bar is full. Then keep the sample: mean, scatter and number of readings.",
        Channel = "Which reading",
        SteadinessLabel = "How steady the reading is",
        Waiting = "Wait: it still moves",
        SteadyKeep = "Steady. Keep it",
        TimeLeft = "About {0} more.",
        Site = "Place",
        Note = "Note",
        EvenIfUnsteady = "keep it although it still moves",
        Keep = "Keep this sample",
        Kept = "Kept: {0} ± {1}, n = {2}.",
        KeptSamples = "Samples kept",
        MeanSd = "Mean ± scatter",
        State = "State",
        NotSteady = "not steady",
        NoSamples = "No sample of this reading yet.",
        Undo = "Undo",
        Undone = "Undone: it is as before.",
        Unsure = "time not known",
        BucketTitle = "Bucket test",
        BucketHint = "Hang all probes of one kind into one bucket for five minutes. They should all say the same. Which one does not?",
        Property = "What is measured",
        Probes = "Which probes are in the bucket?",
        Begin = "They are in: begin now",
        BucketBegun = "Begun. Stir, then wait five minutes.",
        BucketRuns = "In the bucket for {0}. After five minutes press Compare.",
        TooSoon = "Too soon: they are in for {0} only. Wait at least a minute, better five.",
        TickTwo = "Tick at least two probes that are in the bucket.",
        Compared = "Compared: the last minute of what was measured from {0} to {1}.",
        BringToOthers = "Correct it: set it to {0}",
        CompareThem = "Compare",
        Probe = "Probe",
        OnAverage = "It says, on average",
        Offset = "Differs from the middle",
        Noise = "Noise",
        Response = "Follows within",
        InWords = "In words",
        OddOneOut = "the odd one out",
    };

    public static SampleTexts Vietnamese { get; } = new()
    {
        Title = "Mẫu đo và thử chung xô",
        KeepTitle = "Giữ khi ổn định",
        KeepHint = "Cho đầu đo vào nước và chờ đến khi thanh đầy. Rồi giữ mẫu đo: trung bình, độ tản và số giá trị.",
        Channel = "Giá trị nào",
        SteadinessLabel = "Giá trị ổn định đến đâu",
        Waiting = "Chờ đã: số còn thay đổi",
        SteadyKeep = "Ổn định. Giữ lại",
        TimeLeft = "Còn khoảng {0}.",
        Site = "Điểm đo",
        Note = "Ghi chú",
        EvenIfUnsteady = "cứ giữ dù số còn thay đổi",
        Keep = "Giữ mẫu đo này",
        Kept = "Đã giữ: {0} ± {1}, n = {2}.",
        KeptSamples = "Các mẫu đã giữ",
        MeanSd = "Trung bình ± độ tản",
        State = "Trạng thái",
        NotSteady = "chưa ổn định",
        NoSamples = "Chưa có mẫu đo nào của giá trị này.",
        Undo = "Hoàn tác",
        Undone = "Đã hoàn tác: mọi thứ như trước.",
        Unsure = "chưa biết giờ",
        BucketTitle = "Thử chung xô",
        BucketHint = "Thả mọi đầu đo cùng loại vào một xô trong năm phút. Chúng phải chỉ như nhau. Đầu đo nào khác?",
        Property = "Đại lượng đo",
        Probes = "Những đầu đo nào ở trong xô?",
        Begin = "Đã thả vào: bắt đầu",
        BucketBegun = "Đã bắt đầu. Khuấy đều rồi chờ năm phút.",
        BucketRuns = "Đã ở trong xô {0}. Sau năm phút hãy bấm So sánh.",
        TooSoon = "Còn sớm quá: mới ở trong xô {0}. Hãy chờ ít nhất một phút, tốt nhất là năm phút.",
        TickTwo = "Hãy đánh dấu ít nhất hai đầu đo đang ở trong xô.",
        Compared = "Đã so sánh: phút cuối của những gì đo được từ {0} đến {1}.",
        BringToOthers = "Sửa lại: đưa nó về {0}",
        CompareThem = "So sánh",
        Probe = "Đầu đo",
        OnAverage = "Trung bình nó chỉ",
        Offset = "Lệch so với giữa",
        Noise = "Nhiễu",
        Response = "Theo kịp trong",
        InWords = "Bằng lời",
        OddOneOut = "khác hẳn các đầu kia",
    };
}
