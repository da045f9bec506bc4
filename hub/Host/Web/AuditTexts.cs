using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using StemLab.Store;

namespace StemLab.Hub.Web;

/// <summary>What the audit log says, in words: who, and one sentence for each action, named as the action is without its dots. Immutable.</summary>
public sealed partial record AuditTexts
{
    private static readonly FrozenDictionary<string, PropertyInfo> Actions = typeof(AuditTexts).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.PropertyType == typeof(string)).ToFrozenDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);

    public required string Seat { get; init; }
    public required string Machine { get; init; }
    public required string Hub { get; init; }
    public required string Nobody { get; init; }
    public required string TeacherNumber { get; init; }
    public required string TokenNumber { get; init; }
    public required string AccessSetUp { get; init; }
    public required string AccessSetUpRefused { get; init; }
    public required string AccessSignIn { get; init; }
    public required string AccessSignInRefused { get; init; }
    public required string AccessSignOut { get; init; }
    public required string AccessAcceptInvite { get; init; }
    public required string AccessKioskRefused { get; init; }
    public required string AccessInviteRefused { get; init; }
    public required string AccessChangePassphrase { get; init; }
    public required string AccessChangeRefused { get; init; }
    public required string AccessInviteTeacher { get; init; }
    public required string AccessRemovePerson { get; init; }
    public required string AccessResetAdmin { get; init; }
    public required string AccessCreateToken { get; init; }
    public required string AccessRevokeToken { get; init; }
    public required string AccessRevokeSignIn { get; init; }
    public required string AgentEnrol { get; init; }
    public required string AgentAccept { get; init; }
    public required string AgentRefuse { get; init; }
    public required string AgentReplaceBoard { get; init; }
    public required string AgentAdopt { get; init; }
    public required string AgentToken { get; init; }
    public required string AgentRotateToken { get; init; }
    public required string AgentActive { get; init; }
    public required string AgentRevoked { get; init; }
    public required string AgentRetired { get; init; }
    public required string AgentTransferred { get; init; }
    public required string AgentSet { get; init; }
    public required string AgentStart { get; init; }
    public required string AgentStop { get; init; }
    public required string AgentFindProbes { get; init; }
    public required string AgentUpdate { get; init; }
    public required string KitCreate { get; init; }
    public required string KitWithdraw { get; init; }
    public required string CodeCreate { get; init; }
    public required string MakerAdd { get; init; }
    public required string BundleWrite { get; init; }
    public required string BundleMerge { get; init; }
    public required string ImportRun { get; init; }
    public required string DatasetDescribe { get; init; }
    public required string DatasetFreeze { get; init; }
    public required string CampaignDescribe { get; init; }
    public required string CalibrationStartCalibration { get; init; }
    public required string CalibrationTakePoint { get; init; }
    public required string CalibrationRemovePoint { get; init; }
    public required string CalibrationAcceptCalibration { get; init; }
    public required string CalibrationAcceptCheck { get; init; }
    public required string CalibrationAcceptDriftSpread { get; init; }
    public required string CalibrationCancelCalibration { get; init; }
    public required string CalibrationUndoCalibration { get; init; }
    public required string ClassroomOpenSession { get; init; }
    public required string ClassroomEndSession { get; init; }
    public required string ClassroomRemoveSeat { get; init; }
    public required string LessonSetClass { get; init; }
    public required string LessonSetGroup { get; init; }
    public required string LessonSetSeat { get; init; }
    public required string LessonSetNote { get; init; }
    public required string LessonAddNote { get; init; }
    public required string LessonPredict { get; init; }
    public required string LessonStartRun { get; init; }
    public required string LessonStopRun { get; init; }
    public required string LessonSaveLesson { get; init; }
    public required string LessonDeleteLesson { get; init; }
    public required string DerivedChannelCreateDerivedChannel { get; init; }
    public required string DerivedChannelReplaceDerivedChannel { get; init; }
    public required string DerivedChannelWithdrawDerivedChannel { get; init; }
    public required string FactStateFact { get; init; }
    public required string FactWithdrawFact { get; init; }
    public required string PhoneStartPhoneExperiment { get; init; }
    public required string PhoneEndPhoneExperiment { get; init; }
    public required string QualityFlagStretch { get; init; }
    public required string QualitySetQcRules { get; init; }
    public required string RunSetRunPurpose { get; init; }
    public required string SampleKeepSample { get; init; }
    public required string SampleWithdrawSample { get; init; }
    public required string ScreenConfirmScreen { get; init; }
    public required string ScreenDetachScreen { get; init; }
    public required string ScreenConfirmLimits { get; init; }
    public required string ScreenSetScreenSettings { get; init; }
    public required string StoreEraseReadings { get; init; }
    public required string StoreReplayJournal { get; init; }
    public required string StoreSetRetention { get; init; }
    public required string TimeExchangePhoneClock { get; init; }
    public required string TimeStateAnchor { get; init; }
    public required string TimeWithdrawAnchor { get; init; }

    public static AuditTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static AuditTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    /// <summary>What was done: "made an access token" for "access.createToken". Null for an action that has no words here, as one an older hub wrote.</summary>
    public string? Did(string action) => action.Contains('.', StringComparison.Ordinal) && Actions.TryGetValue(action.Replace(".", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal), out var text) ? (string?)text.GetValue(this) : null;

    /// <summary>Who did it: "teacher 3" for "teacher:3".</summary>
    /// <param name="who">As the audit log names it.</param>
    /// <param name="admin">How the admin is called.</param>
    public string By(string who, string admin) => who.Split(':', 2) switch
    {
        ["admin"] => admin,
        ["machine"] => Machine,
        ["hub"] => Hub,
        ["nobody"] => Nobody,
        ["teacher", var number] => TeacherNumber.Replace("{0}", number, StringComparison.Ordinal),
        ["seat", var alias] => Seat.Replace("{0}", alias.Split('@')[0], StringComparison.Ordinal),
        ["researcher", var number] => TokenNumber.Replace("{0}", number, StringComparison.Ordinal),
        _ => who,
    };

    /// <summary>What it was done to, agents by the names people know them by.</summary>
    /// <param name="subject">As the audit log names it.</param>
    /// <param name="slugOf">The name of an agent; null = not known any more.</param>
    internal static string Named(string subject, Func<AgentId, string?> slugOf) => subject.Contains("agents/", StringComparison.Ordinal)
        ? AgentName().Replace(subject, found => slugOf(new AgentId(UInt128.Parse(found.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture))) ?? found.Value).Replace("/channels/", " · ", StringComparison.Ordinal)
        : subject;

    [GeneratedRegex("agents/([0-9a-f]{32})(?![0-9a-f])")]
    private static partial Regex AgentName();

    public static AuditTexts English { get; } = new()
    {
        Seat = "student ({0})",
        Machine = "the hub’s own machine",
        Hub = "the hub itself",
        Nobody = "somebody not signed in",
        TeacherNumber = "teacher {0}",
        TokenNumber = "token {0}",
        AccessSetUp = "set this hub up",
        AccessSetUpRefused = "tried to set the hub up with a wrong code",
        AccessSignIn = "signed in",
        AccessSignInRefused = "tried to sign in with a wrong passphrase",
        AccessSignOut = "signed out",
        AccessAcceptInvite = "accepted an invitation",
        AccessKioskRefused = "tried to open a wall display with a link that is over",
        AccessInviteRefused = "tried an invitation that is over",
        AccessChangePassphrase = "changed the passphrase",
        AccessChangeRefused = "tried to change the passphrase without the old one",
        AccessInviteTeacher = "invited a teacher",
        AccessRemovePerson = "removed a teacher",
        AccessResetAdmin = "gave the admin a new passphrase at the hub itself",
        AccessCreateToken = "made an access token",
        AccessRevokeToken = "took an access token back",
        AccessRevokeSignIn = "ended a sign-in",
        AgentEnrol = "enrolled an agent",
        AgentAccept = "accepted an agent that knocked",
        AgentRefuse = "refused an agent that knocked",
        AgentReplaceBoard = "let a new board go on as this agent",
        AgentAdopt = "adopted a device",
        AgentToken = "gave an agent the token it asked for",
        AgentRotateToken = "gave an agent a new token",
        AgentActive = "took an agent back in",
        AgentRevoked = "shut an agent out",
        AgentRetired = "put an agent out of service",
        AgentTransferred = "handed an agent to another hub",
        AgentSet = "changed the settings of an agent",
        AgentStart = "let an agent measure",
        AgentStop = "stopped an agent from measuring",
        AgentFindProbes = "had an agent look for its probes",
        AgentUpdate = "updated agents",
        KitCreate = "made a kit for many cards",
        KitWithdraw = "took a kit back",
        CodeCreate = "made a code for an agent",
        MakerAdd = "added a maker’s device",
        BundleWrite = "wrote a file for another hub",
        BundleMerge = "merged the data of another hub",
        ImportRun = "imported a table",
        DatasetDescribe = "described a dataset",
        DatasetFreeze = "froze a version of a dataset",
        CampaignDescribe = "described a campaign",
        CalibrationStartCalibration = "began a calibration",
        CalibrationTakePoint = "took a point in a standard",
        CalibrationRemovePoint = "dropped a point",
        CalibrationAcceptCalibration = "accepted a calibration",
        CalibrationAcceptCheck = "accepted a check of a probe",
        CalibrationAcceptDriftSpread = "spread the drift over the time between",
        CalibrationCancelCalibration = "broke a calibration off",
        CalibrationUndoCalibration = "took a calibration back",
        ClassroomOpenSession = "opened a class",
        ClassroomEndSession = "ended a class",
        ClassroomRemoveSeat = "took a seat away",
        LessonSetClass = "moved the class on",
        LessonSetGroup = "changed a group",
        LessonSetSeat = "moved or changed a seat",
        LessonSetNote = "showed, hid or changed a note",
        LessonAddNote = "wrote a note",
        LessonPredict = "made a prediction",
        LessonStartRun = "started a run",
        LessonStopRun = "stopped a run",
        LessonSaveLesson = "saved a lesson",
        LessonDeleteLesson = "deleted a lesson",
        DerivedChannelCreateDerivedChannel = "had a value computed",
        DerivedChannelReplaceDerivedChannel = "changed how a value is computed",
        DerivedChannelWithdrawDerivedChannel = "stopped computing a value",
        FactStateFact = "stated a fact",
        FactWithdrawFact = "took a fact back",
        PhoneStartPhoneExperiment = "opened an experiment for phones",
        PhoneEndPhoneExperiment = "ended an experiment for phones",
        QualityFlagStretch = "marked a stretch of readings",
        QualitySetQcRules = "changed the quality rules",
        RunSetRunPurpose = "said whether a run was practice",
        SampleKeepSample = "kept a sample",
        SampleWithdrawSample = "took a sample back",
        ScreenConfirmScreen = "attached a screen",
        ScreenDetachScreen = "detached a screen",
        ScreenConfirmLimits = "confirmed the limits that are shown",
        ScreenSetScreenSettings = "changed what screens show",
        StoreEraseReadings = "erased readings for ever",
        StoreReplayJournal = "had the journal sent once more",
        StoreSetRetention = "changed how long readings are kept",
        TimeExchangePhoneClock = "compared a phone’s clock",
        TimeStateAnchor = "said what time it was",
        TimeWithdrawAnchor = "took a statement about the time back",
    };

    public static AuditTexts Vietnamese { get; } = new()
    {
        Seat = "học sinh ({0})",
        Machine = "chính máy của trạm",
        Hub = "trạm tự làm",
        Nobody = "người chưa đăng nhập",
        TeacherNumber = "giáo viên {0}",
        TokenNumber = "mã truy cập {0}",
        AccessSetUp = "thiết lập trạm",
        AccessSetUpRefused = "thử thiết lập trạm bằng mã sai",
        AccessSignIn = "đăng nhập",
        AccessSignInRefused = "thử đăng nhập bằng mật khẩu sai",
        AccessSignOut = "đăng xuất",
        AccessAcceptInvite = "nhận lời mời",
        AccessKioskRefused = "thử mở màn hình treo tường bằng đường dẫn không còn dùng được",
        AccessInviteRefused = "thử một lời mời không còn dùng được",
        AccessChangePassphrase = "đổi mật khẩu",
        AccessChangeRefused = "thử đổi mật khẩu mà mật khẩu cũ sai",
        AccessInviteTeacher = "mời một giáo viên",
        AccessRemovePerson = "xóa một giáo viên",
        AccessResetAdmin = "đặt lại mật khẩu quản trị ngay tại trạm",
        AccessCreateToken = "tạo mã truy cập",
        AccessRevokeToken = "thu hồi mã truy cập",
        AccessRevokeSignIn = "kết thúc một nơi đang đăng nhập",
        AgentEnrol = "ghi tên một máy đo",
        AgentAccept = "nhận một máy đo vừa xin vào",
        AgentRefuse = "từ chối một máy đo vừa xin vào",
        AgentReplaceBoard = "cho bo mạch mới làm tiếp máy đo này",
        AgentAdopt = "nhận một thiết bị",
        AgentToken = "cấp mã cho máy đo xin mã",
        AgentRotateToken = "đổi mã của máy đo",
        AgentActive = "cho máy đo vào lại",
        AgentRevoked = "không cho máy đo vào nữa",
        AgentRetired = "cho máy đo ngừng phục vụ",
        AgentTransferred = "chuyển máy đo sang trạm khác",
        AgentSet = "đổi cài đặt của máy đo",
        AgentStart = "cho máy đo bắt đầu đo",
        AgentStop = "cho máy đo ngừng đo",
        AgentFindProbes = "cho máy đo tìm đầu đo",
        AgentUpdate = "cập nhật máy đo",
        KitCreate = "tạo bộ tệp cho nhiều thẻ nhớ",
        KitWithdraw = "thu hồi bộ tệp",
        CodeCreate = "tạo mã cho một máy đo",
        MakerAdd = "thêm một thiết bị tự làm",
        BundleWrite = "ghi tệp cho trạm khác",
        BundleMerge = "gộp dữ liệu của trạm khác",
        ImportRun = "nhập một bảng số liệu",
        DatasetDescribe = "mô tả một bộ dữ liệu",
        DatasetFreeze = "chốt một phiên bản bộ dữ liệu",
        CampaignDescribe = "mô tả một đợt đo",
        CalibrationStartCalibration = "bắt đầu hiệu chuẩn",
        CalibrationTakePoint = "lấy một điểm trong dung dịch chuẩn",
        CalibrationRemovePoint = "bỏ một điểm",
        CalibrationAcceptCalibration = "chấp nhận hiệu chuẩn",
        CalibrationAcceptCheck = "chấp nhận kết quả kiểm tra đầu đo",
        CalibrationAcceptDriftSpread = "chia đều độ trôi cho thời gian ở giữa",
        CalibrationCancelCalibration = "bỏ dở một lần hiệu chuẩn",
        CalibrationUndoCalibration = "rút lại hiệu chuẩn",
        ClassroomOpenSession = "mở buổi học",
        ClassroomEndSession = "kết thúc buổi học",
        ClassroomRemoveSeat = "bỏ một chỗ ngồi",
        LessonSetClass = "điều khiển cả lớp",
        LessonSetGroup = "đổi một nhóm",
        LessonSetSeat = "chuyển hoặc đổi một chỗ ngồi",
        LessonSetNote = "cho hiện, giấu hoặc sửa một ghi chú",
        LessonAddNote = "viết một ghi chú",
        LessonPredict = "đưa ra dự đoán",
        LessonStartRun = "bắt đầu một lượt đo",
        LessonStopRun = "dừng một lượt đo",
        LessonSaveLesson = "lưu bài học",
        LessonDeleteLesson = "xóa bài học",
        DerivedChannelCreateDerivedChannel = "tạo một đại lượng tính ra",
        DerivedChannelReplaceDerivedChannel = "đổi cách tính một đại lượng",
        DerivedChannelWithdrawDerivedChannel = "thôi tính một đại lượng",
        FactStateFact = "ghi một sự kiện",
        FactWithdrawFact = "rút lại một sự kiện",
        PhoneStartPhoneExperiment = "mở thí nghiệm bằng điện thoại",
        PhoneEndPhoneExperiment = "kết thúc thí nghiệm bằng điện thoại",
        QualityFlagStretch = "đánh dấu một đoạn số đo",
        QualitySetQcRules = "đổi quy tắc kiểm tra chất lượng",
        RunSetRunPurpose = "ghi lần đo là đo thử hay đo thật",
        SampleKeepSample = "giữ một mẫu",
        SampleWithdrawSample = "rút lại một mẫu",
        ScreenConfirmScreen = "gắn một màn hình",
        ScreenDetachScreen = "gỡ một màn hình",
        ScreenConfirmLimits = "xác nhận ngưỡng được hiện",
        ScreenSetScreenSettings = "đổi nội dung màn hình",
        StoreEraseReadings = "xóa hẳn số đo",
        StoreReplayJournal = "cho gửi lại nhật ký số đo",
        StoreSetRetention = "đổi thời gian giữ số đo",
        TimeExchangePhoneClock = "so đồng hồ một điện thoại",
        TimeStateAnchor = "cho biết lúc đó là mấy giờ",
        TimeWithdrawAnchor = "rút lại lời về giờ",
    };
}
