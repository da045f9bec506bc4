namespace StemLab.Hub.Web;

/// <summary>Texts of the page on which a teacher opens lessons. Immutable; a text missing in one language does not compile.</summary>
public sealed record ClassTexts
{
    public required string Title { get; init; }
    public required string Lead { get; init; }
    public required string TryTitle { get; init; }
    public required string TryHint { get; init; }
    public required string TryDo { get; init; }
    public required string TryNone { get; init; }
    public required string OpenLesson { get; init; }
    public required string Lesson { get; init; }
    public required string MinutesOf { get; init; }
    public required string Measures { get; init; }
    public required string Predicts { get; init; }
    public required string Own { get; init; }
    public required string Groups { get; init; }
    public required string GroupsAuto { get; init; }
    public required string ShortVersion { get; init; }
    public required string OnlySimulated { get; init; }
    public required string WithRecording { get; init; }
    public required string RecordingParts { get; init; }
    public required string OpenDo { get; init; }
    public required string CopyChange { get; init; }
    public required string Change { get; init; }
    public required string TeacherPage { get; init; }
    public required string Aims { get; init; }
    public required string Materials { get; init; }
    public required string Timing { get; init; }
    public required string Questions { get; init; }
    public required string WithoutLesson { get; init; }
    public required string Troubles { get; init; }
    public required string OpenNow { get; init; }
    public required string ToWall { get; init; }
    public required string Report { get; init; }
    public required string Again { get; init; }
    public required string Code { get; init; }
    public required string OrOpen { get; init; }
    public required string Seats { get; init; }
    public required string NoSeats { get; init; }
    public required string EndSession { get; init; }
    public required string EndSure { get; init; }
    public required string JoinCard { get; init; }
    public required string JoinCardHint { get; init; }
    public required string Step1 { get; init; }
    public required string Step2 { get; init; }
    public required string WifiName { get; init; }
    public required string WifiPassword { get; init; }
    public required string WifiHint { get; init; }
    public required string WifiTooLong { get; init; }
    public required string Print { get; init; }
    public required string HelpTitle { get; init; }
    public required string Help1 { get; init; }
    public required string Help2 { get; init; }
    public required string Help3 { get; init; }
    public required string Help4 { get; init; }
    public required string PurposeTitle { get; init; }
    public required string PurposeHint { get; init; }
    public required string PurposeNone { get; init; }
    public required string PracticeMark { get; init; }
    public required string WasPractice { get; init; }
    public required string WasReal { get; init; }
    public required string ReplayTitle { get; init; }
    public required string ReplayHint { get; init; }
    public required string ReplayNone { get; init; }
    public required string ReplaySpeed { get; init; }
    public required string ReplayDo { get; init; }
    public required string RunsCount { get; init; }
    public required string Remove { get; init; }
    public required string Answer { get; init; }
    public required string Recording { get; init; }

    public static ClassTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the reader's language, also one of a key file.</summary>
    internal static ClassTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static ClassTexts English { get; } = new()
    {
        Title = "Class",
        Lead = "Choose a lesson, show the code, and watch every group on the wall. Students need no account and give no name.",
        TryTitle = "Try a lesson now",
        TryHint = "Three groups with simulated agents: a running wall in a moment. Nothing real is touched.",
        TryDo = "Try it",
        TryNone = "Three groups watch a recording of a real bay: a running wall in a moment. Nothing has to be plugged in.",
        OpenLesson = "Open a lesson",
        Lesson = "Lesson",
        MinutesOf = "{0} min",
        Measures = "Measures",
        Predicts = "with a prediction",
        Own = "your own",
        Groups = "Groups",
        GroupsAuto = "one an agent",
        ShortVersion = "Ten minutes, without probes",
        OnlySimulated = "Simulated agents only",
        WithRecording = "With the recording that comes with the lesson",
        RecordingParts = "{0} recordings, a group each: {1}.",
        OpenDo = "Open this lesson",
        CopyChange = "Copy and change",
        Change = "Change",
        TeacherPage = "Answers for the teacher",
        Aims = "Aims",
        Materials = "You need",
        Timing = "Timing",
        Questions = "Questions",
        WithoutLesson = "Open without a lesson",
        Troubles = "Files in the folder lessons that are no lesson:",
        OpenNow = "Open now",
        ToWall = "To the wall",
        Report = "Report",
        Again = "Run this lesson again",
        Code = "Code",
        OrOpen = "or open",
        Seats = "Here now",
        NoSeats = "Nobody has joined yet.",
        EndSession = "End and forget",
        EndSure = "End the session? Every seat ends at once, and notes and predictions are deleted. Measurements stay.",
        JoinCard = "Join card",
        JoinCardHint = "Left: onto the Wi-Fi. Right: to the page. Phones that do not scan type the address and the code.",
        Step1 = "1. Wi-Fi",
        Step2 = "2. The page",
        WifiName = "Name of the Wi-Fi",
        WifiPassword = "Its password",
        WifiHint = "Stays on this page: it is not sent to the hub and not kept.",
        WifiTooLong = "Too long for a picture: shorten the name or the password.",
        Print = "Print",
        HelpTitle = "My phone can't get in",
        Help1 = "Turn mobile data off. Some phones leave a Wi-Fi without internet by themselves.",
        Help2 = "The phone asks whether to stay without internet: choose “Stay connected”.",
        Help3 = "Type the address with http:// into the browser itself, not into a search field.",
        Help4 = "Type the code: there is no O, 0, I or 1 in it.",
        PurposeTitle = "Runs: practice or real",
        PurposeHint = "The newest runs of this hub. Practice is kept, but left out of datasets. Say here what was started the wrong way; it can be said back.",
        PurposeNone = "No run yet.",
        PracticeMark = "practice",
        WasPractice = "It was practice",
        WasReal = "It counts",
        ReplayTitle = "Replay recorded runs as if live",
        ReplayHint = "Runs that were started together are one line. They play with the times they were measured at, and are marked as a recording.",
        ReplayNone = "No finished run yet.",
        ReplaySpeed = "How fast",
        ReplayDo = "Replay",
        RunsCount = "{0} groups, {1}",
        Remove = "Remove",
        Answer = "Answer",
        Recording = "Recording from {0}, {1} times as fast. Nothing is being measured.",
    };

