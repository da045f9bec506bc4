using System.Collections.Immutable;

namespace StemLab.Hub.Web;

/// <summary>One printable page for one kind of person. Immutable.</summary>
/// <param name="Key">Part of the address.</param>
/// <param name="Title">Who it is for.</param>
/// <param name="Lead">What they get, one sentence.</param>
/// <param name="Steps">In order.</param>
/// <param name="WhenNot">What goes wrong, and what to do.</param>
/// <param name="Pictures">Name of the picture without language and ending, and what it shows.</param>
public sealed record HelpSheet(string Key, string Title, string Lead, ImmutableArray<string> Steps, ImmutableArray<HelpTrouble> WhenNot, ImmutableArray<HelpPicture> Pictures);

/// <summary>What goes wrong, and what to do.</summary>
public sealed record HelpTrouble(string Trouble, string Do);

/// <summary>Name of a picture without language and ending, and what it shows.</summary>
public sealed record HelpPicture(string Name, string Caption);

/// <summary>The help pages and their few common words, in one language. Immutable.</summary>
public sealed record HelpSheets
{
    public required string Title { get; init; }
    public required string Lead { get; init; }
    public required string Print { get; init; }
    public required string StepsTitle { get; init; }
    public required string WhenNotTitle { get; init; }
    public required string Wifi { get; init; }
    public required ImmutableArray<HelpSheet> All { get; init; }

