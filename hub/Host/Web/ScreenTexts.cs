namespace StemLab.Hub.Web;

/// <summary>Texts of the public screen, the public page and the page where they are looked after, in one language. Immutable.</summary>
public sealed record ScreenTexts
{
    public required string Title { get; init; }
    public required string Attach { get; init; }
    public required string AttachHow { get; init; }
    public required string Digits { get; init; }
    public required string Where { get; init; }
    public required string Confirm { get; init; }
    public required string Confirmed { get; init; }
    public required string Attached { get; init; }
    public required string None { get; init; }
    public required string Detach { get; init; }
    public required string Since { get; init; }
    public required string Board { get; init; }
    public required string BoardHow { get; init; }
    public required string City { get; init; }
    public required string Logo { get; init; }
    public required string NoLogo { get; init; }
    public required string Channels { get; init; }
    public required string Save { get; init; }
    public required string Saved { get; init; }
    public required string SeePublic { get; init; }
    public required string Limits { get; init; }
    public required string LimitsHow { get; init; }
    public required string LimitsNone { get; init; }
    public required string LimitsFrom { get; init; }
    public required string LimitsConfirm { get; init; }
    public required string LimitsConfirmed { get; init; }
    public required string AtLeast { get; init; }
    public required string AtMost { get; init; }
    public required string Between { get; init; }
    public required string PublicTitle { get; init; }
    public required string Nothing { get; init; }
    public required string NotLive { get; init; }
    public required string ReplayOf { get; init; }
    public required string ReplayStart { get; init; }
    public required string ReplayStop { get; init; }
    public required string Map { get; init; }
    public required string North { get; init; }
    public required string NoMap { get; init; }
    public required string Good { get; init; }
    public required string OutsideLimit { get; init; }
    public required string InsideLimit { get; init; }
    public required string NoValue { get; init; }
    public required string OnYourPhone { get; init; }
    public required string WaitTitle { get; init; }
    public required string WaitHow { get; init; }
    public required string Away { get; init; }
    public required string PauseCards { get; init; }
    public required string GoOn { get; init; }
    public required string Summary { get; init; }
    public required string DayTable { get; init; }
    public required string Lowest { get; init; }
    public required string Highest { get; init; }
    public required string Campaigns { get; init; }
    public required string CampaignsPublic { get; init; }
    public required string CampaignsNone { get; init; }
    public required string NoCampaign { get; init; }
    public required string NoCampaignHow { get; init; }
    public required string CampaignEmpty { get; init; }
    public required string CampaignSeries { get; init; }
    public required string CampaignMore { get; init; }
    public required string CampaignHow { get; init; }
    public required string Property { get; init; }
    public required string Place { get; init; }
    public required string Average { get; init; }
    public required string Readings { get; init; }

    public static ScreenTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static ScreenTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static ScreenTexts English { get; } = new()
    {
        Title = "Screens",
        Attach = "Attach a screen",
        AttachHow = "Open {0} on the TV. It shows four digits: type them here.",
        Digits = "Four digits",
        Where = "Where it hangs",
        Confirm = "Attach",
        Confirmed = "{0} is attached. It starts by itself after a power cut.",
        Attached = "Attached screens",
        None = "none",
        Detach = "Detach",
        Since = "since {0}",
        Board = "What the public sees",
        BoardHow = "Only what is ticked is public: on the screens and on the page /public, without login. Groups and people are never shown.",
        City = "Name shown on top",
        Logo = "Logo (PNG or JPEG, at most 200 kB)",
        NoLogo = "Take the logo away",
        Channels = "Public readings",
        Save = "Save",
        Saved = "Saved.",
        SeePublic = "See the public page",
        Limits = "Limits",
        LimitsHow = "Limits come from a file limits.json in the data folder, with the document they are taken from. They are shown only after you have compared every number with that document.",
        LimitsNone = "There is no such file, so no limits are shown.",
        LimitsFrom = "From: {0}",
        LimitsConfirm = "I have compared every number with the document",
        LimitsConfirmed = "Compared and shown.",
        AtLeast = "at least {0}",
        AtMost = "at most {0}",
        Between = "{0} to {1}",
        PublicTitle = "The bay now",
        Nothing = "Nothing is public yet.",
        NotLive = "Nothing is being measured now.",
        ReplayOf = "Replay of {0}",
        ReplayStart = "Replay the last day",
        ReplayStop = "Stop the replay",
        North = "N",
        Map = "Where is measured. A sketch by coordinates, north is up.",
        NoMap = "Where the places are has not been stated yet.",
        Good = "measured",
        OutsideLimit = "outside the limit",
        InsideLimit = "within the limit",
        NoValue = "no value now",
        OnYourPhone = "On your phone",
        WaitTitle = "This screen is not attached yet",
        WaitHow = "Teacher: open {0}, sign in, page Screens, and type these digits.",
        Away = "The hub does not answer. This screen waits and goes on by itself.",
        PauseCards = "Pause",
        GoOn = "Go on",
        Summary = "{0}, {1}: {2}",
        DayTable = "Last day",
        Lowest = "lowest",
        Highest = "highest",
        Campaigns = "Campaigns",
        CampaignsPublic = "Campaigns the public may see",
        CampaignsNone = "There is none yet. A campaign is a field trip or a season; it is described on the page Datasets.",
        NoCampaign = "No such campaign",
        NoCampaignHow = "No campaign of this name is public. The address may be mistyped, or it was taken back.",
        CampaignEmpty = "Nothing has been measured in it yet.",
        CampaignSeries = "on average {0}, from {1} to {2}, {3} readings",
        CampaignMore = "{0} more are not shown here.",
        CampaignHow = "Lines are means, the band is from lowest to highest. Readings that failed a check are left out.",
        Property = "what",
        Place = "where",
        Average = "average",
        Readings = "readings",
    };

