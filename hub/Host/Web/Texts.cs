namespace StemLab.Hub.Web;

/// <summary>Every text of the pages in one language. Immutable; a text missing in one language does not compile.</summary>
public sealed record Texts
{
    public required string Language { get; init; }
    public required string OtherLanguage { get; init; }
    public required string OtherLanguageName { get; init; }
    public required string Title { get; init; }
    public required string Board { get; init; }
    public required string Agents { get; init; }
    public required string SkipToContent { get; init; }
    public required string Simulated { get; init; }
    public required string SimulatedHint { get; init; }
    public required string DemoBanner { get; init; }
    public required string Unclaimed { get; init; }
    public required string Stale { get; init; }
    public required string Online { get; init; }
    public required string Offline { get; init; }
    public required string Ago { get; init; }
    public required string Seconds { get; init; }
    public required string Minutes { get; init; }
    public required string Hours { get; init; }
    public required string Days { get; init; }
    public required string AgeUnknown { get; init; }
    public required string NoValue { get; init; }
    public required string EmptyTitle { get; init; }
    public required string EmptyHint { get; init; }
    public required string EmptyAgent { get; init; }
    public required string GettingDataIn { get; init; }
    public required string Chart { get; init; }
    public required string ChooseHint { get; init; }
    public required string ShowInChart { get; init; }
    public required string Span { get; init; }
    public required string All { get; init; }
    public required string Pause { get; init; }
    public required string Resume { get; init; }
    public required string ZoomIn { get; init; }
    public required string ZoomOut { get; init; }
    public required string Earlier { get; init; }
    public required string Later { get; init; }
    public required string AsTable { get; init; }
    public required string AsChart { get; init; }
    public required string Time { get; init; }
    public required string Minimum { get; init; }
    public required string Maximum { get; init; }
    public required string Mean { get; init; }
    public required string Rising { get; init; }
    public required string Falling { get; init; }
    public required string Steady { get; init; }
    public required string NoReadings { get; init; }
    public required string Live { get; init; }
    public required string Reconnecting { get; init; }
    public required string Store { get; init; }
    public required string StoreOk { get; init; }
    public required string Readings { get; init; }
    public required string TimeKnown { get; init; }
    public required string TimeUnknown { get; init; }
    public required string Stored { get; init; }
    public required string Lost { get; init; }
    public required string Missing { get; init; }
    public required string Waiting { get; init; }
    public required string NothingWaiting { get; init; }
    public required string LastSeen { get; init; }
    public required string Adopt { get; init; }
    public required string AdoptLabel { get; init; }
    public required string NoAgents { get; init; }
    public required string TailUnknown { get; init; }
    public required string State { get; init; }

    public static Texts Of(string language) => language == "vi" ? Vietnamese : English;

    public static Texts English { get; } = new()
    {
        Language = "en",
        OtherLanguage = "vi",
        OtherLanguageName = "Tiếng Việt",
        Title = "StemLab",
        Board = "Readings",
        Agents = "Agents",
        SkipToContent = "Skip to the readings",
        Simulated = "simulated",
        SimulatedHint = "No real probe is behind this value",
        DemoBanner = "Demo: everything here is simulated or played back. Nothing was measured just now.",
        Unclaimed = "unclaimed",
        Stale = "stale",
        Online = "online",
        Offline = "offline",
        Ago = "{0} ago",
        Seconds = "s",
        Minutes = "min",
        Hours = "h",
        Days = "d",
        AgeUnknown = "age not known",
        NoValue = "no value",
        EmptyTitle = "No readings yet",
        EmptyHint = "Send one from this machine:",
        EmptyAgent = "Or enrol an agent, and start it with the join file:",
        GettingDataIn = "Getting data in and out",
        Chart = "Chart",
        ChooseHint = "Choose a reading to see it over time. Up to four at once.",
        ShowInChart = "show in the chart",
        Span = "Span",
        All = "all",
        Pause = "Pause",
        Resume = "Resume",
        ZoomIn = "Zoom in",
        ZoomOut = "Zoom out",
        Earlier = "Earlier",
        Later = "Later",
        AsTable = "Show as table",
        AsChart = "Show as chart",
        Time = "Time",
        Minimum = "Lowest",
        Maximum = "Highest",
        Mean = "Mean",
        Rising = "rising",
        Falling = "falling",
        Steady = "steady",
        NoReadings = "no readings in this span",
        Live = "live",
        Reconnecting = "reconnecting…",
        Store = "Store",
        StoreOk = "in order",
        Readings = "readings",
        TimeKnown = "time known to ±",
        TimeUnknown = "time not known yet: order is right, clock times are not",
        Stored = "Stored",
        Lost = "Lost",
        Missing = "Missing",
        Waiting = "Oldest waiting",
        NothingWaiting = "nothing waiting",
        LastSeen = "Last seen",
        Adopt = "Adopt",
        AdoptLabel = "Name for this device (a–z, 0–9, -)",
        NoAgents = "No agents yet",
        TailUnknown = "a power cut may have cost the last 5 s of an earlier start",
        State = "State",
    };

