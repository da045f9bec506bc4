namespace StemLab.Hub.Web;

/// <summary>Texts of the calibration page in one language. Immutable.</summary>
public sealed record CalibrateTexts
{
    public required string Title { get; init; }
    public required string ChooseProbe { get; init; }
    public required string Calibrated { get; init; }
    public required string NotCalibrated { get; init; }
    public required string HowTitle { get; init; }
    public required string Start { get; init; }
    public required string StartCheck { get; init; }
    public required string PointsTitle { get; init; }
    public required string WhichStandard { get; init; }
    public required string OwnStandard { get; init; }
    public required string OwnValue { get; init; }
    public required string OwnValueAt25 { get; init; }
    public required string At25 { get; init; }
    public required string Temperature { get; init; }
    public required string Measured { get; init; }
    public required string Salinity { get; init; }
    public required string Pressure { get; init; }
    public required string SteadinessLabel { get; init; }
    public required string Waiting { get; init; }
    public required string SteadyNow { get; init; }
    public required string TimeLeft { get; init; }
    public required string ProbeSays { get; init; }
    public required string EvenIfUnsteady { get; init; }
    public required string Take { get; init; }
    public required string Taken { get; init; }
    public required string TakenEnough { get; init; }
    public required string PointsTaken { get; init; }
    public required string Standard { get; init; }
    public required string ShouldBe { get; init; }
    public required string ProbeSaid { get; init; }
    public required string Residual { get; init; }
    public required string Remove { get; init; }
    public required string Removed { get; init; }
    public required string Slope { get; init; }
    public required string LargestResidual { get; init; }
    public required string AcceptTitle { get; init; }
    public required string GoodForDays { get; init; }
    public required string Note { get; init; }
    public required string Accept { get; init; }
    public required string AcceptCheckTitle { get; init; }
    public required string AcceptCheck { get; init; }
    public required string Cancel { get; init; }
    public required string Cancelled { get; init; }
    public required string Done { get; init; }
    public required string Undo { get; init; }
    public required string Undone { get; init; }
    public required string Again { get; init; }
    public required string SeeChannel { get; init; }
    public required string DriftTitle { get; init; }
    public required string Spread { get; init; }
    public required string SpreadDone { get; init; }
    public required string ShowDrift { get; init; }
    public required string NothingBetween { get; init; }
    public required string DriftPicture { get; init; }
    public required string Before { get; init; }
    public required string After { get; init; }
    public required string Records { get; init; }
    public required string ACalibration { get; init; }
    public required string ACheck { get; init; }
    public required string ASpread { get; init; }
    public required string Valid { get; init; }
    public required string Due { get; init; }
    public required string Overdue { get; init; }
    public required string Replaced { get; init; }
    public required string GoodUntil { get; init; }

    public static CalibrateTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static CalibrateTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static CalibrateTexts English { get; } = new()
    {
        Title = "Calibrate",
        ChooseProbe = "Choose what you want to calibrate.",
        Calibrated = "calibrated",
        NotCalibrated = "not calibrated yet",
        HowTitle = "How do you want to calibrate?",
        Start = "Start calibrating",
        StartCheck = "Only check, after the trip",
        PointsTitle = "Dip, wait, take",
        WhichStandard = "Which bottle is the probe in?",
        OwnStandard = "another value",
        OwnValue = "What the probe should say",
        OwnValueAt25 = "Value of the bottle at 25 °C",
        At25 = "at 25 °C",
        Temperature = "Temperature of the bottle, °C (empty = measured)",
        Measured = "measured",
        Salinity = "Salinity (0 in air or fresh water)",
        Pressure = "Air pressure, hPa",
        SteadinessLabel = "How steady the probe is",
        Waiting = "Wait: it still moves",
        SteadyNow = "Steady. You can take it",
        TimeLeft = "About {0} more.",
        ProbeSays = "The probe says",
        EvenIfUnsteady = "take it although it still moves",
        Take = "Take this point",
        Taken = "Point {0} is taken. Rinse the probe, dip it into the next bottle.",
        TakenEnough = "Point {0} is taken. That is enough to accept it, below; more points make it surer.",
        PointsTaken = "Points taken",
        Standard = "Bottle",
        ShouldBe = "Should be",
        ProbeSaid = "Probe said",
        Residual = "Left over",
        Remove = "Remove",
        Removed = "Removed.",
        Slope = "Slope, of the ideal one",
        LargestResidual = "Largest distance from the line: {0}",
        AcceptTitle = "Accept",
        GoodForDays = "Good for days",
        Note = "Note",
        Accept = "Accept the calibration",
        AcceptCheckTitle = "Finish the check",
        AcceptCheck = "Keep the check",
        Cancel = "Give up (the calibration before stays)",
        Cancelled = "Given up. The calibration before is still in force.",
        Done = "Done",
        Undo = "Undo",
        Undone = "Undone: it is as before.",
        Again = "Once more",
        SeeChannel = "See the readings",
        DriftTitle = "Spread the drift between?",
        Spread = "Spread the drift between",
        SpreadDone = "The past is corrected. What the probe gave stays as it was.",
        ShowDrift = "Show the drift",
        NothingBetween = "No readings with a known time between the calibration and this check.",
        DriftPicture = "Before and after spreading the drift: at the end {0} becomes {1}",
        Before = "before",
        After = "after",
        Records = "What this probe has been through",
        ACalibration = "Calibration",
        ACheck = "Check",
        ASpread = "Drift spread",
        Valid = "in force",
        Due = "soon due",
        Overdue = "overdue",
        Replaced = "replaced",
        GoodUntil = "Good until {0}.",
    };

