namespace StemLab.Hub.Web;

/// <summary>Texts of the start page in one language. Immutable.</summary>
public sealed record StartTexts
{
    public required string Title { get; init; }
    public required string Lead { get; init; }
    public required string TryLesson { get; init; }
    public required string TryLessonHint { get; init; }
    public required string OpenLesson { get; init; }
    public required string OpenLessonHint { get; init; }
    public required string AddDevice { get; init; }
    public required string AddDeviceHint { get; init; }
    public required string AddDeviceAdmin { get; init; }
    public required string More { get; init; }
    public required string Trip { get; init; }
    public required string Screens { get; init; }
    public required string Public { get; init; }
    public required string Help { get; init; }
    public required string Phyphox { get; init; }

    public static StartTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static StartTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static StartTexts English { get; } = new()
    {
        Title = "What would you like to do?",
        Lead = "Start",
        TryLesson = "Try a lesson now",
        TryLessonHint = "With simulated groups or a recording, nothing to plug in. A running class in a minute.",
        OpenLesson = "Open a lesson",
        OpenLessonHint = "Your class joins by phone: choose a lesson, show the code, start.",
        AddDevice = "Add a device",
        AddDeviceHint = "An agent with probes, or anything that speaks MQTT.",
        AddDeviceAdmin = "An agent with probes, or anything that speaks MQTT. Ask the admin: only the admin may.",
        More = "Also here",
        Trip = "Before and after a trip",
        Screens = "Screens for the public",
        Public = "The public page",
        Help = "Help to print",
        Phyphox = "Phones as instruments",
    };

    public static StartTexts Vietnamese { get; } = new()
    {
        Title = "Bạn muốn làm gì?",
        Lead = "Bắt đầu",
        TryLesson = "Thử một bài học ngay",
        TryLessonHint = "Với các nhóm mô phỏng hoặc một bản ghi, không cần cắm gì. Một phút là có lớp đang chạy.",
        OpenLesson = "Mở một bài học",
        OpenLessonHint = "Lớp vào bằng điện thoại: chọn bài, cho xem mã, bắt đầu.",
        AddDevice = "Thêm thiết bị",
        AddDeviceHint = "Một máy có đầu đo, hoặc bất cứ thứ gì nói được MQTT.",
        AddDeviceAdmin = "Một máy có đầu đo, hoặc bất cứ thứ gì nói được MQTT. Hãy nhờ quản trị viên: chỉ người đó được thêm.",
        More = "Còn ở đây",
        Trip = "Trước và sau chuyến đi",
        Screens = "Màn hình cho công chúng",
        Public = "Trang công khai",
        Help = "Hướng dẫn để in",
        Phyphox = "Điện thoại làm dụng cụ đo",
    };
}
