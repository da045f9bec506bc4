namespace StemLab.Hub.Export;

/// <summary>Words of a dataset card in one language. Immutable.</summary>
internal sealed record CardTexts
{
    public required string Language { get; init; }
    public required string Version { get; init; }
    public required string Simulated { get; init; }
    public required string SomeSimulated { get; init; }
    public required string SomePractice { get; init; }
    public required string PracticeOut { get; init; }
    public required string PracticeIn { get; init; }
    public required string PracticeHint { get; init; }
    public required string Run { get; init; }
    public required string What { get; init; }
    public required string Readings { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string Where { get; init; }
    public required string NoPlace { get; init; }
    public required string OnTrack { get; init; }
    public required string Box { get; init; }
    public required string Who { get; init; }
    public required string Project { get; init; }
    public required string Licence { get; init; }
    public required string Cite { get; init; }
    public required string Frozen { get; init; }
    public required string Whole { get; init; }
    public required string WholeHint { get; init; }
    public required string Channel { get; init; }
    public required string Expected { get; init; }
    public required string Stored { get; init; }
    public required string Gaps { get; init; }
    public required string NoValue { get; init; }
    public required string NotDeclared { get; init; }
    public required string Quality { get; init; }
    public required string Flag { get; init; }
    public required string Share { get; init; }
    public required string Tests { get; init; }
    public required string TestsHint { get; init; }
    public required string Test { get; init; }
    public required string Thresholds { get; init; }
    public required string NotMade { get; init; }
    public required string Source { get; init; }
    public required string Registry { get; init; }
    public required string Instruments { get; init; }
    public required string Model { get; init; }
    public required string Serial { get; init; }
    public required string Calibration { get; init; }
    public required string None { get; init; }
    public required string Clock { get; init; }
    public required string Times { get; init; }

    public static CardTexts Of(string language) => language == "vi" ? Vietnamese : English;

    public static CardTexts English { get; } = new()
    {
        Language = "en",
        Version = "version",
        Simulated = "Simulated data: nothing in it was measured.",
        SomeSimulated = "Some channels are simulated; they are marked.",
        SomePractice = "Some readings are of practice runs.",
        PracticeOut = "Practice that is left out",
        PracticeIn = "Practice that is in it",
        PracticeHint = "Readings within runs that were practice, unless they lie in a real run too. Counted before flags are looked at.",
        Run = "Run",
        What = "What it is",
        Readings = "readings",
        From = "From",
        To = "To",
        Where = "Where",
        NoPlace = "No place was stated.",
        OnTrack = "Some readings are placed by the GPS of their agent, one by one.",
        Box = "All places lie between",
        Who = "Who made it",
        Project = "Project",
        Licence = "What you may do with it",
        Cite = "How to cite it",
        Frozen = "Frozen",
        Whole = "How whole it is",
        WholeHint = "Expected = readings there should be from the first to the last, by the declared interval.",
        Channel = "Channel",
        Expected = "Expected",
        Stored = "Stored",
        Gaps = "Not there",
        NoValue = "Without value",
        NotDeclared = "not declared",
        Quality = "How good it is",
        Flag = "Flag",
        Share = "Share",
        Tests = "How it was tested",
        TestsHint = "QARTOD tests. What a person said about a stretch counts before them.",
        Test = "Test",
        Thresholds = "Limits",
        NotMade = "not made",
        Source = "Limits from",
        Registry = "defaults of the property",
        Instruments = "What it was measured with",
        Model = "Probe",
        Serial = "Serial number",
        Calibration = "Calibration",
        None = "none in force",
        Clock = "How the time is known",
        Times = "All times are UTC; each reading says how sure its time is.",
    };

    public static CardTexts Vietnamese { get; } = new()
    {
        Language = "vi",
        Version = "bản",
        Simulated = "Dữ liệu mô phỏng: không có gì trong đó được đo thật.",
        SomeSimulated = "Một số kênh là mô phỏng; chúng được ghi rõ.",
        SomePractice = "Một số số đo là của các lần đo thử.",
        PracticeOut = "Lần đo thử không lấy vào",
        PracticeIn = "Lần đo thử có trong đây",
        PracticeHint = "Số đo nằm trong các lần đo thử, trừ khi cũng nằm trong một lần đo thật. Đếm trước khi xét cờ.",
        Run = "Lần đo",
        What = "Đây là gì",
        Readings = "số đo",
        From = "Từ",
        To = "Đến",
        Where = "Ở đâu",
        NoPlace = "Không ghi địa điểm.",
        OnTrack = "Một số số đo có vị trí riêng theo GPS của máy đo.",
        Box = "Mọi vị trí nằm trong khoảng",
        Who = "Ai làm ra",
        Project = "Dự án",
        Licence = "Bạn được làm gì với nó",
        Cite = "Cách trích dẫn",
        Frozen = "Đóng băng lúc",
        Whole = "Đủ đến đâu",
        WholeHint = "Mong đợi = số lượng số đo phải có từ đầu đến cuối, theo nhịp đo đã khai.",
        Channel = "Kênh đo",
        Expected = "Mong đợi",
        Stored = "Đã lưu",
        Gaps = "Không có",
        NoValue = "Không có giá trị",
        NotDeclared = "chưa khai",
        Quality = "Tốt đến đâu",
        Flag = "Cờ",
        Share = "Tỉ lệ",
        Tests = "Đã kiểm tra thế nào",
        TestsHint = "Các phép kiểm tra QARTOD. Lời của người về một đoạn được tính trước.",
        Test = "Phép kiểm tra",
        Thresholds = "Giới hạn",
        NotMade = "không làm",
        Source = "Giới hạn từ",
        Registry = "mặc định của đại lượng",
        Instruments = "Đo bằng gì",
        Model = "Đầu đo",
        Serial = "Số máy",
        Calibration = "Hiệu chuẩn",
        None = "không có",
        Clock = "Vì sao biết giờ",
        Times = "Mọi giờ là UTC; mỗi số đo cho biết giờ của nó chắc đến đâu.",
    };
}
