namespace StemLab.Hub.Web;

/// <summary>Texts of the panels that set and update agents, in one language. Immutable.</summary>
public sealed record SettingsTexts
{
    public required string Measures { get; init; }
    public required string SetNotYet { get; init; }
    public required string SetItsOwn { get; init; }
    public required string SetWaiting { get; init; }
    public required string SetApplied { get; init; }
    public required string SetRefused { get; init; }
    public required string SetStopped { get; init; }
    public required string SetMeasuring { get; init; }
    public required string SetStart { get; init; }
    public required string SetStop { get; init; }
    public required string SetSave { get; init; }
    public required string SetSending { get; init; }
    public required string SetLabel { get; init; }
    public required string SetInterval { get; init; }
    public required string SetPort { get; init; }
    public required string SetPortHint { get; init; }
    public required string SetMore { get; init; }
    public required string SetRemove { get; init; }
    public required string SetAddFound { get; init; }
    public required string SetAdd { get; init; }
    public required string SetAddKind { get; init; }
    public required string SetKind { get; init; }
    public required string SetNothing { get; init; }
    public required string SetFind { get; init; }
    public required string SetFound { get; init; }
    public required string SetHealth { get; init; }
    public required string SetBus { get; init; }
    public required string SetAddress { get; init; }
    public required string SetSerial { get; init; }
    public required string SetOutputs { get; init; }
    public required string SetTemperatureFrom { get; init; }
    public required string SetChannel { get; init; }
    public required string SetRange { get; init; }
    public required string SetBaud { get; init; }
    public required string SetDriver { get; init; }
    public required string SetPath { get; init; }
    public required string SetUnsaved { get; init; }
    public required string Updates { get; init; }
    public required string UpdHint { get; init; }
    public required string UpdNone { get; init; }
    public required string UpdHere { get; init; }
    public required string UpdBehind { get; init; }
    public required string UpdAll { get; init; }
    public required string UpdDo { get; init; }
    public required string UpdWaiting { get; init; }
    public required string UpdUpdating { get; init; }
    public required string UpdDone { get; init; }
    public required string UpdFailed { get; init; }
    public required string UpdSkipped { get; init; }

    public static SettingsTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static SettingsTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static SettingsTexts English { get; } = new()
    {
        Measures = "What it measures",
        SetNotYet = "This agent cannot be set from here: it has not been here since the hub started, or its program is of another version.",
        SetItsOwn = "Set by its own file; nobody has changed it here.",
        SetWaiting = "Change {0} waits: the agent takes it as soon as it is back.",
        SetApplied = "Change {0} is in force.",
        SetRefused = "The agent refused change {0} and goes on as before: {1}.",
        SetStopped = "It is stopped: it measures nothing.",
        SetMeasuring = "It measures.",
        SetStart = "Start measuring",
        SetStop = "Stop measuring",
        SetSave = "Save and send to the agent",
        SetSending = "Sending…",
        SetLabel = "Name on the pages",
        SetInterval = "One reading every … seconds",
        SetPort = "Port",
        SetPortHint = "empty = chosen by itself; a new name begins a new channel",
        SetMore = "Where it is plugged in",
        SetRemove = "Do not measure this",
        SetAddFound = "Found, not measured yet",
        SetAdd = "Measure",
        SetAddKind = "Add a probe by hand",
        SetKind = "Kind of probe",
        SetNothing = "It measures nothing yet. Add what it found, or a probe by hand.",
        SetFind = "Look for EZO circuits on the I2C buses",
        SetFound = "It has looked; what it found is below.",
        SetHealth = "Checks itself every … seconds (0 = never)",
        SetBus = "I2C bus",
        SetAddress = "Address (0 = as sold)",
        SetSerial = "Which one (serial number, place)",
        SetOutputs = "What is taken of it (empty = the usual)",
        SetTemperatureFrom = "Port of the thermometer it is compensated with",
        SetChannel = "Input or pins",
        SetRange = "Full scale, V (0 = what fits)",
        SetBaud = "Baud rate (0 = as sold)",
        SetDriver = "Driver in Iot.Device.Bindings, like Bmp180.Bmp180",
        SetPath = "Device, like /dev/ttyAMA0",
        SetUnsaved = "Changed, not saved yet.",
        Updates = "Newer programs for agents",
        UpdHint = "Agents are updated one after the other. Each goes back by itself to the program before when the new one gets no receipt within 5 minutes; the first that fails ends the round.",
        UpdNone = "No package is here. Put files of device-agent/packaging (stemlab-agent-…-linux-arm64.tar.gz, or the .deb agents are installed with) into the folder {0} on the hub's machine.",
        UpdHere = "Here: {0}",
        UpdBehind = "{0} connected agents run another version.",
        UpdAll = "Every connected agent that can be updated is up to date.",
        UpdDo = "Update them one after the other",
        UpdWaiting = "waits its turn",
        UpdUpdating = "is being updated to {0}…",
        UpdDone = "runs {0}",
        UpdFailed = "was not updated to {0}: {1}",
        UpdSkipped = "was left as it is, because one before it failed",
    };

