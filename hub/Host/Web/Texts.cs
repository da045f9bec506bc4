namespace StemLab.Hub.Web;

/// <summary>Every text of the frame, the board, the chart and the agents page in one language. Immutable; a text missing in one language does not compile.</summary>
public sealed record Texts
{
    public required string Language { get; init; }
    public required string OtherLanguage { get; init; }
    public required string OtherLanguageName { get; init; }

    /// <summary>Of a language from a key file; empty for Vietnamese and English.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string LanguageName { get; init; } = "";

    /// <summary>What else there is; absent = Vietnamese and English alone.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    internal Languages? Known { get; init; }

    /// <summary>Languages a reader may change to.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    internal IEnumerable<(string Code, string Name)> Choices => Known is { } known ? known.All.Where(one => one.Code != Language) : [(OtherLanguage, OtherLanguageName)];

    /// <summary>The common texts of the other language of a pair.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    internal Texts Other => Known?.Of(OtherLanguage) ?? Of(OtherLanguage);

    /// <summary>Of two languages the reader's; a third one where its key file has the words.</summary>
    internal string Say(string english, string vietnamese) => Known?.Phrases.Say(Language, english, vietnamese) ?? (Language == "vi" ? vietnamese : english);

    /// <summary>The same of a sentence; empty where there is none.</summary>
    internal string Say(StemLab.V1.Sentence? both) => both is null ? "" : Known?.Phrases.Say(Language, both) ?? Say(both.En, both.Vi);

    public required string Board { get; init; }
    public required string Agents { get; init; }
    public required string Calibrate { get; init; }
    public required string Derived { get; init; }
    public required string Computed { get; init; }
    public required string Samples { get; init; }
    public required string Datasets { get; init; }
    public required string Changes { get; init; }
    public required string Clocks { get; init; }
    public required string SetUp { get; init; }
    public required string Class { get; init; }
    public required string People { get; init; }
    public required string Me { get; init; }
    public required string Audit { get; init; }
    public required string PhoneHelps { get; init; }
    public required string SkipToContent { get; init; }
    public required string Simulated { get; init; }
    public required string SimulatedHint { get; init; }
    public required string DemoBanner { get; init; }
    public required string Unclaimed { get; init; }
    public required string StaleSince { get; init; }
    public required string Suspect { get; init; }
    public required string Failed { get; init; }
    public required string Absent { get; init; }
    public required string Online { get; init; }
    public required string Offline { get; init; }
    public required string Ago { get; init; }
    public required string JustNow { get; init; }
    public required string Seconds { get; init; }
    public required string Minutes { get; init; }
    public required string Hours { get; init; }
    public required string Days { get; init; }
    public required string AgeUnknown { get; init; }
    public required string EmptyTitle { get; init; }
    public required string EmptyHint { get; init; }
    public required string EmptyThen { get; init; }
    public required string EmptyAgent { get; init; }
    public required string GettingDataIn { get; init; }
    public required string Order { get; init; }
    public required string ByPlace { get; init; }
    public required string ByProperty { get; init; }
    public required string Chart { get; init; }
    public required string ChooseHint { get; init; }
    public required string Span { get; init; }
    public required string Moving { get; init; }
    public required string All { get; init; }
    public required string Pause { get; init; }
    public required string Resume { get; init; }
    public required string PausedAt { get; init; }
    public required string BackToLive { get; init; }
    public required string ZoomIn { get; init; }
    public required string ZoomOut { get; init; }
    public required string Earlier { get; init; }
    public required string Later { get; init; }
    public required string AsTable { get; init; }
    public required string AsChart { get; init; }
    public required string Listen { get; init; }
    public required string Quiet { get; init; }
    public required string Speak { get; init; }
    public required string NoVoice { get; init; }
    public required string ToneMeaning { get; init; }
    public required string Rose { get; init; }
    public required string Fell { get; init; }
    public required string Stayed { get; init; }
    public required string Keys { get; init; }
    public required string Time { get; init; }
    public required string FromTo { get; init; }
    public required string Rising { get; init; }
    public required string Falling { get; init; }
    public required string Steady { get; init; }
    public required string NoReadings { get; init; }
    public required string LeftOut { get; init; }
    public required string Live { get; init; }
    public required string Reconnecting { get; init; }
    public required string NoHub { get; init; }
    public required string Refused { get; init; }
    public required string Store { get; init; }
    public required string StoreOk { get; init; }
    public required string Readings { get; init; }
    public required string TimeKnown { get; init; }
    public required string TimeUnknown { get; init; }
    public required string Stored { get; init; }
    public required string StoredOf { get; init; }
    public required string Lost { get; init; }
    public required string Missing { get; init; }
    public required string Waiting { get; init; }
    public required string NothingWaiting { get; init; }
    public required string Clock { get; init; }
    public required string ClockKnown { get; init; }
    public required string ClockBounded { get; init; }
    public required string ClockUnknown { get; init; }
    public required string LastSeen { get; init; }
    public required string NotSeen { get; init; }
    public required string SpeaksPlainMqtt { get; init; }
    public required string Adopt { get; init; }
    public required string AdoptLabel { get; init; }
    public required string Blink { get; init; }
    public required string Blinking { get; init; }
    public required string AddAgent { get; init; }
    public required string AddAgentHow { get; init; }
    public required string AddAgentDo { get; init; }
    public required string Enrolled { get; init; }
    public required string NoAgents { get; init; }
    public required string TailUnknown { get; init; }

