namespace StemLab.Hub.Web;

/// <summary>Texts of the page of datasets in one language. Immutable.</summary>
public sealed record DatasetTexts
{
    public required string Title { get; init; }
    public required string Intro { get; init; }
    public required string DescribeTitle { get; init; }
    public required string DescribeHint { get; init; }
    public required string Name { get; init; }
    public required string NameHint { get; init; }
    public required string DatasetTitle { get; init; }
    public required string Description { get; init; }
    public required string Creator { get; init; }
    public required string Project { get; init; }
    public required string Keywords { get; init; }
    public required string Licence { get; init; }
    public required string PlaceDecimals { get; init; }
    public required string Doi { get; init; }
    public required string Save { get; init; }
    public required string Saved { get; init; }
    public required string Campaign { get; init; }
    public required string CampaignNone { get; init; }
    public required string CampaignTitle { get; init; }
    public required string CampaignHint { get; init; }
    public required string CampaignNameHint { get; init; }
    public required string CampaignSave { get; init; }
    public required string CampaignSaved { get; init; }
    public required string CampaignWithin { get; init; }
    public required string FreezeTitle { get; init; }
    public required string FreezeHint { get; init; }
    public required string Which { get; init; }
    public required string All { get; init; }
    public required string Channels { get; init; }
    public required string Sites { get; init; }
    public required string Runs { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string ToHint { get; init; }
    public required string Flags { get; init; }
    public required string Origin { get; init; }
    public required string OriginUsual { get; init; }
    public required string OriginReal { get; init; }
    public required string OriginSimulated { get; init; }
    public required string OriginAny { get; init; }
    public required string Purpose { get; init; }
    public required string PurposeUsual { get; init; }
    public required string PurposeReal { get; init; }
    public required string PurposePractice { get; init; }
    public required string PurposeAny { get; init; }
    public required string PracticeOut { get; init; }
    public required string PracticeIn { get; init; }
    public required string Formats { get; init; }
    public required string FormatCsv { get; init; }
    public required string FormatNetcdf { get; init; }
    public required string FormatParquet { get; init; }
    public required string FormatExcelVi { get; init; }
    public required string FormatExcelEn { get; init; }
    public required string FormatCodap { get; init; }
    public required string Count { get; init; }
    public required string Counted { get; init; }
    public required string Freeze { get; init; }
    public required string Begun { get; init; }
    public required string DescribeFirst { get; init; }
    public required string VersionsTitle { get; init; }
    public required string NoVersions { get; init; }
    public required string Ready { get; init; }
    public required string Failed { get; init; }
    public required string Withdrawn { get; init; }
    public required string Running { get; init; }
    public required string Rows { get; init; }
    public required string SameRows { get; init; }
    public required string Files { get; init; }
    public required string Size { get; init; }
    public required string Whole { get; init; }
    public required string Stored { get; init; }
    public required string Expected { get; init; }
    public required string Missing { get; init; }
    public required string Cite { get; init; }
    public required string Card { get; init; }
    public required string CompareWith { get; init; }
    public required string Compare { get; init; }
    public required string Flag1 { get; init; }
    public required string Flag2 { get; init; }
    public required string Flag3 { get; init; }
    public required string Flag4 { get; init; }
    public required string Flag9 { get; init; }

    public static DatasetTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static DatasetTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static DatasetTexts English { get; } = new()
    {
        Title = "Datasets",
        Intro = "Freeze readings into a version that never changes, with files to download and a line to cite.",
        DescribeTitle = "1. What is it?",
        DescribeHint = "Asked once per dataset. Name an organisation, never a person.",
        Name = "Short name",
        NameHint = "a-z, 0-9 and -, for example bay-2026",
        DatasetTitle = "Title",
        Description = "Description",
        Creator = "Organisation to cite",
        Project = "Project",
        Keywords = "Keywords, separated by commas",
        Licence = "Licence",
        PlaceDecimals = "Round places to so many decimals (2 is about 1 km)",
        Doi = "DOI, if there is one",
        Save = "Save the description",
        Saved = "Saved. Versions made before keep what was said then.",
        Campaign = "Campaign",
        CampaignNone = "none",
        CampaignTitle = "A campaign: a field trip or a season",
        CampaignHint = "Say once which readings belong to it, whom to cite and under which licence. Its datasets need not be asked again.",
        CampaignNameHint = "a-z, 0-9 and -, for example trip-2026",
        CampaignSave = "Save the campaign",
        CampaignSaved = "Saved. Choose it below, in 1.",
        CampaignWithin = "Of the campaign {0}: what you leave empty here is what the campaign says.",
        FreezeTitle = "2. Which readings?",
        FreezeHint = "Everything left empty means everything.",
        Which = "Dataset",
        All = "all channels",
        Channels = "Channels",
        Sites = "Sites",
        Runs = "Runs",
        From = "From",
        To = "Until",
        ToHint = "Times of this device.",
        Flags = "Quality",
        Origin = "Origin",
        OriginUsual = "as usual: real readings, in a demo simulated ones too",
        OriginReal = "only real readings",
        OriginSimulated = "only simulated readings",
        OriginAny = "both",
        Purpose = "Practice runs",
        PurposeUsual = "as usual: left out, unless you choose such a run above",
        PurposeReal = "always left out",
        PurposePractice = "only practice runs",
        PurposeAny = "taken too",
        PracticeOut = "Left out: {0} readings of practice runs ({1}).",
        PracticeIn = "{0} readings in it are of practice runs ({1}).",
        Formats = "Files",
        FormatCsv = "CSV bundle with description (zip)",
        FormatNetcdf = "NetCDF, one file per property",
        FormatParquet = "Parquet",
        FormatExcelVi = "Excel, Vietnamese",
        FormatExcelEn = "Excel, English",
        FormatCodap = "CODAP",
        Count = "Count first",
        Counted = "{0} readings of {1} channels.",
        Freeze = "Freeze this version",
        Begun = "Begun: version {0}.",
        DescribeFirst = "Describe a dataset first.",
        VersionsTitle = "Versions",
        NoVersions = "No version yet.",
        Ready = "ready",
        Failed = "failed",
        Withdrawn = "withdrawn",
        Running = "being frozen",
        Rows = "readings",
        SameRows = "Exactly the same rows as {0}.",
        Files = "Files",
        Size = "Size",
        Whole = "How whole is it?",
        Stored = "Stored",
        Expected = "Expected",
        Missing = "Without value",
        Cite = "Cite as",
        Card = "Card of this version: what, where, with what, how whole, how good",
        CompareWith = "Compare with",
        Compare = "What is different?",
        Flag1 = "good",
        Flag2 = "not evaluated",
        Flag3 = "suspect",
        Flag4 = "fail",
        Flag9 = "missing",
    };

    public static DatasetTexts Vietnamese { get; } = new()
    {
        Title = "Bộ dữ liệu",
        Intro = "Đóng băng số đo thành một bản không bao giờ đổi, có tệp để tải và một dòng để trích dẫn.",
        DescribeTitle = "1. Đây là gì?",
        DescribeHint = "Chỉ hỏi một lần cho mỗi bộ dữ liệu. Ghi tên tổ chức, không ghi tên người.",
        Name = "Tên ngắn",
        NameHint = "a-z, 0-9 và -, ví dụ bay-2026",
        DatasetTitle = "Tiêu đề",
        Description = "Mô tả",
        Creator = "Tổ chức được trích dẫn",
        Project = "Dự án",
        Keywords = "Từ khóa, cách nhau bằng dấu phẩy",
        Licence = "Giấy phép",
        PlaceDecimals = "Làm tròn vị trí đến mấy chữ số (2 là khoảng 1 km)",
        Doi = "DOI, nếu có",
        Save = "Lưu mô tả",
        Saved = "Đã lưu. Các bản làm trước giữ nguyên mô tả lúc đó.",
        Campaign = "Đợt khảo sát",
        CampaignNone = "không thuộc đợt nào",
        CampaignTitle = "Đợt khảo sát: một chuyến đi hoặc một mùa",
        CampaignHint = "Ghi một lần: số đo nào thuộc đợt này, trích dẫn ai, theo giấy phép nào. Các bộ dữ liệu của đợt không phải hỏi lại.",
        CampaignNameHint = "a-z, 0-9 và -, ví dụ trip-2026",
        CampaignSave = "Lưu đợt khảo sát",
        CampaignSaved = "Đã lưu. Hãy chọn đợt này ở mục 1 bên dưới.",
        CampaignWithin = "Thuộc đợt khảo sát {0}: chỗ nào để trống thì lấy theo đợt.",
        FreezeTitle = "2. Lấy số đo nào?",
        FreezeHint = "Để trống nghĩa là lấy hết.",
        Which = "Bộ dữ liệu",
        All = "mọi kênh đo",
        Channels = "Kênh đo",
        Sites = "Địa điểm",
        Runs = "Phiên đo",
        From = "Từ",
        To = "Đến",
        ToHint = "Theo giờ của thiết bị này.",
        Flags = "Chất lượng",
        Origin = "Nguồn",
        OriginUsual = "như thường lệ: số đo thật; trong bản thử thì cả mô phỏng",
        OriginReal = "chỉ số đo thật",
        OriginSimulated = "chỉ số mô phỏng",
        OriginAny = "cả hai",
        Purpose = "Lần đo thử",
        PurposeUsual = "như thường lệ: không lấy, trừ khi chọn đích danh ở trên",
        PurposeReal = "không bao giờ lấy",
        PurposePractice = "chỉ lấy lần đo thử",
        PurposeAny = "lấy cả lần đo thử",
        PracticeOut = "Không lấy {0} số đo của lần đo thử ({1} lần).",
        PracticeIn = "Trong đó {0} số đo là của lần đo thử ({1} lần).",
        Formats = "Tệp",
        FormatCsv = "Gói CSV có mô tả (zip)",
        FormatNetcdf = "NetCDF, mỗi đại lượng một tệp",
        FormatParquet = "Parquet",
        FormatExcelVi = "Excel (Tiếng Việt)",
        FormatExcelEn = "Excel, tiếng Anh",
        FormatCodap = "CODAP",
        Count = "Đếm trước",
        Counted = "{0} số đo của {1} kênh.",
        Freeze = "Đóng băng bản này",
        Begun = "Đã bắt đầu: bản {0}.",
        DescribeFirst = "Hãy mô tả một bộ dữ liệu trước.",
        VersionsTitle = "Các bản",
        NoVersions = "Chưa có bản nào.",
        Ready = "sẵn sàng",
        Failed = "hỏng",
        Withdrawn = "đã thu hồi",
        Running = "đang đóng băng",
        Rows = "số đo",
        SameRows = "Giống hệt các dòng của {0}.",
        Files = "Tệp",
        Size = "Cỡ",
        Whole = "Đủ đến đâu?",
        Stored = "Đã lưu",
        Expected = "Mong đợi",
        Missing = "Không có giá trị",
        Cite = "Trích dẫn",
        Card = "Thẻ của bản này: gì, ở đâu, đo bằng gì, đủ và tốt đến đâu",
        CompareWith = "So với",
        Compare = "Khác gì?",
        Flag1 = "tốt",
        Flag2 = "chưa đánh giá",
        Flag3 = "nghi ngờ",
        Flag4 = "hỏng",
        Flag9 = "thiếu",
    };
}
