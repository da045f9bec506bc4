namespace StemLab.Hub.Web;

/// <summary>Texts of the wall. Immutable; a text missing in one language does not compile.</summary>
public sealed record WallTexts
{
    public required string EndSure { get; init; }
    public required string Remove { get; init; }
    public required string Report { get; init; }
    public required string WallTitle { get; init; }
    public required string StepOf { get; init; }
    public required string Previous { get; init; }
    public required string Next { get; init; }
    public required string StartAll { get; init; }
    public required string StopAll { get; init; }
    public required string PlayIt { get; init; }
    public required string StopPlaying { get; init; }
    public required string StartsIn { get; init; }
    public required string RunsSince { get; init; }
    public required string RunDone { get; init; }
    public required string NotRun { get; init; }
    public required string WaitsFor { get; init; }
    public required string Freeze { get; init; }
    public required string Frozen { get; init; }
    public required string HideValues { get; init; }
    public required string Hidden { get; init; }
    public required string LookUp { get; init; }
    public required string LookUpOn { get; init; }
    public required string LockJoining { get; init; }
    public required string StudentsRun { get; init; }
    public required string PracticeRun { get; init; }
    public required string PracticeOn { get; init; }
    public required string PracticeMark { get; init; }
    public required string RunsOf { get; init; }
    public required string RunsHint { get; init; }
    public required string WasPractice { get; init; }
    public required string WasReal { get; init; }
    public required string Message { get; init; }
    public required string Send { get; init; }
    public required string Clear { get; init; }
    public required string Bell { get; init; }
    public required string BellUndo { get; init; }
    public required string BellSure { get; init; }
    public required string Ended { get; init; }
    public required string Notes { get; init; }
    public required string NotesWaiting { get; init; }
    public required string NotesHint { get; init; }
    public required string NoNotes { get; init; }
    public required string Publish { get; init; }
    public required string Unpublish { get; init; }
    public required string Delete { get; init; }
    public required string Published { get; init; }
    public required string Show { get; init; }
    public required string SoundOn { get; init; }
    public required string Seen { get; init; }
    public required string Spotlight { get; init; }
    public required string SpotlightOff { get; init; }
    public required string SeatsOf { get; init; }
    public required string MoveTo { get; init; }
    public required string Mute { get; init; }
    public required string Unmute { get; init; }
    public required string Muted { get; init; }
    public required string ChannelsOf { get; init; }
    public required string SaveChannels { get; init; }
    public required string StateNoChannel { get; init; }
    public required string StateCollecting { get; init; }
    public required string StateReady { get; init; }
    public required string StateReplay { get; init; }
    public required string StateLate { get; init; }
    public required string StateSilent { get; init; }
    public required string StateSuspect { get; init; }
    public required string PhaseWaiting { get; init; }
    public required string PhaseRunning { get; init; }
    public required string PhaseStopped { get; init; }
    public required string PhaseEnded { get; init; }
    public required string Predicted { get; init; }
    public required string People { get; init; }
    public required string AlertOf { get; init; }
    public required string Recording { get; init; }
    public required string AnyProperty { get; init; }
    public required string SameScale { get; init; }
    public required string Gone { get; init; }
    public required string NoSession { get; init; }

    public static WallTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the reader's language, also one of a key file.</summary>
    internal static WallTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static WallTexts English { get; } = new()
    {
        EndSure = "End the session? Every seat ends at once, and notes and predictions are deleted. Measurements stay.",
        Remove = "Remove",
        Report = "Report",
        WallTitle = "Wall",
        StepOf = "Step {0} of {1}",
        Previous = "Back",
        Next = "Next step",
        StartAll = "Start all",
        StopAll = "Stop all",
        PlayIt = "Play the recording",
        StopPlaying = "Stop the recording",
        StartsIn = "starts in {0} s",
        RunsSince = "runs since {0}",
        RunDone = "run {0} done",
        NotRun = "not started",
        WaitsFor = "waits until {0} is crossed",
        Freeze = "Freeze",
        Frozen = "The picture is held. Readings are still kept.",
        HideValues = "Hide values",
        Hidden = "hidden until the group has predicted",
        LookUp = "Look up",
        LookUpOn = "Everybody's screen says: look up",
        LockJoining = "Lock the door",
        StudentsRun = "Students start",
        PracticeRun = "Practice run",
        PracticeOn = "Practice: what starts now is kept, but left out of datasets.",
        PracticeMark = "practice",
        RunsOf = "Runs",
        RunsHint = "Started the wrong way? Say it here. Readings stay; only datasets take them or leave them out.",
        WasPractice = "It was practice",
        WasReal = "It counts",
        Message = "Message to everybody",
        Send = "Send",
        Clear = "Clear",
        Bell = "Ring the bell",
        BellUndo = "Go on",
        BellSure = "End the lesson? Runs stop, nothing new is taken. Results stay until you end the session.",
        Ended = "The bell has rung.",
        Notes = "Notes",
        NotesWaiting = "{0} notes wait",
        NotesHint = "Open this where the class does not look on. A tap shows a note to everybody.",
        NoNotes = "No notes yet.",
        Publish = "Show to all",
        Unpublish = "Take down",
        Delete = "Delete",
        Published = "On the wall",
        Show = "Show",
        SoundOn = "Sound for alerts",
        Seen = "Seen",
        Spotlight = "Spotlight",
        SpotlightOff = "Spotlight off",
        SeatsOf = "Seats",
        MoveTo = "Move {0} to",
        Mute = "Mute",
        Unmute = "Let write",
        Muted = "only looks on",
        ChannelsOf = "Channels",
        SaveChannels = "Save",
        StateNoChannel = "nothing to measure with",
        StateCollecting = "collecting",
        StateReady = "ready: readings come in",
        StateReplay = "a recording",
        StateLate = "late: old readings come in",
        StateSilent = "silent: nothing comes",
        StateSuspect = "suspect: check the probe",
        PhaseWaiting = "not started",
        PhaseRunning = "running",
        PhaseStopped = "stopped",
        PhaseEnded = "over",
        Predicted = "{0} of {1} predicted",
        People = "{0} here",
        AlertOf = "{0}: {1}",
        Recording = "Recording from {0}, {1} times as fast. Nothing is being measured.",
        AnyProperty = "Property",
        SameScale = "Same scale for all",
        Gone = "This session has ended.",
        NoSession = "There is no such class session with a lesson. Open one on the page Class.",
    };