    public static Texts Of(string language) => language == "vi" ? Vietnamese : English;

    public static Texts English { get; } = new()
    {
        Language = "en",
        OtherLanguage = "vi",
        OtherLanguageName = "Tiếng Việt",
        Board = "Readings",
        Agents = "Agents",
        Calibrate = "Calibrate",
        Derived = "Compute",
        Computed = "computed",
        Samples = "Samples",
        Datasets = "Datasets",
        Changes = "Changes",
        Clocks = "Time",
        SetUp = "Set up",
        Class = "Class",
        People = "People",
        Me = "Me",
        Audit = "What happened",
        PhoneHelps = "This phone compared its clock with the hub's. {0}",
        SkipToContent = "Skip to the content",
        Simulated = "simulated",
        SimulatedHint = "No real probe is behind this value",
        DemoBanner = "Demo: everything here is simulated or played back. Nothing was measured just now.",
        Unclaimed = "unclaimed",
        StaleSince = "stale: {0}",
        Suspect = "suspect",
        Failed = "failed a check",
        Absent = "no value",
        Online = "online",
        Offline = "offline",
        Ago = "{0} ago",
        JustNow = "just now",
        Seconds = "s",
        Minutes = "min",
        Hours = "h",
        Days = "d",
        AgeUnknown = "age not known",
        EmptyTitle = "No readings yet",
        EmptyHint = "Send one from this machine:",
        EmptyThen = "It appears here by itself, within a second.",
        EmptyAgent = "Or add an agent, and start it with the join file:",
        GettingDataIn = "Getting data in and out",
        Order = "Order",
        ByPlace = "By place",
        ByProperty = "By what is measured",
        Chart = "Chart",
        ChooseHint = "Choose readings below to see them over time, up to six at once.",
        Span = "Span",
        Moving = "Move and zoom",
        All = "all",
        Pause = "Pause",
        Resume = "Resume",
        PausedAt = "Paused at {0}. New readings are still kept.",
        BackToLive = "Back to live",
        ZoomIn = "Zoom in",
        ZoomOut = "Zoom out",
        Earlier = "Earlier",
        Later = "Later",
        AsTable = "Table",
        AsChart = "Chart",
        Listen = "Listen",
        Quiet = "Stop sound",
        Speak = "Say it",
        NoVoice = "(This device has no English voice of its own: text and tones only.)",
        ToneMeaning = "The higher the tone, the higher the value.",
        Rose = "rose from {0} to {1} in {2}, between {3} and {4}",
        Fell = "fell from {0} to {1} in {2}, between {3} and {4}",
        Stayed = "stayed near {1} for {2}, between {3} and {4}",
        Keys = "Arrow keys read point by point, Page Up and Page Down change the line, Home and End go to the ends, plus and minus zoom, Shift with an arrow moves in time, space pauses, Escape goes back to live.",
        Time = "Time",
        FromTo = "{0} to {1}",
        Rising = "rising",
        Falling = "falling",
        Steady = "steady",
        NoReadings = "no readings here",
        LeftOut = "{0} left out, failed a check",
        Live = "live",
        Reconnecting = "reconnecting…",
        NoHub = "The hub does not answer. Are you still on its Wi-Fi?",
        Refused = "The hub refused ({0})",
        Store = "Store",
        StoreOk = "in order",
        Readings = "readings",
        TimeKnown = "Time known to ±",
        TimeUnknown = "Time not known yet: the order is right, the clock times are not",
        Stored = "Stored",
        StoredOf = "{0} of {1}",
        Lost = "Lost",
        Missing = "Missing, still on the way",
        Waiting = "Oldest waiting to be stored",
        NothingWaiting = "nothing waiting",
        Clock = "Its clock",
        ClockKnown = "known to ± {0}",
        ClockBounded = "estimated between its neighbours, ± {0}",
        ClockUnknown = "not known yet: order right, times not",
        LastSeen = "heard {0} ago",
        NotSeen = "not heard since the hub started",
        SpeaksPlainMqtt = "speaks plain MQTT",
        Adopt = "Adopt",
        AdoptLabel = "Short name (a–z, 0–9, -)",
        Blink = "Blink, to find it",
        Blinking = "It blinks for 10 seconds.",
        AddAgent = "Add an agent",
        AddAgentHow = "Gives the agent an identity and a secret token, as a file to copy onto its card. Whoever has the file may send as this agent.",
        AddAgentDo = "Make the file",
        Enrolled = "Here is the file. It is shown only once:",
        NoAgents = "No agents yet",
        TailUnknown = "A power cut may have cost the last 5 s of an earlier start.",
    };

