namespace StemLab.Hub.Web;

/// <summary>Texts of the page of one channel in one language. Immutable.</summary>
public sealed record ChannelTexts
{
    public required string Compare { get; init; }
    public required string CompareNothing { get; init; }
    public required string CompareRaw { get; init; }
    public required string CompareDrift { get; init; }
    public required string CompareRevision { get; init; }
    public required string Revision { get; init; }
    public required string ZoomForRaw { get; init; }
    public required string RawOwnScale { get; init; }
    public required string NoDifference { get; init; }
    public required string Difference { get; init; }
    public required string FlagLegend { get; init; }
    public required string ToCalibrate { get; init; }
    public required string ToDerived { get; init; }
    public required string ToSamples { get; init; }
    public required string ToChanges { get; init; }
    public required string FlagsTitle { get; init; }
    public required string AllGood { get; init; }
    public required string PersonSaid { get; init; }
    public required string InBottle { get; init; }
    public required string Override { get; init; }
    public required string OverrideTitle { get; init; }
    public required string OverrideHint { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string WholeView { get; init; }
    public required string ItIs { get; init; }
    public required string Good { get; init; }
    public required string NotEvaluated { get; init; }
    public required string Because { get; init; }
    public required string DoFlag { get; init; }
    public required string Flagged { get; init; }
    public required string Undo { get; init; }
    public required string Undone { get; init; }
    public required string RulesTitle { get; init; }
    public required string TestOff { get; init; }
    public required string FromRegistry { get; init; }
    public required string FromProperty { get; init; }
    public required string FromSite { get; init; }
    public required string FromChannel { get; init; }
    public required string ChangeRules { get; init; }
    public required string Scope { get; init; }
    public required string ThisChannel { get; init; }
    public required string EveryChannel { get; init; }
    public required string SwitchOff { get; init; }
    public required string StateRules { get; init; }
    public required string Ruled { get; init; }
    public required string Rechecking { get; init; }
    public required string TestRange { get; init; }
    public required string TestSpike { get; init; }
    public required string TestRate { get; init; }
    public required string TestFlat { get; init; }
    public required string SuspectBelow { get; init; }
    public required string SuspectAbove { get; init; }
    public required string FailBelow { get; init; }
    public required string FailAbove { get; init; }
    public required string SuspectAfter { get; init; }
    public required string FailAfter { get; init; }
    public required string Movement { get; init; }
    public required string CalibrationsTitle { get; init; }
    public required string NotCalibrated { get; init; }
    public required string NotFound { get; init; }
    public required string NotFoundHint { get; init; }

    public static ChannelTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static ChannelTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static ChannelTexts English { get; } = new()
    {
        Compare = "Compare with",
        CompareNothing = "nothing",
        CompareRaw = "what the probe gave",
        CompareDrift = "before spreading the drift",
        CompareRevision = "as of a revision",
        Revision = "Revision",
        ZoomForRaw = "Too long a span for single readings: zoom in.",
        RawOwnScale = "The dashed line is what the probe gave, on a scale of its own (around {0}).",
        NoDifference = "No difference here.",
        Difference = "The largest difference here is {0}.",
        FlagLegend = "▲ suspect · ✕ failed a check · ○ no value · ✎ a person's word",
        ToCalibrate = "Calibrate",
        ToDerived = "Compute from readings",
        ToSamples = "Keep a sample",
        ToChanges = "What changed",
        FlagsTitle = "What stands out, and why",
        AllGood = "Nothing stands out in this span.",
        PersonSaid = "Somebody said: “{0}” (the tests said: {1})",
        InBottle = "in a calibration bottle",
        Override = "Say otherwise",
        OverrideTitle = "Say otherwise about a stretch",
        OverrideHint = "What the tests say is kept beside it; others see your reason.",
        From = "From",
        To = "To",
        WholeView = "The span in the chart",
        ItIs = "It is",
        Good = "good",
        NotEvaluated = "not evaluated",
        Because = "Because",
        DoFlag = "State it",
        Flagged = "Noted for {0} readings.",
        Undo = "Undo",
        Undone = "Undone: it is as before.",
        RulesTitle = "How readings are judged",
        TestOff = "off",
        FromRegistry = "usual for this property",
        FromProperty = "rule for all channels of this property",
        FromSite = "rule of the site",
        FromChannel = "rule of this channel",
        ChangeRules = "Change the rules",
        Scope = "For",
        ThisChannel = "this channel",
        EveryChannel = "every channel of this property",
        SwitchOff = "do not test this",
        StateRules = "State the rules and judge the past again",
        Ruled = "Noted. Channels that are judged again: {0}.",
        Rechecking = "Judging the past again",
        TestRange = "Where values can be",
        TestSpike = "Jumps away and back",
        TestRate = "Changes too fast, per second",
        TestFlat = "Does not move",
        SuspectBelow = "suspect below",
        SuspectAbove = "suspect above",
        FailBelow = "fail below",
        FailAbove = "fail above",
        SuspectAfter = "suspect after s",
        FailAfter = "fail after s",
        Movement = "less than this is no movement",
        CalibrationsTitle = "Calibrations",
        NotCalibrated = "Not calibrated yet.",
        NotFound = "No such channel",
        NotFoundHint = "This hub does not know it. Perhaps it belongs to another hub, or the address was cut off.",
    };

    public static ChannelTexts Vietnamese { get; } = new()
    {
        Compare = "So sánh với",
        CompareNothing = "không",
        CompareRaw = "số đầu đo đã cho",
        CompareDrift = "trước khi trải độ trôi",
        CompareRevision = "như ở một lần sửa",
        Revision = "Lần sửa",
        ZoomForRaw = "Khoảng quá dài để xem từng giá trị: hãy phóng to.",
        RawOwnScale = "Đường đứt là số đầu đo đã cho, theo thang riêng (quanh {0}).",
        NoDifference = "Ở đây không khác nhau.",
        Difference = "Chỗ khác nhau nhất ở đây là {0}.",
        FlagLegend = "▲ nghi ngờ · ✕ không đạt kiểm tra · ○ không có giá trị · ✎ lời của người",
        ToCalibrate = "Hiệu chuẩn",
        ToDerived = "Tính ra từ giá trị đo",
        ToSamples = "Lấy mẫu đo",
        ToChanges = "Đã sửa gì",
        FlagsTitle = "Chỗ đáng chú ý, và vì sao",
        AllGood = "Không có gì đáng chú ý trong khoảng này.",
        PersonSaid = "Có người ghi: “{0}” (máy kiểm tra nói: {1})",
        InBottle = "trong chai hiệu chuẩn",
        Override = "Nói khác đi",
        OverrideTitle = "Nói khác đi về một đoạn",
        OverrideHint = "Lời máy kiểm tra vẫn được giữ bên cạnh; người khác thấy lý do của bạn.",
        From = "Từ",
        To = "Đến",
        WholeView = "Khoảng đang xem",
        ItIs = "Đoạn này",
        Good = "tốt",
        NotEvaluated = "chưa đánh giá",
        Because = "Vì",
        DoFlag = "Ghi nhận",
        Flagged = "Đã ghi cho {0} giá trị đo.",
        Undo = "Hoàn tác",
        Undone = "Đã hoàn tác: mọi thứ như trước.",
        RulesTitle = "Cách xét giá trị đo",
        TestOff = "tắt",
        FromRegistry = "thường dùng cho đại lượng này",
        FromProperty = "quy tắc cho mọi kênh đo cùng đại lượng",
        FromSite = "quy tắc của điểm đo",
        FromChannel = "quy tắc của kênh này",
        ChangeRules = "Đổi quy tắc",
        Scope = "Cho",
        ThisChannel = "kênh đo này",
        EveryChannel = "mọi kênh đo cùng đại lượng",
        SwitchOff = "không kiểm tra điều này",
        StateRules = "Ghi quy tắc và xét lại quá khứ",
        Ruled = "Đã ghi; {0} kênh đo đang được xét lại.",
        Rechecking = "Đang xét lại quá khứ",
        TestRange = "Giá trị có thể ở đâu",
        TestSpike = "Nhảy vọt rồi trở lại",
        TestRate = "Thay đổi quá nhanh, mỗi giây",
        TestFlat = "Đứng yên",
        SuspectBelow = "nghi ngờ nếu dưới",
        SuspectAbove = "nghi ngờ nếu trên",
        FailBelow = "không đạt nếu dưới",
        FailAbove = "không đạt nếu trên",
        SuspectAfter = "nghi ngờ sau (giây)",
        FailAfter = "không đạt sau (giây)",
        Movement = "ít hơn mức này là đứng yên",
        CalibrationsTitle = "Các lần hiệu chuẩn",
        NotCalibrated = "Chưa hiệu chuẩn.",
        NotFound = "Không có kênh đo này",
        NotFoundHint = "Trạm chủ này không biết nó. Có thể nó thuộc trạm chủ khác, hoặc địa chỉ bị cắt mất.",
    };
}