    public static HelpSheets Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static HelpSheets Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static HelpSheets English { get; } = new()
    {
        Title = "Help",
        Lead = "One page for each of you, to read or to print.",
        Print = "Print",
        StepsTitle = "Step by step",
        WhenNotTitle = "When it does not work",
        Wifi = "This hub: {0}",
        All =
        [
            new(
                "student", "For students", "You join with any phone. No name, no account, no app.",
                [
                    "Choose the Wi-Fi on your card. If the phone says “no internet”, stay in it.",
                    "Turn mobile data off, or the phone may leave the Wi-Fi by itself.",
                    "Scan the picture on the card, or open the address and type the six letters and digits.",
                    "You get an animal of the bay as your name. Close the page, come back: you are still that animal.",
                    "Watch the numbers of your group. Each shows its age; ▲ means doubtful, ✕ means it failed a check. Tap it to read why.",
                    "Wait until the value is steady, then keep a sample.",
                    "Before the bell take your data home as one file. When the lesson ends, nothing about you stays here.",
                ],
                [new("The page does not open", "Is the phone still in the Wi-Fi of the card? Is mobile data off?"), new("“No class has this code”", "Look again: there is no 0, 1, O or I in a code. Or the lesson has not begun."), new("The phone was locked", "Open the page again: nothing is lost.")],
                [new("join", "Join with the code"), new("board", "Readings with their age")]),
            new(
                "teacher", "For teachers", "You run a class with probes and phones, without a technician.",
                [
                    "The evening before: page Start, “Before and after a trip”. Mend what is red, look at what is amber.",
                    "Page Class: open a session. Print the join cards, or show the code on the projector. No probe? Tick “Ten minutes, without probes”: each lesson comes with a recording.",
                    "See who has joined. A phone that should not be there: take its seat back.",
                    "Let the groups predict first, then start all together. Only trying it out? “Practice run” on the wall: datasets leave it out.",
                    "Gaps are shown as gaps, late readings come in by themselves. Nobody needs to join again after a break.",
                    "After the trip: “Safe to leave?”. Leave agents on until their lines are green, check the probes, copy the data.",
                    "End the session: nothing about the children stays.",
                ],
                [new("Half of the phones fall out of the Wi-Fi", "Mobile data is on. Each phone: off, and back into the Wi-Fi."), new("The times are wrong", "Page Time: say what time it is. Past readings get the right time too."), new("A probe gives nonsense", "Tap its card: the reason stands there. Often it is in air, or its cap is on.")],
                [new("start", "Start: three ways to begin"), new("preflight", "Before a trip: worst first")]),
            new(
                "technician", "For who sets it up", "A hub in one command, an agent in two minutes.",
                [
                    "Start the hub: stemlab serve --data FOLDER. Open the address it prints, give it a name and a passphrase.",
                    "For phones and agents: --listen 0.0.0.0 --plain pages,mqtt. On a Linux machine with Wi-Fi: stemlab hotspot makes the network.",
                    "Agents: switch one on near the hub. Page Agents, Add: compare its code with its label, accept it.",
                    "Calibrate probes on the page Calibrate; write the probe's label on the probe.",
                    "TVs: open the address /screen, type its four digits on the page Screens.",
                    "Copy everything: stemlab store backup FILE, onto another disk. Try once: stemlab store restore.",
                ],
                [new("A port is busy", "The hub says which; give another with --http, --grpc, --mqtt."), new("An agent does not appear", "Is it in the hub's network? Its light says: even and slow = no hub found. Then: stemlab-agent doctor."), new("The passphrase is forgotten", "On the hub's machine: stemlab access reset-admin.")],
                [new("agents", "Agents and what each has stored"), new("preflight", "What is not ready yet")]),
            new(
                "researcher", "For researchers", "Data you can cite, with raw and calibrated value, uncertainty and flags.",
                [
                    "Ask the admin for a token (page People). It may read, and export where that was ticked.",
                    "Live and past by gRPC, gRPC-Web or JSON: /v1/channels, /v1/readings:query, /v1/readings:watch. The contract stands in proto/.",
                    "A dataset: page Datasets. Choose channels, time and flags; freeze a version. It never changes.",
                    "Files: CSV bundle, NetCDF, Parquet, Excel, CODAP, each with its SHA-256; the bundle names licence, sites and instruments.",
                    "Flags are those of QARTOD: 1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing. Nothing is deleted: use them.",
                    "Every answer can be asked as of a revision: cite it, and the same question gives the same answer next year.",
                ],
                [new("The same query gives other numbers", "A calibration or a time was corrected meanwhile. Ask as of the revision you cited."), new("Rows have no time", "Nobody has told that switch-on's time yet. They have boot and order."), new("401", "The token is unknown, expired or revoked.")],
                [new("datasets", "Datasets and their versions")]),
            new(
                "wifi", "For the Wi-Fi", "Phones need a Wi-Fi to the hub. It needs no internet.",
                [
                    "Best for a class: a travel router of its own. Power it from a power bank, connect the hub by cable, take “router” or “access point” mode.",
                    "Give the Wi-Fi a short name and a passphrase that is easy to type. Write both on the join cards.",
                    "In the router give the hub a fixed address, so that the printed cards stay right.",
                    "Switch “client isolation” off: with it phones cannot reach the hub.",
                    "If the router can lead all names to one address (DNS), lead them to the hub: then phones see that the Wi-Fi answers, and stay.",
                    "A Linux hub with Wi-Fi can do without a router: sudo stemlab hotspot on.",
                    "Try with all phones of the class before the trip. We have not measured how many a router carries; its maker says. A Raspberry Pi's own Wi-Fi is said to carry 7 to 10.",
                ],
                [new("The phone says “no internet”", "That is true and no fault: stay connected. Android may ask once; say yes."), new("The phone leaves again and again", "Mobile data off; forget other Wi-Fi nets of the school."), new("The page opens on the hub only", "Start the hub with --listen 0.0.0.0 --plain pages,mqtt.")],
                []),
            new(
                "visitor", "For visitors", "The bay now, on a screen or on your phone.",
                [
                    "A screen shows one measured value after the other, in two languages.",
                    "Big: the value. Below: where, how old it is, and what it tells.",
                    "▲ means doubtful or outside a limit. Where no limit stands, nobody has confirmed one.",
                    "“Replay” means that nothing is measured now: you see the last day again.",
                    "Scan the square to have the page on your phone. There you can listen: the higher the tone, the higher the value.",
                    "Nobody is asked for a name, and nothing about you is kept.",
                ],
                [new("No value", "The probe is out of the water or switched off."), new("No sound", "Turn the phone's sound on, then tap “Listen” again."), new("It is not read aloud", "Only phones with a voice of their own read aloud; others show the text.")],
                [new("public", "The public page")]),
        ],
    };

