namespace StemLab.Hub.Web;

/// <summary>Texts of the pages that add agents and makers' devices, in one language. Immutable.</summary>
public sealed record AddTexts
{
    public required string Title { get; init; }
    public required string Waiting { get; init; }
    public required string WaitingHint { get; init; }
    public required string Nobody { get; init; }
    public required string Accept { get; init; }
    public required string AcceptSeparate { get; init; }
    public required string GoesOn { get; init; }
    public required string TakeBack { get; init; }
    public required string Refuse { get; init; }
    public required string FindProbes { get; init; }
    public required string FindsProbes { get; init; }
    public required string FoundMore { get; init; }
    public required string FoundNothing { get; init; }
    public required string BlinkIt { get; init; }
    public required string Blinks { get; init; }
    public required string Accepted { get; init; }
    public required string RefusedSaid { get; init; }
    public required string CompareAll { get; init; }
    public required string CopyOf { get; init; }
    public required string ShutOut { get; init; }
    public required string MovesHere { get; init; }
    public required string Found { get; init; }
    public required string FoundNone { get; init; }
    public required string WaitsSince { get; init; }
    public required string TurnedAway { get; init; }
    public required string TroubleCodeWrong { get; init; }
    public required string TroubleCodeUsed { get; init; }
    public required string TroubleCodeExpired { get; init; }
    public required string TroubleKitUnknown { get; init; }
    public required string TroubleKitUsedUp { get; init; }
    public required string TroubleKitExpired { get; init; }
    public required string TroubleTooMany { get; init; }
    public required string NameTaken { get; init; }
    public required string Code { get; init; }
    public required string CodeHint { get; init; }
    public required string MakeCode { get; init; }
    public required string CodeMade { get; init; }
    public required string Kit { get; init; }
    public required string KitHint { get; init; }
    public required string KitAgents { get; init; }
    public required string KitHours { get; init; }
    public required string KitMake { get; init; }
    public required string KitMade { get; init; }
    public required string KitLine { get; init; }
    public required string KitOver { get; init; }
    public required string Withdraw { get; init; }
    public required string Labels { get; init; }
    public required string LabelsTitle { get; init; }
    public required string LabelsHint { get; init; }
    public required string Maker { get; init; }
    public required string MakerHint { get; init; }
    public required string Tried { get; init; }
    public required string Kind { get; init; }
    public required string Topic { get; init; }
    public required string MakerMake { get; init; }
    public required string MakerMade { get; init; }
    public required string TokenOnce { get; init; }
    public required string Copy { get; init; }
    public required string Copied { get; init; }
    public required string WithTls { get; init; }
    public required string PlainNote { get; init; }
    public required string Manage { get; init; }
    public required string NewToken { get; init; }
    public required string NewTokenFetched { get; init; }
    public required string NewTokenShown { get; init; }
    public required string Revoke { get; init; }
    public required string Retire { get; init; }
    public required string Transfer { get; init; }
    public required string TakeBackIn { get; init; }
    public required string Sure { get; init; }
    public required string Revoked { get; init; }
    public required string Retired { get; init; }
    public required string Transferred { get; init; }
    public required string AddMore { get; init; }
    public required string LabelWord { get; init; }
    public required string Away { get; init; }
    public required string AwayUnknown { get; init; }

