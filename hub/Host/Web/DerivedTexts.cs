namespace StemLab.Hub.Web;

/// <summary>Texts of the page of derived channels in one language. Immutable.</summary>
public sealed record DerivedTexts
{
    public required string Title { get; init; }
    public required string Hint { get; init; }
    public required string OfAgent { get; init; }
    public required string ChooseTitle { get; init; }
    public required string HoldsFrom { get; init; }
    public required string ANumber { get; init; }
    public required string Port { get; init; }
    public required string PortOwn { get; init; }
    public required string Try { get; init; }
    public required string Make { get; init; }
    public required string GivesNow { get; init; }
    public required string NoReadings { get; init; }
    public required string Made { get; init; }
    public required string OwnTitle { get; init; }
    public required string OwnHint { get; init; }
    public required string Letters { get; init; }
    public required string Expression { get; init; }
    public required string Unit { get; init; }
    public required string Existing { get; init; }
    public required string NoneYet { get; init; }
    public required string TakeOut { get; init; }
    public required string TakenOut { get; init; }
    public required string Edit { get; init; }
    public required string Editing { get; init; }
    public required string Save { get; init; }
    public required string Saved { get; init; }
    public required string NotEdit { get; init; }

    public static DerivedTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static DerivedTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static DerivedTexts English { get; } = new()
    {
        Title = "Compute from readings",
        Hint = "A derived channel is computed from others of the same agent, live and for the past. Salinity from conductivity, for example.",
        OfAgent = "Of which agent",
        ChooseTitle = "Choose from the list",
        HoldsFrom = "holds from {0} to {1}",
        ANumber = "a fixed number:",
        Port = "Short name (empty = by itself)",
        PortOwn = "Short name (a–z, 0–9, -)",
        Try = "Try",
        Make = "Make the channel",
        GivesNow = "It gives {0} {1} now.",
        NoReadings = "It fits, but its readings have not come yet.",
        Made = "Made: {0}. It has its place on the board.",
        OwnTitle = "A formula of your own",
        OwnHint = "Numbers, + - * / ^, brackets, sqrt ln log10 exp abs min max, and a letter for each reading. The units must fit.",
        Letters = "Letters you use",
        Expression = "Formula, for example 2 * (a - b)",
        Unit = "Unit it should have (UCUM; empty = as it comes)",
        Existing = "Derived channels of this agent",
        NoneYet = "None yet.",
        TakeOut = "Take out",
        TakenOut = "Taken out. Earlier revisions still have it.",
        Edit = "Change",
        Editing = "You are changing {0}.",
        Save = "Save the change",
        Saved = "Changed: {0}. The past is computed anew; earlier revisions keep the old one.",
        NotEdit = "Make a new one instead",
    };

    public static DerivedTexts Vietnamese { get; } = new()
    {
        Title = "Tính ra từ giá trị đo",
        Hint = "Một kênh tính ra được tính từ các kênh khác của cùng thiết bị, trực tiếp và cả quá khứ. Ví dụ độ mặn từ độ dẫn điện.",
        OfAgent = "Của thiết bị nào",
        ChooseTitle = "Chọn trong danh sách",
        HoldsFrom = "đúng từ {0} đến {1}",
        ANumber = "một số cố định:",
        Port = "Tên ngắn (để trống = tự đặt)",
        PortOwn = "Tên ngắn (a–z, 0–9, -)",
        Try = "Thử",
        Make = "Tạo kênh",
        GivesNow = "Bây giờ nó cho {0} {1}.",
        NoReadings = "Khớp rồi, nhưng chưa có số đo nào đến.",
        Made = "Đã tạo: {0}. Nó đã có chỗ trên bảng.",
        OwnTitle = "Công thức của bạn",
        OwnHint = "Số, + - * / ^, ngoặc, sqrt ln log10 exp abs min max, và mỗi giá trị một chữ cái. Đơn vị phải khớp.",
        Letters = "Chữ cái bạn dùng",
        Expression = "Công thức, ví dụ 2 * (a - b)",
        Unit = "Đơn vị mong muốn (UCUM; để trống = như tính ra)",
        Existing = "Kênh tính ra của thiết bị này",
        NoneYet = "Chưa có.",
        TakeOut = "Bỏ ra",
        TakenOut = "Đã bỏ ra. Các lần sửa trước vẫn còn nó.",
        Edit = "Sửa",
        Editing = "Bạn đang sửa {0}.",
        Save = "Lưu thay đổi",
        Saved = "Đã sửa: {0}. Quá khứ được tính lại; các lần sửa trước vẫn giữ bản cũ.",
        NotEdit = "Tạo kênh mới thay vì sửa",
    };
}