    public static ScreenTexts Vietnamese { get; } = new()
    {
        Title = "Màn hình",
        Attach = "Gắn một màn hình",
        AttachHow = "Mở {0} trên tivi. Tivi hiện bốn chữ số: hãy gõ vào đây.",
        Digits = "Bốn chữ số",
        Where = "Treo ở đâu",
        Confirm = "Gắn",
        Confirmed = "Đã gắn {0}. Sau khi mất điện nó tự chạy lại.",
        Attached = "Màn hình đã gắn",
        None = "chưa có",
        Detach = "Gỡ",
        Since = "từ {0}",
        Board = "Công chúng thấy gì",
        BoardHow = "Chỉ những gì được đánh dấu mới công khai: trên các màn hình và trên trang /public, không cần đăng nhập. Không bao giờ hiện nhóm và người.",
        City = "Tên hiện ở trên cùng",
        Logo = "Biểu trưng (PNG hoặc JPEG, tối đa 200 kB)",
        NoLogo = "Bỏ biểu trưng",
        Channels = "Giá trị công khai",
        Save = "Lưu",
        Saved = "Đã lưu.",
        SeePublic = "Xem trang công khai",
        Limits = "Giới hạn",
        LimitsHow = "Giới hạn lấy từ tệp limits.json trong thư mục dữ liệu, có ghi văn bản gốc. Chỉ hiện sau khi bạn đã so từng số với văn bản đó.",
        LimitsNone = "Không có tệp này nên không hiện giới hạn.",
        LimitsFrom = "Theo: {0}",
        LimitsConfirm = "Tôi đã so từng số với văn bản",
        LimitsConfirmed = "Đã so và đang hiện.",
        AtLeast = "ít nhất {0}",
        AtMost = "nhiều nhất {0}",
        Between = "{0} đến {1}",
        PublicTitle = "Vịnh lúc này",
        Nothing = "Chưa có gì công khai.",
        NotLive = "Lúc này không có gì đang đo.",
        ReplayOf = "Phát lại {0}",
        ReplayStart = "Phát lại ngày gần nhất",
        ReplayStop = "Dừng phát lại",
        North = "B",
        Map = "Nơi đo. Vẽ phác theo tọa độ, phía bắc ở trên.",
        NoMap = "Chưa ghi các nơi đo nằm ở đâu.",
        Good = "đo được",
        OutsideLimit = "ngoài giới hạn",
        InsideLimit = "trong giới hạn",
        NoValue = "lúc này không có giá trị",
        OnYourPhone = "Trên điện thoại",
        WaitTitle = "Màn hình này chưa được gắn",
        WaitHow = "Thầy cô: mở {0}, đăng nhập, trang Màn hình, và gõ các số này.",
        Away = "Trạm không trả lời. Màn hình này đợi và tự chạy tiếp.",
        PauseCards = "Tạm dừng",
        GoOn = "Chạy tiếp",
        Summary = "{0}, {1}: {2}",
        DayTable = "Ngày gần nhất",
        Lowest = "thấp nhất",
        Highest = "cao nhất",
        Campaigns = "Chiến dịch",
        CampaignsPublic = "Chiến dịch công khai",
        CampaignsNone = "Chưa có. Chiến dịch là một chuyến đi hay một mùa đo; mô tả ở trang Bộ dữ liệu.",
        NoCampaign = "Không có chiến dịch này",
        NoCampaignHow = "Không có chiến dịch công khai nào tên như vậy. Có thể gõ sai địa chỉ, hoặc đã được rút lại.",
        CampaignEmpty = "Trong chiến dịch này chưa đo được gì.",
        CampaignSeries = "trung bình {0}, từ {1} đến {2}, {3} số đo",
        CampaignMore = "Còn {0} dãy nữa không hiện ở đây.",
        CampaignHow = "Đường là trung bình, dải là từ thấp nhất đến cao nhất. Số đo không đạt kiểm tra không được tính.",
        Property = "đại lượng",
        Place = "nơi",
        Average = "trung bình",
        Readings = "số đo",
    };
}