    public static WallTexts Vietnamese { get; } = new()
    {
        EndSure = "Kết thúc buổi học? Mọi chỗ ngồi kết thúc ngay, ghi chú và dự đoán bị xóa. Số đo vẫn còn.",
        Remove = "Đưa ra",
        Report = "Báo cáo",
        WallTitle = "Bảng lớp",
        StepOf = "Bước {0} trên {1}",
        Previous = "Lùi",
        Next = "Bước tiếp",
        StartAll = "Bắt đầu cả lớp",
        StopAll = "Dừng cả lớp",
        PlayIt = "Phát bản ghi",
        StopPlaying = "Dừng bản ghi",
        StartsIn = "bắt đầu sau {0} giây",
        RunsSince = "đo được {0}",
        RunDone = "xong lần {0}",
        NotRun = "chưa đo",
        WaitsFor = "chờ đến khi qua {0}",
        Freeze = "Dừng hình",
        Frozen = "Hình đang dừng. Số đo vẫn được lưu.",
        HideValues = "Giấu số đo",
        Hidden = "giấu đến khi nhóm dự đoán",
        LookUp = "Nhìn lên",
        LookUpOn = "Màn hình mọi em hiện: nhìn lên",
        LockJoining = "Khóa lớp",
        StudentsRun = "Học sinh tự đo",
        PracticeRun = "Đo thử",
        PracticeOn = "Đo thử: lần đo bắt đầu lúc này vẫn được giữ, nhưng không đưa vào bộ dữ liệu.",
        PracticeMark = "đo thử",
        RunsOf = "Các lần đo",
        RunsHint = "Bấm nhầm lúc bắt đầu? Sửa ở đây. Số đo vẫn còn; chỉ bộ dữ liệu lấy hoặc không lấy chúng.",
        WasPractice = "Đây là đo thử",
        WasReal = "Đây là đo thật",
        Message = "Lời nhắn cả lớp",
        Send = "Gửi",
        Clear = "Xóa",
        Bell = "Hết giờ",
        BellUndo = "Học tiếp",
        BellSure = "Hết giờ? Các lần đo dừng, không ghi thêm. Kết quả còn đến khi bạn kết thúc buổi học.",
        Ended = "Đã hết giờ.",
        Notes = "Ghi chú",
        NotesWaiting = "{0} ghi chú chờ",
        NotesHint = "Hãy mở chỗ lớp không nhìn. Một lần chạm cho cả lớp xem ghi chú.",
        NoNotes = "Chưa có ghi chú.",
        Publish = "Cho cả lớp xem",
        Unpublish = "Gỡ xuống",
        Delete = "Xóa",
        Published = "Trên bảng",
        Show = "Hiện",
        SoundOn = "Chuông báo",
        Seen = "Đã xem",
        Spotlight = "Chiếu nhóm này",
        SpotlightOff = "Tắt chiếu",
        SeatsOf = "Chỗ ngồi",
        MoveTo = "Chuyển {0} sang",
        Mute = "Chỉ xem",
        Unmute = "Cho viết",
        Muted = "đang chỉ xem",
        ChannelsOf = "Kênh đo",
        SaveChannels = "Lưu",
        StateNoChannel = "chưa có kênh đo",
        StateCollecting = "đang thu",
        StateReady = "sẵn sàng: số đo đang về",
        StateReplay = "bản ghi",
        StateLate = "trễ: số đo cũ đang về",
        StateSilent = "im lặng: không có gì về",
        StateSuspect = "nghi ngờ: xem lại đầu đo",
        PhaseWaiting = "chưa bắt đầu",
        PhaseRunning = "đang đo",
        PhaseStopped = "đã dừng",
        PhaseEnded = "đã hết giờ",
        Predicted = "{0} trên {1} đã dự đoán",
        People = "{0} bạn",
        AlertOf = "{0}: {1}",
        Recording = "Bản ghi lúc {0}, nhanh gấp {1}. Không phải đang đo.",
        AnyProperty = "Đại lượng",
        SameScale = "Cùng thang đo",
        Gone = "Buổi học này đã kết thúc.",
        NoSession = "Không có buổi học theo bài như vậy. Hãy mở ở trang Lớp học.",
    };
}
