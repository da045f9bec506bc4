namespace StemLab.Hub.Web;

/// <summary>Texts of the page on which tables and bundles are brought in, in one language. Immutable.</summary>
public sealed record ImportTexts
{
    public required string Title { get; init; }
    public required string Intro { get; init; }
    public required string TableTitle { get; init; }
    public required string File { get; init; }
    public required string Zone { get; init; }
    public required string ZoneHint { get; init; }
    public required string Station { get; init; }
    public required string Look { get; init; }
    public required string Sending { get; init; }
    public required string Proposal { get; init; }
    public required string Column { get; init; }
    public required string Take { get; init; }
    public required string Property { get; init; }
    public required string Unit { get; init; }
    public required string Sure { get; init; }
    public required string Examples { get; init; }
    public required string Mapping { get; init; }
    public required string MappingHint { get; init; }
    public required string SaveMapping { get; init; }
    public required string KeptMapping { get; init; }
    public required string KeptUsed { get; init; }
    public required string Run { get; init; }
    public required string Running { get; init; }
    public required string Looked { get; init; }
    public required string LookedOwn { get; init; }
    public required string SayZone { get; init; }
    public required string Start { get; init; }
    public required string SayStart { get; init; }
    public required string Ran { get; init; }
    public required string MoreWrong { get; init; }
    public required string UnknownFlags { get; init; }
    public required string Time { get; init; }
    public required string Flag { get; init; }
    public required string StationField { get; init; }
    public required string Ignored { get; init; }
    public required string BundleTitle { get; init; }
    public required string BundleHint { get; init; }
    public required string Write { get; init; }
    public required string Wrote { get; init; }
    public required string Bundle { get; init; }
    public required string Merge { get; init; }
    public required string Lost { get; init; }

    public static ImportTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static ImportTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static ImportTexts English { get; } = new()
    {
        Title = "Bring data in",
        Intro = "Readings from a table, or everything another hub holds. The same file again adds nothing.",
        TableTitle = "A table",
        File = "CSV, TSV or text; also packed (.gz, .zip)",
        Zone = "Time zone of the file",
        ZoneHint = "Say the time zone where the times in the file name none. Leave the station empty for a new one.",
        Station = "Station",
        Look = "Look at it",
        Sending = "Sending the file",
        Proposal = "This is how it would be read",
        Column = "Column",
        Take = "Take",
        Property = "What it measures",
        Unit = "Unit",
        Sure = "Sure",
        Examples = "For example",
        Mapping = "Everything about it, to change or keep",
        MappingHint = "With this text the same file, and others like it, are read in the same way again.",
        SaveMapping = "Keep it as a file",
        KeptMapping = "Read it by a file kept before",
        KeptUsed = "It will be read by {0}. Nothing is stored yet.",
        Run = "Import",
        Running = "Importing",
        Looked = "Nothing is stored yet. Look at the columns, then import.",
        LookedOwn = "An export of a StemLab hub: every reading comes back as what it was.",
        SayZone = "Say the time zone, then look again.",
        Start = "When it began",
        SayStart = "The times in this file are counted from its start. Say when it began, then look again.",
        Ran = "{0} rows: {1} new readings, {2} there already, {3} with another value, {4} missing, {5} wrong",
        MoreWrong = "and {0} more",
        UnknownFlags = "Nobody knows these flags; they said nothing: {0}",
        Time = "time",
        Flag = "flags",
        StationField = "station",
        Ignored = "left out",
        BundleTitle = "Another hub",
        BundleHint = "A bundle is one file with all readings and notes of a hub. Carry it on a stick; merge it in any order, as often as you like.",
        Write = "Write a bundle of this hub",
        Wrote = "{0} readings, {1} bytes:",
        Bundle = "A bundle of another hub",
        Merge = "Merge",
        Lost = "Lost: part {0}",
    };

    public static ImportTexts Vietnamese { get; } = new()
    {
        Title = "Nhập dữ liệu",
        Intro = "Lấy số đo từ một bảng, hoặc tất cả từ một trạm khác. Nhập lại cùng một tệp thì không thêm gì.",
        TableTitle = "Một bảng",
        File = "CSV, TSV hoặc văn bản; cả tệp nén (.gz, .zip)",
        Zone = "Múi giờ của tệp",
        ZoneHint = "Ghi múi giờ khi giờ trong tệp không tự ghi. Để trống trạm đo nếu là trạm mới.",
        Station = "Trạm đo",
        Look = "Xem thử",
        Sending = "Đang gửi tệp",
        Proposal = "Bảng sẽ được đọc như sau",
        Column = "Cột",
        Take = "Lấy",
        Property = "Đo gì",
        Unit = "Đơn vị",
        Sure = "Chắc",
        Examples = "Ví dụ",
        Mapping = "Mọi chi tiết, để sửa hoặc giữ lại",
        MappingHint = "Với đoạn này, tệp ấy và các tệp tương tự sẽ luôn được đọc như nhau.",
        SaveMapping = "Giữ thành tệp",
        KeptMapping = "Đọc theo một tệp đã giữ trước đây",
        KeptUsed = "Bảng sẽ được đọc theo {0}. Chưa lưu gì.",
        Run = "Nhập",
        Running = "Đang nhập",
        Looked = "Chưa lưu gì. Hãy xem các cột rồi nhập.",
        LookedOwn = "Tệp xuất của trạm StemLab: mỗi số đo trở lại đúng như cũ.",
        SayZone = "Hãy chọn múi giờ rồi xem lại.",
        Start = "Bắt đầu lúc",
        SayStart = "Thời gian trong tệp tính từ lúc bắt đầu đo. Hãy ghi lúc bắt đầu rồi xem lại.",
        Ran = "{0} dòng: {1} số đo mới, {2} đã có, {3} khác giá trị, {4} thiếu, {5} sai",
        MoreWrong = "và {0} dòng nữa",
        UnknownFlags = "Không rõ các cờ này nên bỏ qua: {0}",
        Time = "thời gian",
        Flag = "cờ",
        StationField = "trạm đo",
        Ignored = "bỏ qua",
        BundleTitle = "Một trạm khác",
        BundleHint = "Gói dữ liệu là một tệp chứa mọi số đo và ghi chú của một trạm. Chép vào USB; gộp theo thứ tự nào, bao nhiêu lần cũng được.",
        Write = "Ghi gói của trạm này",
        Wrote = "{0} số đo, {1} byte:",
        Bundle = "Gói của trạm khác",
        Merge = "Gộp",
        Lost = "Mất: phần {0}",
    };
}