    public static Texts Vietnamese { get; } = new()
    {
        Language = "vi",
        OtherLanguage = "en",
        OtherLanguageName = "English",
        Board = "Giá trị đo",
        Agents = "Thiết bị",
        Calibrate = "Hiệu chuẩn",
        Derived = "Tính ra",
        Computed = "tính ra",
        Samples = "Mẫu đo",
        Datasets = "Bộ dữ liệu",
        Changes = "Đã sửa gì",
        Clocks = "Giờ",
        SetUp = "Thiết lập",
        Class = "Lớp học",
        People = "Mọi người",
        Me = "Tôi",
        Audit = "Đã xảy ra gì",
        PhoneHelps = "Máy này đã so giờ với trạm chủ. {0}",
        SkipToContent = "Đến thẳng nội dung",
        Simulated = "mô phỏng",
        SimulatedHint = "Không có đầu đo thật sau giá trị này",
        DemoBanner = "Bản chạy thử: mọi số liệu ở đây là mô phỏng hoặc phát lại, không phải vừa đo được.",
        Unclaimed = "chưa có ai nhận",
        StaleSince = "đã cũ: {0}",
        Suspect = "nghi ngờ",
        Failed = "không đạt kiểm tra",
        Absent = "không có giá trị",
        Online = "đang nối",
        Offline = "mất nối",
        Ago = "{0} trước",
        JustNow = "vừa xong",
        Seconds = "giây",
        Minutes = "phút",
        Hours = "giờ",
        Days = "ngày",
        AgeUnknown = "chưa rõ đo khi nào",
        EmptyTitle = "Chưa có giá trị đo nào",
        EmptyHint = "Thử gửi một giá trị từ máy này:",
        EmptyThen = "Nó tự hiện ra ở đây, trong vòng một giây.",
        EmptyAgent = "Hoặc thêm một thiết bị rồi khởi động nó bằng tệp kết nối:",
        GettingDataIn = "Đưa dữ liệu vào và lấy ra",
        Order = "Sắp xếp",
        ByPlace = "Theo nơi đo",
        ByProperty = "Theo đại lượng đo",
        Chart = "Biểu đồ",
        ChooseHint = "Chọn giá trị đo bên dưới để xem theo thời gian, tối đa sáu đường.",
        Span = "Khoảng thời gian",
        Moving = "Di chuyển và phóng to",
        All = "tất cả",
        Pause = "Tạm dừng",
        Resume = "Chạy tiếp",
        PausedAt = "Tạm dừng lúc {0}. Giá trị mới vẫn được lưu.",
        BackToLive = "Về trực tiếp",
        ZoomIn = "Phóng to",
        ZoomOut = "Thu nhỏ",
        Earlier = "Sớm hơn",
        Later = "Muộn hơn",
        AsTable = "Bảng",
        AsChart = "Biểu đồ",
        Listen = "Nghe",
        Quiet = "Tắt tiếng",
        Speak = "Đọc lên",
        NoVoice = "(Máy này không có giọng đọc tiếng Việt riêng: chỉ có chữ và âm.)",
        ToneMeaning = "Âm càng cao thì giá trị càng cao.",
        Rose = "tăng từ {0} đến {1} trong {2}, nằm giữa {3} và {4}",
        Fell = "giảm từ {0} xuống {1} trong {2}, nằm giữa {3} và {4}",
        Stayed = "quanh {1} suốt {2}, nằm giữa {3} và {4}",
        Keys = "Phím mũi tên đọc từng điểm, Page Up và Page Down đổi đường, Home và End về hai đầu, cộng và trừ để phóng to thu nhỏ, Shift cùng mũi tên để dời thời gian, phím cách để tạm dừng, Escape để về trực tiếp.",
        Time = "Thời gian",
        FromTo = "từ {0} đến {1}",
        Rising = "đang tăng",
        Falling = "đang giảm",
        Steady = "ổn định",
        NoReadings = "không có giá trị ở đây",
        LeftOut = "bỏ {0} giá trị không đạt kiểm tra",
        Live = "trực tiếp",
        Reconnecting = "đang nối lại…",
        NoHub = "Trạm chủ không trả lời. Bạn còn nối Wi-Fi của trạm không?",
        Refused = "Trạm chủ từ chối ({0})",
        Store = "Kho dữ liệu",
        StoreOk = "tốt",
        Readings = "giá trị đo",
        TimeKnown = "Giờ biết chính xác đến ±",
        TimeUnknown = "Chưa biết giờ: thứ tự đúng, giờ đồng hồ thì chưa",
        Stored = "Đã lưu",
        StoredOf = "{0} trên {1}",
        Lost = "Đã mất",
        Missing = "Còn thiếu, đang trên đường về",
        Waiting = "Chờ lưu lâu nhất",
        NothingWaiting = "không có gì chờ",
        Clock = "Đồng hồ của nó",
        ClockKnown = "biết chính xác đến ± {0}",
        ClockBounded = "ước lượng từ lần chạy trước và sau, ± {0}",
        ClockUnknown = "chưa biết: thứ tự đúng, giờ thì chưa",
        LastSeen = "nghe thấy {0} trước",
        NotSeen = "chưa nghe thấy từ khi trạm chủ khởi động",
        SpeaksPlainMqtt = "gửi MQTT thường",
        Adopt = "Nhận",
        AdoptLabel = "Tên ngắn (a–z, 0–9, -)",
        Blink = "Nháy đèn để tìm",
        Blinking = "Nó nháy đèn trong 10 giây.",
        AddAgent = "Thêm thiết bị",
        AddAgentHow = "Cho thiết bị một danh tính và mã bí mật, trong một tệp để chép vào thẻ nhớ của nó. Ai có tệp này đều gửi được với tên thiết bị ấy.",
        AddAgentDo = "Tạo tệp",
        Enrolled = "Đây là tệp. Nó chỉ hiện một lần:",
        NoAgents = "Chưa có thiết bị nào",
        TailUnknown = "Lần chạy trước bị cắt điện, có thể mất 5 giây cuối.",
    };
}