    public static AddTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static AddTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static AddTexts English { get; } = new()
    {
        Title = "Add an agent or a device",
        Waiting = "Waiting to be let in",
        WaitingHint = "Switch the agent on; it finds this hub by itself and appears here. Compare the code with the one on its label or screen (stemlab-agent label says it), or let it blink. Only then accept it.",
        Nobody = "Nobody is waiting. An agent that does not appear: is it on, and in the same network as this hub? Some Wi-Fi keeps devices apart (“client isolation”): switch that off, or use a code or a kit below.",
        Accept = "Accept",
        AcceptSeparate = "Accept as a new agent",
        GoesOn = "The board was replaced: go on as {0}",
        TakeBack = "Take {0} back in",
        Refuse = "Refuse",
        FindProbes = "Look for EZO circuits",
        FindsProbes = "It asks its I2C buses and tells within some seconds.",
        FoundMore = "It has looked: {0} more.",
        FoundNothing = "It has looked and found nothing more. A circuit whose light is green speaks UART; blue is right for I2C. Is it plugged in?",
        BlinkIt = "Blink",
        Blinks = "It blinks as soon as it asks again, within some seconds.",
        Accepted = "{0} is in. It sends its first readings within a few seconds.",
        RefusedSaid = "{0} was refused. It may ask again after a quarter of an hour of silence.",
        CompareAll = "Another that waits has the same first characters: compare all of them.",
        CopyOf = "This is a copy of the card of {0}, in another board. Nothing of it is mixed into {0}.",
        ShutOut = "This is {0}, which was shut out.",
        MovesHere = "It comes from another hub and keeps its identity.",
        Found = "It found",
        FoundNone = "It sees no probes by itself; EZO circuits are looked for with the button. Else it measures what its agent.json says.",
        WaitsSince = "has waited for {0}",
        TurnedAway = "{0} more knocked while the list was full.",
        TroubleCodeWrong = "The code typed on it is wrong. Compare it, make a new one, or accept it here.",
        TroubleCodeUsed = "The code typed on it was used already; each is good for one agent. Make a new one, or accept it here.",
        TroubleCodeExpired = "The code typed on it is older than 15 minutes. Make a new one, or accept it here.",
        TroubleKitUnknown = "The kit on its card is not one of this hub. Put a new kit on the card, or accept it here.",
        TroubleKitUsedUp = "The kit on its card has let in as many as it may. Make another kit, or accept it here.",
        TroubleKitExpired = "The kit on its card is over. Make another kit, or accept it here.",
        TroubleTooMany = "Too many wrong codes were tried. It may try again in a minute, or accept it here.",
        NameTaken = "Another agent is called {0} already. How about {1}?",
        Code = "With a code",
        CodeHint = "For an agent with a keyboard, or one that cannot be found. Good for one agent and 15 minutes.",
        MakeCode = "Make a code",
        CodeMade = "Type this on the agent within 15 minutes:",
        Kit = "Many at once: a kit",
        KitHint = "One file for all cards. Copy it as stemlab-join.json onto the boot partition of each card; every board that starts with it is let in at once, as itself. Whoever has the file can do so until it is used up or over.",
        KitAgents = "How many agents",
        KitHours = "For how many hours",
        KitMake = "Make the file",
        KitMade = "Kit made; the file is shown this once. Copy it onto each card:",
        KitLine = "{0} of {1} let in, {2} left",
        KitOver = "{0} of {1} let in, over",
        Withdraw = "Withdraw",
        Labels = "Labels to print",
        LabelsTitle = "Labels of the agents",
        LabelsHint = "Print, cut, stick on. The code is what an agent shows when it asks to be let in again.",
        Maker = "A maker's device",
        MakerHint = "Anything that speaks MQTT. It gets a name, a topic of its own and a secret token; the lines to paste are ready.",
        Tried = "A device tried without a token: {0} ({1}, {2} times). Adopt it?",
        Kind = "What is it?",
        Topic = "Topic (empty: lab/ and the name)",
        MakerMake = "Make token and lines",
        MakerMade = "{0} may publish under {1}",
        TokenOnce = "The token is shown this once. Whoever has it can send as this device.",
        Copy = "Copy",
        Copied = "Copied.",
        WithTls = "By TLS. Save the hub's certificate beside it: ",
        PlainNote = "Without TLS everybody in the same Wi-Fi can read what a device sends, and its token. In a class that may do; in a school's network use TLS.",
        Manage = "Token, taking out of service",
        NewToken = "New token",
        NewTokenFetched = "The old token is good for nothing now; the agent fetches its new one within a minute.",
        NewTokenShown = "Shown this once. User {0}, password:",
        Revoke = "Revoke",
        Retire = "Retire",
        Transfer = "Transfer to another hub",
        TakeBackIn = "Take back in",
        Sure = "Are you sure? {0} is not let in from now on; what it measured stays. Press once more.",
        Revoked = "revoked",
        Retired = "retired",
        Transferred = "transferred",
        AddMore = "Add an agent or a device",
        LabelWord = "Code",
        Away = "Out of reach. It keeps what it measures, and sends it when it is back.",
        AwayUnknown = "not known until it is back",
    };

