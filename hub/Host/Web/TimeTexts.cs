namespace StemLab.Hub.Web;

/// <summary>Texts of the time page in one language. Immutable.</summary>
public sealed record TimeTexts
{
    public required string Title { get; init; }
    public required string NowIs { get; init; }
    public required string NotKnown { get; init; }
    public required string RestsOn { get; init; }
    public required string NoAnchors { get; init; }
    public required string Join { get; init; }
    public required string Joined { get; init; }
    public required string OwnScreen { get; init; }
    public required string Tell { get; init; }
    public required string TellHint { get; init; }
    public required string Moment { get; init; }
    public required string Now { get; init; }
    public required string SwitchedOn { get; init; }
    public required string Its { get; init; }
    public required string Sure { get; init; }
    public required string SureSeconds { get; init; }
    public required string SureMinute { get; init; }
    public required string SureFive { get; init; }
    public required string SureQuarter { get; init; }
    public required string SureHour { get; init; }
    public required string State { get; init; }
    public required string Stated { get; init; }
    public required string Doubted { get; init; }
    public required string Withdraw { get; init; }
    public required string Withdrawn { get; init; }
    public required string Starts { get; init; }
    public required string StartsHint { get; init; }
    public required string Owner { get; init; }
    public required string StartNo { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string Sigma { get; init; }
    public required string Words { get; init; }
    public required string HubSelf { get; init; }
    public required string Running { get; init; }
    public required string Unsure { get; init; }
    public required string SourceNtp { get; init; }
    public required string SourceRtc { get; init; }
    public required string SourceGps { get; init; }
    public required string SourcePhones { get; init; }
    public required string SourceTeacher { get; init; }
    public required string SourceMachine { get; init; }

    public static TimeTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static TimeTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static TimeTexts English { get; } = new()
    {
        Title = "How well do we know the time?",
        NowIs = "Now it is",
        NotKnown = "Not known yet",
        RestsOn = "The time rests on",
        NoAnchors = "Nothing yet: no network clock, no GPS, no phones, no word of a teacher.",
        Join = "Compare this phone's clock now",
        Joined = "This phone took part. {0}",
        OwnScreen = "This is the hub's own screen, or this phone has taken part within ten minutes: nothing to compare.",
        Tell = "Tell the hub the time",
        TellHint = "A teacher's word: \"it is 09:30 now\", or \"the boat left the pier, and this device was switched on, at 09:30\".",
        Moment = "Which moment",
        Now = "now",
        SwitchedOn = "{0}, start {1}: when it was switched on",
        Its = "That moment's date and time",
        Sure = "How sure",
        SureSeconds = "to 10 seconds",
        SureMinute = "to a minute",
        SureFive = "to 5 minutes",
        SureQuarter = "to a quarter of an hour",
        SureHour = "to an hour",
        State = "State it",
        Stated = "Noted. Everything recorded is timed by it; it can be taken back below.",
        Doubted = "Noted, but not followed: {0}",
        Withdraw = "Take back",
        Withdrawn = "Taken back; the times before hold again.",
        Starts = "Every start of every device",
        StartsHint = "Each bar is one life of a clock. Pale ends show how unsure its time is.",
        Owner = "Device",
        StartNo = "Start",
        From = "From",
        To = "To",
        Sigma = "±",
        Words = "In words",
        HubSelf = "hub",
        Running = "running",
        Unsure = "not known",
        SourceNtp = "network time",
        SourceRtc = "clock of the machine",
        SourceGps = "GPS",
        SourcePhones = "phones",
        SourceTeacher = "a teacher's word",
        SourceMachine = "the machine's own clock",
    };

    public static TimeTexts Vietnamese { get; } = new()
    {
        Title = "Ta biết giờ chính xác đến đâu?",
        NowIs = "Bây giờ là",
        NotKnown = "Chưa biết",
        RestsOn = "Giờ dựa vào",
        NoAnchors = "Chưa có gì: không giờ mạng, không GPS, không điện thoại, không lời thầy cô.",
        Join = "So giờ của máy này ngay",
        Joined = "Máy này đã góp giờ. {0}",
        OwnScreen = "Đây là màn hình của chính trạm chủ, hoặc máy này đã góp giờ trong mười phút qua: không có gì để so.",
        Tell = "Cho trạm chủ biết giờ",
        TellHint = "Lời thầy cô: \"bây giờ là 9 giờ 30\", hoặc \"tàu rời bến, thiết bị này được bật lúc 9 giờ 30\".",
        Moment = "Thời điểm nào",
        Now = "bây giờ",
        SwitchedOn = "{0}, lần bật {1}: lúc được bật lên",
        Its = "Ngày giờ của thời điểm đó",
        Sure = "Chắc đến mức nào",
        SureSeconds = "trong 10 giây",
        SureMinute = "trong một phút",
        SureFive = "trong 5 phút",
        SureQuarter = "trong 15 phút",
        SureHour = "trong một giờ",
        State = "Ghi nhận",
        Stated = "Đã ghi. Mọi thứ đã đo được tính giờ lại theo đó; có thể rút lại bên dưới.",
        Doubted = "Đã ghi nhưng không dùng theo: {0}",
        Withdraw = "Rút lại",
        Withdrawn = "Đã rút lại; giờ trước đó lại có hiệu lực.",
        Starts = "Từng lần bật của từng thiết bị",
        StartsHint = "Mỗi thanh là một lần chạy của đồng hồ. Hai đầu nhạt cho biết giờ còn chưa chắc bao nhiêu.",
        Owner = "Thiết bị",
        StartNo = "Lần bật",
        From = "Từ",
        To = "Đến",
        Sigma = "±",
        Words = "Bằng lời",
        HubSelf = "trạm chủ",
        Running = "đang chạy",
        Unsure = "chưa biết",
        SourceNtp = "giờ mạng",
        SourceRtc = "đồng hồ của máy",
        SourceGps = "GPS",
        SourcePhones = "các điện thoại",
        SourceTeacher = "lời thầy cô",
        SourceMachine = "đồng hồ máy",
    };
}