    public static HelpSheets Vietnamese { get; } = new()
    {
        Title = "Hướng dẫn",
        Lead = "Mỗi người một trang, để đọc hoặc in.",
        Print = "In",
        StepsTitle = "Từng bước",
        WhenNotTitle = "Khi không được",
        Wifi = "Trạm này: {0}",
        All =
        [
            new(
                "student", "Cho học sinh", "Em vào lớp bằng điện thoại nào cũng được. Không tên, không tài khoản, không cài gì.",
                [
                    "Chọn Wi-Fi ghi trên thẻ. Nếu máy báo “không có internet”, cứ ở lại.",
                    "Tắt dữ liệu di động, nếu không máy có thể tự rời Wi-Fi.",
                    "Quét hình trên thẻ, hoặc mở địa chỉ và gõ sáu chữ và số.",
                    "Em được một con vật của vịnh làm tên. Đóng trang rồi mở lại, em vẫn là con vật ấy.",
                    "Xem số đo của nhóm. Số nào cũng ghi đã bao lâu; ▲ là nghi ngờ, ✕ là không đạt kiểm tra. Chạm để đọc vì sao.",
                    "Đợi giá trị ổn định rồi giữ một mẫu.",
                    "Trước khi hết giờ, lấy dữ liệu về thành một tệp. Hết buổi học, ở đây không còn gì về em.",
                ],
                [new("Trang không mở", "Máy còn ở Wi-Fi trên thẻ không? Đã tắt dữ liệu di động chưa?"), new("“Hiện không lớp nào có mã này”", "Xem lại: mã không có 0, 1, O, I. Hoặc buổi học chưa bắt đầu."), new("Máy bị khoá màn hình", "Mở lại trang: không mất gì.")],
                [new("join", "Vào lớp bằng mã"), new("board", "Số đo kèm thời gian")]),
            new(
                "teacher", "Cho thầy cô", "Dạy một buổi với đầu đo và điện thoại, không cần kỹ thuật viên.",
                [
                    "Tối hôm trước: trang Bắt đầu, “Trước và sau chuyến đi”. Sửa chỗ đỏ, xem chỗ vàng.",
                    "Trang Lớp học: mở một buổi. In thẻ tham gia hoặc chiếu mã lên. Không có đầu đo? Chọn “Mười phút, không cần đầu đo”: mỗi bài có sẵn một bản ghi.",
                    "Xem ai đã vào. Máy nào không phải của lớp thì thu lại chỗ.",
                    "Cho các nhóm dự đoán trước, rồi bắt đầu cùng lúc. Chỉ làm thử? Bật “Đo thử” trên Bảng lớp: bộ dữ liệu không lấy.",
                    "Chỗ trống hiện là chỗ trống, số đo đến muộn tự vào đúng chỗ. Sau giờ nghỉ không ai phải vào lại.",
                    "Sau chuyến đi: “Có thể ra về?”. Để máy bật đến khi dòng của nó xanh, kiểm tra đầu đo, sao dữ liệu.",
                    "Kết thúc buổi học: không còn lưu gì về các em.",
                ],
                [new("Nửa số máy rớt khỏi Wi-Fi", "Do dữ liệu di động. Mỗi máy: tắt đi rồi vào lại Wi-Fi."), new("Giờ bị sai", "Trang Giờ: cho biết bây giờ mấy giờ. Số đo cũ cũng được sửa giờ."), new("Đầu đo cho số vô lý", "Chạm vào thẻ của nó: lý do ghi ở đó. Thường là nó ở ngoài nước hoặc còn nắp.")],
                [new("start", "Bắt đầu: ba cách"), new("preflight", "Trước chuyến đi: nặng nhất ở trên")]),
            new(
                "technician", "Cho người lắp đặt", "Một lệnh là có trạm, hai phút là có thêm thiết bị.",
                [
                    "Chạy trạm: stemlab serve --data THƯ_MỤC. Mở địa chỉ nó in ra, đặt tên và mật khẩu.",
                    "Cho điện thoại và thiết bị vào: --listen 0.0.0.0 --plain pages,mqtt. Trên máy Linux có Wi-Fi: lệnh stemlab hotspot tự phát mạng.",
                    "Thiết bị: bật gần trạm. Trang Thiết bị, Thêm: so mã của nó với nhãn rồi nhận.",
                    "Hiệu chuẩn đầu đo ở trang Hiệu chuẩn; viết nhãn lên đầu đo.",
                    "Tivi: mở địa chỉ /screen, gõ bốn chữ số của nó ở trang Màn hình.",
                    "Sao mọi thứ: stemlab store backup TỆP, sang ổ đĩa khác. Thử một lần: stemlab store restore.",
                ],
                [new("Cổng đang bận", "Trạm nói cổng nào; chọn cổng khác bằng --http, --grpc, --mqtt."), new("Không thấy thiết bị", "Nó có ở trong mạng của trạm không? Đèn nháy đều và chậm = chưa thấy trạm. Khi đó: stemlab-agent doctor."), new("Quên mật khẩu", "Trên máy của trạm: stemlab access reset-admin.")],
                [new("agents", "Thiết bị và số đo đã lưu"), new("preflight", "Chỗ nào chưa sẵn sàng")]),
            new(
                "researcher", "Cho nhà nghiên cứu", "Dữ liệu trích dẫn được, có giá trị thô và đã hiệu chuẩn, sai số và cờ.",
                [
                    "Xin quản trị viên một mã truy cập (trang Mọi người). Mã được đọc, và được xuất nếu đã đánh dấu.",
                    "Trực tiếp và quá khứ qua gRPC, gRPC-Web hoặc JSON: /v1/channels, /v1/readings:query, /v1/readings:watch. Hợp đồng nằm ở proto/.",
                    "Bộ dữ liệu: trang Bộ dữ liệu. Chọn đại lượng, thời gian, cờ; đóng băng một phiên bản. Nó không bao giờ đổi.",
                    "Tệp: gói CSV, NetCDF, Parquet, Excel, CODAP, tệp nào cũng có SHA-256; gói ghi giấy phép, địa điểm, thiết bị.",
                    "Cờ theo QARTOD: 1 tốt, 2 chưa đánh giá, 3 nghi ngờ, 4 không đạt, 9 thiếu. Không xóa gì: hãy dùng cờ.",
                    "Câu trả lời nào cũng hỏi được theo một bản sửa: hãy trích dẫn nó, sang năm hỏi lại vẫn được như cũ.",
                ],
                [new("Cùng câu hỏi mà số khác", "Trong lúc đó hiệu chuẩn hoặc giờ đã được sửa. Hãy hỏi theo bản sửa đã trích dẫn."), new("Dòng không có giờ", "Chưa ai cho biết giờ của lần bật máy đó. Vẫn có lần bật và thứ tự."), new("401", "Mã truy cập lạ, hết hạn hoặc đã thu hồi.")],
                [new("datasets", "Bộ dữ liệu và các phiên bản")]),
            new(
                "wifi", "Cho Wi-Fi", "Điện thoại cần một Wi-Fi tới trạm. Không cần internet.",
                [
                    "Tốt nhất cho một lớp: bộ phát Wi-Fi du lịch riêng. Cắm sạc dự phòng, nối trạm bằng dây, chọn chế độ “router” hoặc “access point”.",
                    "Đặt tên Wi-Fi ngắn và mật khẩu dễ gõ. Viết cả hai lên thẻ tham gia.",
                    "Trong bộ phát, cho trạm một địa chỉ cố định để thẻ đã in vẫn đúng.",
                    "Tắt “client isolation” (cách ly máy): nếu bật, điện thoại không tới được trạm.",
                    "Nếu bộ phát có thể dẫn mọi tên miền về một địa chỉ (DNS), hãy dẫn về trạm: khi đó điện thoại thấy Wi-Fi có trả lời và ở lại.",
                    "Trạm Linux có Wi-Fi thì không cần bộ phát: sudo stemlab hotspot on.",
                    "Thử với tất cả máy của lớp trước chuyến đi. Chúng tôi chưa đo một bộ phát chịu được bao nhiêu máy; nhà sản xuất có ghi. Wi-Fi sẵn có của Raspberry Pi được cho là chịu 7 đến 10 máy.",
                ],
                [new("Máy báo “không có internet”", "Đúng vậy và không phải lỗi: cứ ở lại. Android có thể hỏi một lần; chọn có."), new("Máy cứ rời Wi-Fi", "Tắt dữ liệu di động; quên các Wi-Fi khác của trường."), new("Trang chỉ mở được trên máy của trạm", "Chạy trạm với --listen 0.0.0.0 --plain pages,mqtt.")],
                []),
            new(
                "visitor", "Cho khách tham quan", "Vịnh lúc này, trên màn hình hoặc trên điện thoại của bạn.",
                [
                    "Màn hình lần lượt hiện từng giá trị đo, bằng hai thứ tiếng.",
                    "Số lớn là giá trị. Bên dưới: ở đâu, đo đã bao lâu, và nó cho biết gì.",
                    "▲ là nghi ngờ hoặc ngoài giới hạn. Không thấy giới hạn nghĩa là chưa ai xác nhận.",
                    "“Phát lại” nghĩa là lúc này không đo: bạn xem lại ngày gần nhất.",
                    "Quét hình vuông để mở trang trên điện thoại. Ở đó bạn nghe được: âm càng cao, giá trị càng cao.",
                    "Không ai hỏi tên, và không lưu gì về bạn.",
                ],
                [new("Không có giá trị", "Đầu đo ở ngoài nước hoặc đã tắt."), new("Không có tiếng", "Bật âm lượng rồi chạm “Nghe” lần nữa."), new("Không đọc thành lời", "Chỉ máy có giọng đọc riêng mới đọc; máy khác hiện chữ.")],
                [new("public", "Trang công khai")]),
        ],
    };
}