    public static ClassTexts Vietnamese { get; } = new()
    {
        Title = "Lớp học",
        Lead = "Chọn bài học, cho xem mã, rồi theo dõi mọi nhóm trên bảng. Học sinh không cần tài khoản, không khai tên.",
        TryTitle = "Thử một bài ngay",
        TryHint = "Ba nhóm với thiết bị mô phỏng: bảng chạy sau chốc lát. Không đụng gì đến dữ liệu thật.",
        TryDo = "Thử ngay",
        TryNone = "Ba nhóm xem một bản ghi từ vịnh thật: bảng chạy sau chốc lát. Không cần cắm gì.",
        OpenLesson = "Mở bài học",
        Lesson = "Bài học",
        MinutesOf = "{0} phút",
        Measures = "Đo",
        Predicts = "có dự đoán",
        Own = "bài của bạn",
        Groups = "Số nhóm",
        GroupsAuto = "mỗi thiết bị một nhóm",
        ShortVersion = "Mười phút, không cần đầu đo",
        OnlySimulated = "Chỉ thiết bị mô phỏng",
        WithRecording = "Dùng bản ghi kèm theo bài",
        RecordingParts = "{0} bản ghi, mỗi nhóm một bản: {1}.",
        OpenDo = "Mở bài này",
        CopyChange = "Sao chép và sửa",
        Change = "Sửa",
        TeacherPage = "Đáp án cho thầy cô",
        Aims = "Mục tiêu",
        Materials = "Cần có",
        Timing = "Phân bố thời gian",
        Questions = "Câu hỏi",
        WithoutLesson = "Mở không theo bài",
        Troubles = "Tệp trong thư mục lessons không phải bài học:",
        OpenNow = "Đang mở",
        ToWall = "Đến bảng lớp",
        Report = "Báo cáo",
        Again = "Dạy lại bài này",
        Code = "Mã",
        OrOpen = "hoặc mở",
        Seats = "Đang có mặt",
        NoSeats = "Chưa có ai vào.",
        EndSession = "Kết thúc và xóa",
        EndSure = "Kết thúc buổi học? Mọi chỗ ngồi kết thúc ngay, ghi chú và dự đoán bị xóa. Số đo vẫn còn.",
        JoinCard = "Thẻ vào lớp",
        JoinCardHint = "Trái: vào Wi-Fi. Phải: mở trang. Máy không quét được thì gõ địa chỉ và mã.",
        Step1 = "1. Wi-Fi",
        Step2 = "2. Mở trang",
        WifiName = "Tên Wi-Fi",
        WifiPassword = "Mật khẩu Wi-Fi",
        WifiHint = "Chỉ ở trên trang này: không gửi về trạm, không lưu lại.",
        WifiTooLong = "Quá dài cho một hình: hãy rút ngắn tên hoặc mật khẩu.",
        Print = "In",
        HelpTitle = "Điện thoại em không vào được",
        Help1 = "Tắt dữ liệu di động. Có máy tự bỏ Wi-Fi khi không có internet.",
        Help2 = "Máy hỏi có ở lại mạng không có internet không: chọn “Giữ kết nối”.",
        Help3 = "Gõ địa chỉ có http:// vào thanh địa chỉ của trình duyệt, không gõ vào ô tìm kiếm.",
        Help4 = "Gõ mã: trong mã không có chữ O, số 0, chữ I, số 1.",
        PurposeTitle = "Lần đo: đo thử hay đo thật",
        PurposeHint = "Các lần đo mới nhất của trạm. Lần đo thử vẫn được giữ, nhưng không đưa vào bộ dữ liệu. Bấm nhầm lúc bắt đầu thì sửa ở đây; sửa lại được.",
        PurposeNone = "Chưa có lần đo nào.",
        PracticeMark = "đo thử",
        WasPractice = "Đây là đo thử",
        WasReal = "Đây là đo thật",
        ReplayTitle = "Phát lại lần đo đã ghi như đang đo",
        ReplayHint = "Các lần đo bắt đầu cùng lúc nằm chung một dòng. Chúng phát lại với giờ lúc đo, có ghi rõ là bản ghi.",
        ReplayNone = "Chưa có lần đo nào đã xong.",
        ReplaySpeed = "Nhanh gấp",
        ReplayDo = "Phát lại",
        RunsCount = "{0} nhóm, {1}",
        Remove = "Đưa ra",
        Answer = "Đáp án",
        Recording = "Bản ghi lúc {0}, nhanh gấp {1}. Không phải đang đo.",
    };
}