    public static SettingsTexts Vietnamese { get; } = new()
    {
        Measures = "Nó đo những gì",
        SetNotYet = "Chưa đặt được máy này từ đây: nó chưa kết nối từ khi trạm khởi động, hoặc chương trình của nó khác phiên bản.",
        SetItsOwn = "Đang theo tệp riêng của nó; chưa ai đổi ở đây.",
        SetWaiting = "Thay đổi {0} đang chờ: máy đo sẽ nhận ngay khi kết nối lại.",
        SetApplied = "Thay đổi {0} đã có hiệu lực.",
        SetRefused = "Máy đo từ chối thay đổi {0} và vẫn đo như trước: {1}.",
        SetStopped = "Đang dừng: không đo gì.",
        SetMeasuring = "Đang đo.",
        SetStart = "Bắt đầu đo",
        SetStop = "Dừng đo",
        SetSave = "Lưu và gửi cho máy đo",
        SetSending = "Đang gửi…",
        SetLabel = "Tên trên trang",
        SetInterval = "Cứ … giây đo một lần",
        SetPort = "Cổng",
        SetPortHint = "để trống = tự chọn; đổi tên là bắt đầu kênh mới",
        SetMore = "Cắm ở đâu",
        SetRemove = "Không đo cái này",
        SetAddFound = "Tìm thấy, chưa đo",
        SetAdd = "Đo",
        SetAddKind = "Thêm đầu đo bằng tay",
        SetKind = "Loại đầu đo",
        SetNothing = "Chưa đo gì. Hãy thêm thứ đã tìm thấy, hoặc thêm đầu đo bằng tay.",
        SetFind = "Tìm mạch EZO trên bus I2C",
        SetFound = "Đã tìm xong; kết quả ở bên dưới.",
        SetHealth = "Cứ … giây tự kiểm tra (0 = không)",
        SetBus = "Bus I2C",
        SetAddress = "Địa chỉ (0 = như khi mua)",
        SetSerial = "Cái nào (số hiệu, vị trí)",
        SetOutputs = "Lấy đại lượng nào (trống = như thường lệ)",
        SetTemperatureFrom = "Cổng của nhiệt kế dùng để bù",
        SetChannel = "Ngõ vào hoặc chân",
        SetRange = "Thang đo, V (0 = tự chọn)",
        SetBaud = "Tốc độ baud (0 = như khi mua)",
        SetDriver = "Trình điều khiển trong Iot.Device.Bindings, ví dụ Bmp180.Bmp180",
        SetPath = "Thiết bị, ví dụ /dev/ttyAMA0",
        SetUnsaved = "Đã sửa, chưa lưu.",
        Updates = "Chương trình mới cho máy đo",
        UpdHint = "Các máy đo được cập nhật lần lượt. Nếu chương trình mới không nhận được biên nhận trong 5 phút, máy tự quay lại chương trình trước; máy đầu tiên gặp lỗi sẽ dừng cả lượt.",
        UpdNone = "Chưa có gói nào. Hãy đặt tệp do device-agent/packaging tạo ra (stemlab-agent-…-linux-arm64.tar.gz, hoặc chính gói .deb dùng để cài máy đo) vào thư mục {0} trên máy chạy trạm.",
        UpdHere = "Có sẵn: {0}",
        UpdBehind = "{0} máy đo đang kết nối chạy phiên bản khác.",
        UpdAll = "Mọi máy đo đang kết nối và cập nhật được đều đã mới.",
        UpdDo = "Cập nhật lần lượt",
        UpdWaiting = "đợi đến lượt",
        UpdUpdating = "đang cập nhật lên {0}…",
        UpdDone = "đang chạy {0}",
        UpdFailed = "chưa cập nhật được lên {0}: {1}",
        UpdSkipped = "được giữ nguyên vì máy trước gặp lỗi",
    };
}