    public static CalibrateTexts Vietnamese { get; } = new()
    {
        Title = "Hiệu chuẩn",
        ChooseProbe = "Chọn đại lượng bạn muốn hiệu chuẩn.",
        Calibrated = "đã hiệu chuẩn",
        NotCalibrated = "chưa hiệu chuẩn",
        HowTitle = "Bạn muốn hiệu chuẩn cách nào?",
        Start = "Bắt đầu hiệu chuẩn",
        StartCheck = "Chỉ kiểm tra, sau chuyến đi",
        PointsTitle = "Nhúng, chờ, ghi",
        WhichStandard = "Đầu đo đang ở trong chai nào?",
        OwnStandard = "giá trị khác",
        OwnValue = "Đầu đo lẽ ra phải chỉ",
        OwnValueAt25 = "Giá trị của chai ở 25 °C",
        At25 = "ở 25 °C",
        Temperature = "Nhiệt độ của chai, °C (để trống = tự đo)",
        Measured = "tự đo",
        Salinity = "Độ mặn (0 trong không khí hoặc nước ngọt)",
        Pressure = "Áp suất không khí, hPa",
        SteadinessLabel = "Đầu đo ổn định đến đâu",
        Waiting = "Chờ đã: số còn thay đổi",
        SteadyNow = "Ổn định rồi. Ghi được",
        TimeLeft = "Còn khoảng {0}.",
        ProbeSays = "Đầu đo chỉ",
        EvenIfUnsteady = "cứ ghi dù số còn thay đổi",
        Take = "Ghi điểm này",
        Taken = "Đã ghi điểm {0}. Tráng đầu đo rồi nhúng vào chai tiếp theo.",
        TakenEnough = "Đã ghi điểm {0}. Chừng đó đủ để chấp nhận ở bên dưới; thêm điểm thì chắc hơn.",
        PointsTaken = "Các điểm đã ghi",
        Standard = "Chai chuẩn",
        ShouldBe = "Lẽ ra là",
        ProbeSaid = "Đầu đo chỉ",
        Residual = "Còn lệch",
        Remove = "Bỏ",
        Removed = "Đã bỏ.",
        Slope = "Độ dốc, so với lý tưởng",
        LargestResidual = "Lệch xa đường nhất: {0}",
        AcceptTitle = "Chấp nhận",
        GoodForDays = "Dùng được bao nhiêu ngày",
        Note = "Ghi chú",
        Accept = "Chấp nhận hiệu chuẩn",
        AcceptCheckTitle = "Kết thúc kiểm tra",
        AcceptCheck = "Lưu lần kiểm tra",
        Cancel = "Bỏ dở (hiệu chuẩn cũ vẫn giữ)",
        Cancelled = "Đã bỏ dở. Hiệu chuẩn cũ vẫn có hiệu lực.",
        Done = "Xong",
        Undo = "Hoàn tác",
        Undone = "Đã hoàn tác: mọi thứ như trước.",
        Again = "Làm lần nữa",
        SeeChannel = "Xem giá trị đo",
        DriftTitle = "Trải độ trôi ra giữa hai lần?",
        Spread = "Trải độ trôi ra ở giữa",
        SpreadDone = "Quá khứ đã được sửa. Số đầu đo đã cho vẫn giữ nguyên.",
        ShowDrift = "Xem độ trôi",
        NothingBetween = "Không có giá trị đo nào biết giờ giữa lần hiệu chuẩn và lần kiểm tra này.",
        DriftPicture = "Trước và sau khi trải độ trôi: ở cuối, {0} thành {1}",
        Before = "trước",
        After = "sau",
        Records = "Đầu đo này đã trải qua",
        ACalibration = "Hiệu chuẩn",
        ACheck = "Kiểm tra",
        ASpread = "Trải độ trôi",
        Valid = "đang có hiệu lực",
        Due = "sắp đến hạn",
        Overdue = "quá hạn",
        Replaced = "đã thay",
        GoodUntil = "Dùng được đến {0}.",
    };
}
