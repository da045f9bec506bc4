namespace StemLab.Hub.Web;

/// <summary>Texts of the page for phones as instruments, in one language. Immutable.</summary>
public sealed record PhonesTexts
{
    public required string Title { get; init; }
    public required string How { get; init; }
    public required string NameLabel { get; init; }
    public required string Sensors { get; init; }
    public required string Rate { get; init; }
    public required string Begin { get; init; }
    public required string Scan { get; init; }
    public required string Phones { get; init; }
    public required string End { get; init; }
    public required string Acceleration { get; init; }
    public required string Rotation { get; init; }
    public required string Light { get; init; }
    public required string Pressure { get; init; }
    public required string Magnetic { get; init; }
    public required string None { get; init; }

    public static PhonesTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static PhonesTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static PhonesTexts English { get; } = new()
    {
        Title = "Phones as instruments",
        How = "With the free app phyphox (installed before, where there was internet) a phone measures by its own sensors and sends to this hub. Not every phone has every sensor.",
        NameLabel = "What is measured",
        Sensors = "Sensors",
        Rate = "Readings a second",
        Begin = "Make the experiment",
        Scan = "In phyphox tap +, then “Add experiment from QR code”, and scan. Press play: the readings appear on the board under the phone's name.",
        Phones = "{0} phones have it",
        End = "End it",
        Acceleration = "Acceleration",
        Rotation = "Rotation",
        Light = "Light",
        Pressure = "Air pressure",
        Magnetic = "Magnetic field",
        None = "No experiment is open.",
    };

    public static PhonesTexts Vietnamese { get; } = new()
    {
        Title = "Điện thoại làm dụng cụ đo",
        How = "Với ứng dụng miễn phí phyphox (cài trước, ở nơi có internet), điện thoại đo bằng cảm biến của nó và gửi về trạm này. Không phải máy nào cũng đủ cảm biến.",
        NameLabel = "Đo gì",
        Sensors = "Cảm biến",
        Rate = "Số lần đo mỗi giây",
        Begin = "Tạo thí nghiệm",
        Scan = "Trong phyphox chạm +, rồi “Add experiment from QR code” (thêm thí nghiệm bằng mã QR) và quét. Bấm chạy: số đo hiện trên bảng dưới tên của máy.",
        Phones = "{0} máy đã lấy",
        End = "Kết thúc",
        Acceleration = "Gia tốc",
        Rotation = "Tốc độ quay",
        Light = "Ánh sáng",
        Pressure = "Áp suất không khí",
        Magnetic = "Từ trường",
        None = "Chưa mở thí nghiệm nào.",
    };
}