    public static AddTexts Vietnamese { get; } = new()
    {
        Title = "Thêm thiết bị",
        Waiting = "Đang chờ được nhận",
        WaitingHint = "Bật thiết bị lên; nó tự tìm trạm này và hiện ở đây. So mã với mã trên nhãn hay màn hình của nó (lệnh stemlab-agent label), hoặc cho nó nháy đèn. Đúng rồi mới nhận.",
        Nobody = "Chưa có thiết bị nào chờ. Nếu không thấy: nó đã bật chưa, có cùng mạng với trạm không? Có Wi-Fi ngăn các máy với nhau (“cách ly thiết bị”): hãy tắt chế độ đó, hoặc dùng mã hay bộ kit bên dưới.",
        Accept = "Nhận",
        AcceptSeparate = "Nhận như thiết bị mới",
        GoesOn = "Đã thay bo mạch: tiếp tục là {0}",
        TakeBack = "Nhận lại {0}",
        Refuse = "Từ chối",
        FindProbes = "Tìm mạch EZO",
        FindsProbes = "Nó đang hỏi các bus I2C và báo lại trong vài giây.",
        FoundMore = "Đã tìm xong: thêm {0}.",
        FoundNothing = "Đã tìm xong, không thấy gì thêm. Mạch có đèn xanh lá đang ở chế độ UART; đèn xanh dương mới đúng cho I2C. Mạch đã cắm chưa?",
        BlinkIt = "Nháy đèn",
        Blinks = "Nó sẽ nháy đèn khi hỏi lại, trong vài giây.",
        Accepted = "Đã nhận {0}. Vài giây nữa nó gửi số đo đầu tiên.",
        RefusedSaid = "Đã từ chối {0}. Nó có thể hỏi lại sau mười lăm phút im lặng.",
        CompareAll = "Có thiết bị khác đang chờ trùng những ký tự đầu: hãy so hết cả mã.",
        CopyOf = "Đây là bản sao thẻ nhớ của {0}, nằm trong bo mạch khác. Dữ liệu của nó không bị trộn vào {0}.",
        ShutOut = "Đây là {0}, đã bị chặn.",
        MovesHere = "Nó đến từ một trạm khác và giữ nguyên danh tính.",
        Found = "Nó tìm thấy",
        FoundNone = "Nó chưa thấy đầu đo nào; mạch EZO thì phải bấm nút để tìm. Nếu không, nó đo theo agent.json của nó.",
        WaitsSince = "đã chờ {0}",
        TurnedAway = "{0} thiết bị khác gõ cửa khi danh sách đã đầy.",
        TroubleCodeWrong = "Mã gõ trên nó bị sai. Hãy so lại, tạo mã mới, hoặc nhận nó ở đây.",
        TroubleCodeUsed = "Mã gõ trên nó đã được dùng; mỗi mã chỉ cho một thiết bị. Hãy tạo mã mới, hoặc nhận nó ở đây.",
        TroubleCodeExpired = "Mã gõ trên nó đã quá 15 phút. Hãy tạo mã mới, hoặc nhận nó ở đây.",
        TroubleKitUnknown = "Bộ kit trên thẻ của nó không phải của trạm này. Hãy chép bộ kit mới, hoặc nhận nó ở đây.",
        TroubleKitUsedUp = "Bộ kit trên thẻ của nó đã dùng hết số lượt. Hãy tạo bộ khác, hoặc nhận nó ở đây.",
        TroubleKitExpired = "Bộ kit trên thẻ của nó đã hết hạn. Hãy tạo bộ khác, hoặc nhận nó ở đây.",
        TroubleTooMany = "Đã thử sai quá nhiều lần. Một phút nữa nó thử lại được, hoặc nhận nó ở đây.",
        NameTaken = "Đã có thiết bị tên {0}. Đặt là {1} nhé?",
        Code = "Bằng mã",
        CodeHint = "Cho thiết bị có bàn phím, hoặc thiết bị không tìm thấy trạm. Dùng cho một thiết bị, trong 15 phút.",
        MakeCode = "Tạo mã",
        CodeMade = "Gõ lệnh này trên thiết bị trong 15 phút:",
        Kit = "Nhiều thiết bị một lúc: bộ kit",
        KitHint = "Một tệp cho mọi thẻ nhớ. Chép nó với tên stemlab-join.json vào phân vùng khởi động của từng thẻ; bo mạch nào khởi động với nó sẽ được nhận ngay, mỗi cái một danh tính. Ai có tệp đều làm được như vậy cho đến khi hết lượt hoặc hết hạn.",
        KitAgents = "Bao nhiêu thiết bị",
        KitHours = "Trong bao nhiêu giờ",
        KitMake = "Tạo tệp",
        KitMade = "Đã tạo bộ kit; tệp chỉ hiện lần này. Chép vào từng thẻ:",
        KitLine = "đã nhận {0} trên {1}, còn {2}",
        KitOver = "đã nhận {0} trên {1}, đã hết",
        Withdraw = "Thu hồi",
        Labels = "Nhãn để in",
        LabelsTitle = "Nhãn của các thiết bị",
        LabelsHint = "In, cắt, dán. Mã này là mã thiết bị hiện khi xin được nhận lại.",
        Maker = "Thiết bị tự làm",
        MakerHint = "Bất cứ thứ gì nói được MQTT. Nó có tên, chủ đề riêng và mã bí mật; các dòng lệnh đã sẵn để dán.",
        Tried = "Một thiết bị đã thử gửi mà không có mã: {0} ({1}, {2} lần). Nhận nó chứ?",
        Kind = "Nó là gì?",
        Topic = "Chủ đề (để trống: lab/ và tên)",
        MakerMake = "Tạo mã và dòng lệnh",
        MakerMade = "{0} được gửi dưới {1}",
        TokenOnce = "Mã bí mật chỉ hiện lần này. Ai có mã đều gửi được với tên thiết bị này.",
        Copy = "Sao chép",
        Copied = "Đã sao chép.",
        WithTls = "Qua TLS. Lưu chứng chỉ của trạm bên cạnh: ",
        PlainNote = "Không có TLS, ai cùng Wi-Fi cũng đọc được điều thiết bị gửi và mã của nó. Trong lớp học có thể chấp nhận; trong mạng của trường hãy dùng TLS.",
        Manage = "Mã, cho ngừng hoạt động",
        NewToken = "Mã mới",
        NewTokenFetched = "Mã cũ hết tác dụng; trong một phút thiết bị tự lấy mã mới.",
        NewTokenShown = "Chỉ hiện lần này. Tên {0}, mật khẩu:",
        Revoke = "Chặn",
        Retire = "Cho nghỉ",
        Transfer = "Chuyển sang trạm khác",
        TakeBackIn = "Nhận lại",
        Sure = "Chắc chứ? Từ giờ {0} không được vào; số đo cũ vẫn còn. Bấm lần nữa.",
        Revoked = "đã chặn",
        Retired = "đã nghỉ",
        Transferred = "đã chuyển trạm",
        AddMore = "Thêm thiết bị",
        LabelWord = "Mã",
        Away = "Ngoài tầm kết nối. Máy vẫn giữ số đo, và gửi về khi nối lại được.",
        AwayUnknown = "chưa biết, đợi máy nối lại",
    };
}