    public static Texts Vietnamese { get; } = new()
    {
        Language = "vi",
        OtherLanguage = "en",
        OtherLanguageName = "English",
        Title = "StemLab",
        Board = "Số đo",
        Agents = "Trạm đo",
        SkipToContent = "Đến thẳng số đo",
        Simulated = "mô phỏng",
        SimulatedHint = "Không có đầu đo thật sau giá trị này",
        DemoBanner = "Bản chạy thử: mọi số liệu ở đây là mô phỏng hoặc phát lại, không phải vừa đo được.",
        Unclaimed = "chưa nhận",
        Stale = "cũ",
        Online = "đang nối",
        Offline = "mất nối",
        Ago = "{0} trước",
        Seconds = "giây",
        Minutes = "phút",
        Hours = "giờ",
        Days = "ngày",
        AgeUnknown = "chưa rõ đo khi nào",
        NoValue = "không có giá trị",
        EmptyTitle = "Chưa có số đo nào",
        EmptyHint = "Thử gửi một số đo từ máy này:",
        EmptyAgent = "Hoặc đăng ký một trạm đo rồi khởi động nó bằng tệp kết nối:",
        GettingDataIn = "Đưa dữ liệu vào và lấy ra",
        Chart = "Biểu đồ",
        ChooseHint = "Chọn một số đo để xem theo thời gian. Tối đa bốn số đo.",
        ShowInChart = "hiện trong biểu đồ",
        Span = "Khoảng",
        All = "tất cả",
        Pause = "Tạm dừng",
        Resume = "Chạy tiếp",
        ZoomIn = "Phóng to",
        ZoomOut = "Thu nhỏ",
        Earlier = "Sớm hơn",
        Later = "Muộn hơn",
        AsTable = "Xem dạng bảng",
        AsChart = "Xem dạng biểu đồ",
        Time = "Thời gian",
        Minimum = "Thấp nhất",
        Maximum = "Cao nhất",
        Mean = "Trung bình",
        Rising = "đang tăng",
        Falling = "đang giảm",
        Steady = "ổn định",
        NoReadings = "không có số đo trong khoảng này",
        Live = "trực tiếp",
        Reconnecting = "đang nối lại…",
        Store = "Kho dữ liệu",
        StoreOk = "tốt",
        Readings = "số đo",
        TimeKnown = "giờ biết chính xác đến ±",
        TimeUnknown = "chưa biết giờ: thứ tự đúng, giờ đồng hồ thì chưa",
        Stored = "Đã lưu",
        Lost = "Đã mất",
        Missing = "Còn thiếu",
        Waiting = "Chờ lâu nhất",
        NothingWaiting = "không có gì chờ",
        LastSeen = "Thấy lần cuối",
        Adopt = "Nhận",
        AdoptLabel = "Tên cho thiết bị (a–z, 0–9, -)",
        NoAgents = "Chưa có trạm đo nào",
        TailUnknown = "lần chạy trước bị cắt điện, có thể mất 5 giây cuối",
        State = "Trạng thái",
    };
}
