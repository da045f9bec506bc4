namespace StemLab.Hub.Web;

/// <summary>Texts of the pages before and after a trip in one language. Immutable.</summary>
public sealed record PreflightTexts
{
    public required string Title { get; init; }
    public required string Before { get; init; }
    public required string After { get; init; }
    public required string Looking { get; init; }
    public required string LookAgain { get; init; }
    public required string Print { get; init; }
    public required string Cards { get; init; }
    public required string Ready { get; init; }
    public required string Look { get; init; }
    public required string Stop { get; init; }
    public required string AllReadyBefore { get; init; }
    public required string SomeLookBefore { get; init; }
    public required string SomeStopBefore { get; init; }
    public required string AllReadyAfter { get; init; }
    public required string SomeLookAfter { get; init; }
    public required string SomeStopAfter { get; init; }
    public required string GoThere { get; init; }
    public required string LookedAt { get; init; }
    public required string CardsTitle { get; init; }
    public required string CardsHint { get; init; }
    public required string NoSession { get; init; }
    public required string OpenOne { get; init; }
    public required string WifiName { get; init; }
    public required string WifiHint { get; init; }
    public required string CardWifi { get; init; }
    public required string CardData { get; init; }
    public required string CardScan { get; init; }
    public required string CardOr { get; init; }
    public required string CardCode { get; init; }

    public static PreflightTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static PreflightTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static PreflightTexts English { get; } = new()
    {
        Title = "Before and after a trip",
        Before = "Ready to sail?",
        After = "Safe to leave?",
        Looking = "Looking at everything…",
        LookAgain = "Look again",
        Print = "Print",
        Cards = "Join cards",
        Ready = "in order",
        Look = "look",
        Stop = "stop",
        AllReadyBefore = "Ready to sail.",
        SomeLookBefore = "You can sail. Look at what is marked first: {0}.",
        SomeStopBefore = "Not ready to sail: {0} to mend.",
        AllReadyAfter = "Safe to leave.",
        SomeLookAfter = "Nothing will be lost. Look at what is marked: {0}.",
        SomeStopAfter = "Do not leave yet: {0} to do.",
        GoThere = "Go there",
        LookedAt = "Looked at {0}",
        CardsTitle = "Join cards",
        CardsHint = "Print, cut, one for each group. Cards are good until the session ends.",
        NoSession = "No class session is open, so there is nothing to join yet.",
        OpenOne = "Open a session",
        WifiName = "Name of the Wi-Fi, as phones list it",
        WifiHint = "It is printed on every card and kept in this browser only. Left empty, each card has a line to write it on.",
        CardWifi = "1. Wi-Fi: choose",
        CardData = "2. Turn mobile data off",
        CardScan = "3. Scan this",
        CardOr = "or type",
        CardCode = "Code",
    };

    public static PreflightTexts Vietnamese { get; } = new()
    {
        Title = "Trước và sau chuyến đi",
        Before = "Sẵn sàng ra khơi?",
        After = "Có thể ra về?",
        Looking = "Đang xem mọi thứ…",
        LookAgain = "Xem lại",
        Print = "In",
        Cards = "Thẻ tham gia",
        Ready = "tốt",
        Look = "cần xem",
        Stop = "dừng lại",
        AllReadyBefore = "Sẵn sàng ra khơi.",
        SomeLookBefore = "Có thể ra khơi. Hãy xem trước những dòng được đánh dấu: {0}.",
        SomeStopBefore = "Chưa ra khơi được: còn {0} việc phải sửa.",
        AllReadyAfter = "Có thể ra về.",
        SomeLookAfter = "Không mất gì. Hãy xem những dòng được đánh dấu: {0}.",
        SomeStopAfter = "Chưa nên về: còn {0} việc phải làm.",
        GoThere = "Đến đó",
        LookedAt = "Xem lúc {0}",
        CardsTitle = "Thẻ tham gia",
        CardsHint = "In ra, cắt, mỗi nhóm một thẻ. Thẻ dùng được đến khi buổi học kết thúc.",
        NoSession = "Chưa mở buổi học nào nên chưa có gì để tham gia.",
        OpenOne = "Mở một buổi học",
        WifiName = "Tên Wi-Fi, như hiện trên điện thoại",
        WifiHint = "Tên được in trên mọi thẻ và chỉ giữ trong trình duyệt này. Để trống thì mỗi thẻ có một dòng để viết tay.",
        CardWifi = "1. Chọn Wi-Fi",
        CardData = "2. Tắt dữ liệu di động",
        CardScan = "3. Quét mã này",
        CardOr = "hoặc gõ",
        CardCode = "Mã",
    };
}
