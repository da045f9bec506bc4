namespace StemLab.Hub.Web;

/// <summary>Texts of the page of what changed in one language. Immutable.</summary>
public sealed record ChangesTexts
{
    public required string Title { get; init; }
    public required string Hint { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string Automatic { get; init; }
    public required string Again { get; init; }
    public required string Newest { get; init; }
    public required string Nothing { get; init; }
    public required string Found { get; init; }
    public required string Revision { get; init; }
    public required string Differing { get; init; }
    public required string NoneDiffer { get; init; }
    public required string Superseded { get; init; }
    public required string Undo { get; init; }
    public required string Undone { get; init; }
    public required string Good { get; init; }
    public required string NotEvaluated { get; init; }
    public required string KindClockTie { get; init; }
    public required string KindUtcAnchor { get; init; }
    public required string KindBootBound { get; init; }
    public required string KindDeployment { get; init; }
    public required string KindCalibration { get; init; }
    public required string KindCheck { get; init; }
    public required string KindDriftSpread { get; init; }
    public required string KindRun { get; init; }
    public required string KindWithdrawal { get; init; }
    public required string KindQcRules { get; init; }
    public required string KindHumanFlag { get; init; }
    public required string KindSite { get; init; }
    public required string KindPlacement { get; init; }
    public required string KindSample { get; init; }
    public required string KindDerivedChannel { get; init; }
    public required string KindErasure { get; init; }
    public required string KindRetentionRule { get; init; }
    public required string KindRetention { get; init; }
    public required string KindOther { get; init; }
    public required string RoleHub { get; init; }
    public required string RoleAgent { get; init; }
    public required string RoleTeacher { get; init; }
    public required string RoleAdmin { get; init; }
    public required string RoleStudent { get; init; }
    public required string SaysAnchor { get; init; }
    public required string SaysCalibration { get; init; }
    public required string SaysSlope { get; init; }
    public required string SaysRules { get; init; }
    public required string SaysFlag { get; init; }
    public required string SaysDeployment { get; init; }
    public required string SaysWithdrawal { get; init; }

    public static ChangesTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static ChangesTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static ChangesTexts English { get; } = new()
    {
        Title = "What changed",
        Hint = "What probes gave is never changed. What is learnt later stands here: calibrations, times, rules, flags, each with its revision, and it can be undone.",
        From = "After revision",
        To = "Up to revision",
        Automatic = "also what the hub and agents stated themselves",
        Again = "Load again",
        Newest = "Newest revision:",
        Nothing = "Nobody changed anything in between.",
        Found = "{0} changes after revision {1}, up to {2}.",
        Revision = "Revision",
        Differing = "Stored readings that read differently by it: {0}",
        NoneDiffer = "No stored reading reads differently by it.",
        Superseded = "no longer in force",
        Undo = "Undo",
        Undone = "Undone: it is as before.",
        Good = "good",
        NotEvaluated = "not evaluated",
        KindClockTie = "two clocks were compared",
        KindUtcAnchor = "a clock learnt the time",
        KindBootBound = "bounds for a clock",
        KindDeployment = "a probe was plugged in",
        KindCalibration = "calibration",
        KindCheck = "check in standards",
        KindDriftSpread = "drift spread over the past",
        KindRun = "run",
        KindWithdrawal = "undo",
        KindQcRules = "rules of judging",
        KindHumanFlag = "a person's word on readings",
        KindSite = "site",
        KindPlacement = "an agent was placed",
        KindDerivedChannel = "a computed channel",
        KindSample = "sample kept",
        KindErasure = "readings erased",
        KindRetentionRule = "how long readings are kept",
        KindRetention = "old readings dropped",
        KindOther = "something new",
        RoleHub = "the hub",
        RoleAgent = "an agent",
        RoleTeacher = "a teacher",
        RoleAdmin = "who looks after the hub",
        RoleStudent = "a student",
        SaysAnchor = "Its moment is {0} ± {1} s ({2})",
        SaysCalibration = "{0}: value = {1} × raw + {2}.",
        SaysSlope = "Slope {0} %.",
        SaysRules = "{0}: {1}; off: {2}",
        SaysFlag = "{0} is {1}: “{2}”",
        SaysDeployment = "probe {0} at port {1}",
        SaysWithdrawal = "Taken back: {0}",
    };

    public static ChangesTexts Vietnamese { get; } = new()
    {
        Title = "Đã sửa gì",
        Hint = "Số đầu đo đã cho không bao giờ bị sửa. Điều biết thêm về sau ghi ở đây: hiệu chuẩn, giờ, quy tắc, cờ; mỗi điều có số lần sửa và hoàn tác được.",
        From = "Sau lần sửa",
        To = "Đến lần sửa",
        Automatic = "cả điều trạm chủ và thiết bị tự ghi",
        Again = "Tải lại",
        Newest = "Lần sửa mới nhất:",
        Nothing = "Không ai sửa gì ở giữa.",
        Found = "{0} thay đổi sau lần sửa {1}, đến {2}.",
        Revision = "Lần sửa",
        Differing = "Giá trị đã lưu vì thế đọc khác đi: {0}",
        NoneDiffer = "Không giá trị đã lưu nào vì thế đọc khác đi.",
        Superseded = "không còn hiệu lực",
        Undo = "Hoàn tác",
        Undone = "Đã hoàn tác: mọi thứ như trước.",
        Good = "tốt",
        NotEvaluated = "chưa đánh giá",
        KindClockTie = "so hai đồng hồ",
        KindUtcAnchor = "một đồng hồ biết giờ",
        KindBootBound = "giới hạn giờ cho một đồng hồ",
        KindDeployment = "cắm đầu đo",
        KindCalibration = "hiệu chuẩn",
        KindCheck = "kiểm tra trong dung dịch chuẩn",
        KindDriftSpread = "trải độ trôi ra quá khứ",
        KindRun = "lần đo",
        KindWithdrawal = "hoàn tác",
        KindQcRules = "quy tắc xét",
        KindHumanFlag = "lời của người về giá trị đo",
        KindSite = "điểm đo",
        KindPlacement = "đặt thiết bị vào chỗ",
        KindDerivedChannel = "một kênh tính ra",
        KindSample = "giữ mẫu đo",
        KindErasure = "xóa giá trị đo",
        KindRetentionRule = "giữ giá trị đo bao lâu",
        KindRetention = "bỏ giá trị cũ",
        KindOther = "điều mới",
        RoleHub = "trạm chủ",
        RoleAgent = "thiết bị",
        RoleTeacher = "thầy cô",
        RoleAdmin = "người coi trạm",
        RoleStudent = "học sinh",
        SaysAnchor = "Thời điểm của nó là {0} ± {1} giây ({2})",
        SaysCalibration = "{0}: giá trị = {1} × số thô + {2}.",
        SaysSlope = "Độ dốc {0} %.",
        SaysRules = "{0}: {1}; tắt: {2}",
        SaysFlag = "{0} là {1}: “{2}”",
        SaysDeployment = "đầu đo {0} ở cổng {1}",
        SaysWithdrawal = "Rút lại: {0}",
    };
}
