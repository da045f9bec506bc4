namespace StemLab.Hub.Web;

/// <summary>Texts of the pages for who is not in yet: set-up, sign-in, invitation, display, joining a class. Immutable.</summary>
public sealed record DoorTexts
{
    public required string SetUpTitle { get; init; }
    public required string SetUpLead { get; init; }
    public required string SetUpDone { get; init; }
    public required string SetUpDemo { get; init; }
    public required string Code { get; init; }
    public required string CodeHint { get; init; }
    public required string LanguageOfHub { get; init; }
    public required string School { get; init; }
    public required string Passphrase { get; init; }
    public required string NewPassphrase { get; init; }
    public required string PassphraseHint { get; init; }
    public required string Again { get; init; }
    public required string NotTheSame { get; init; }
    public required string SetUp { get; init; }
    public required string SignIn { get; init; }
    public required string SignInTitle { get; init; }
    public required string Name { get; init; }
    public required string NameHint { get; init; }
    public required string Forgotten { get; init; }
    public required string NotForYou { get; init; }
    public required string JoinTitle { get; init; }
    public required string JoinLead { get; init; }
    public required string JoinCode { get; init; }
    public required string Join { get; init; }
    public required string ChooseGroup { get; init; }
    public required string ChooseGroupHow { get; init; }
    public required string SeatsTaken { get; init; }
    public required string OtherCode { get; init; }
    public required string JoiningLocked { get; init; }
    public required string InApp { get; init; }
    public required string AnApp { get; init; }
    public required string OpenInBrowser { get; init; }
    public required string YouAre { get; init; }
    public required string SeatHint { get; init; }
    public required string GoMeasure { get; init; }
    public required string LeaveSeat { get; init; }
    public required string InviteTitle { get; init; }
    public required string InviteLead { get; init; }
    public required string InviteMissing { get; init; }
    public required string BecomeTeacher { get; init; }
    public required string Welcome { get; init; }
    public required string KioskTitle { get; init; }
    public required string KioskOpening { get; init; }
    public required string KioskMissing { get; init; }

    public static DoorTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static DoorTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static DoorTexts English { get; } = new()
    {
        SetUpTitle = "Set up this hub",
        SetUpLead = "Once, by the person who looks after it. Afterwards teachers can be invited and other devices let in.",
        SetUpDone = "This hub has been set up already.",
        SetUpDemo = "This is a demo. It listens to this computer only and needs no set-up.",
        Code = "Set-up code",
        CodeHint = "Eight letters and digits from the hub's console. On the hub's own computer it is not needed.",
        LanguageOfHub = "Language of the hub",
        School = "Name of the school or place",
        Passphrase = "Passphrase",
        NewPassphrase = "A passphrase of your own",
        PassphraseHint = "At least 10 characters. Four words that have nothing to do with each other are good and easy to remember.",
        Again = "Once more",
        NotTheSame = "The two are not the same.",
        SetUp = "Set up",
        SignIn = "Sign in",
        SignInTitle = "Sign in",
        Name = "Name",
        NameHint = "“admin”, or the name you were invited with.",
        Forgotten = "Forgotten? A teacher asks the admin for a new invitation. The admin types on the hub's computer: stemlab access reset-admin",
        NotForYou = "That page is for somebody else. Sign in as who may see it.",
        JoinTitle = "Join the class",
        JoinLead = "No name, no account. Type the six characters your teacher shows.",
        JoinCode = "Code",
        Join = "Join",
        ChooseGroup = "Which group are you in?",
        ChooseGroupHow = "Several phones may be in one group.",
        SeatsTaken = "{0} in it",
        OtherCode = "Another code",
        InApp = "This page is open inside {0}. You can measure here, but the page goes when {0} is closed, and files may not be saved.",
        AnApp = "another app",
        OpenInBrowser = "Better: tap ⋯ or ⋮ and choose “Open in browser”, or type this in Chrome or Safari:",
        JoiningLocked = "Your teacher has locked the door for now. Ask to be let in, then try again.",
        YouAre = "You are {0}",
        SeatHint = "The seat is yours until the lesson ends, also when you load the page again or lose the Wi-Fi. Nothing about you is kept.",
        GoMeasure = "To the lesson",
        LeaveSeat = "Leave the seat",
        InviteTitle = "Welcome, teacher",
        InviteLead = "Choose a passphrase. With it and your name you sign in from now on.",
        InviteMissing = "Open this page with the whole link you were sent, with everything behind the #.",
        BecomeTeacher = "Start",
        Welcome = "You are signed in as {0}.",
        KioskTitle = "Wall display",
        KioskOpening = "Opening the board…",
        KioskMissing = "Open this page with the whole link the admin was shown, with everything behind the #.",
    };

    public static DoorTexts Vietnamese { get; } = new()
    {
        SetUpTitle = "Thiết lập trạm này",
        SetUpLead = "Chỉ một lần, do người trông coi trạm làm. Sau đó có thể mời giáo viên và cho thiết bị khác vào.",
        SetUpDone = "Trạm này đã được thiết lập.",
        SetUpDemo = "Đây là bản chạy thử. Nó chỉ nghe máy này và không cần thiết lập.",
        Code = "Mã thiết lập",
        CodeHint = "Tám chữ và số trên màn hình của trạm. Trên chính máy của trạm thì không cần.",
        LanguageOfHub = "Ngôn ngữ của trạm",
        School = "Tên trường hoặc nơi đặt trạm",
        Passphrase = "Mật khẩu",
        NewPassphrase = "Mật khẩu của riêng bạn",
        PassphraseHint = "Ít nhất 10 ký tự. Bốn từ không liên quan đến nhau vừa tốt vừa dễ nhớ.",
        Again = "Gõ lại lần nữa",
        NotTheSame = "Hai lần gõ không giống nhau.",
        SetUp = "Thiết lập",
        SignIn = "Đăng nhập",
        SignInTitle = "Đăng nhập",
        Name = "Tên",
        NameHint = "“admin”, hoặc tên trong lời mời của bạn.",
        Forgotten = "Quên rồi? Giáo viên xin quản trị viên lời mời mới. Quản trị viên gõ trên máy của trạm: stemlab access reset-admin",
        NotForYou = "Trang ấy dành cho người khác. Hãy đăng nhập bằng tên được xem nó.",
        JoinTitle = "Vào lớp",
        JoinLead = "Không cần tên, không cần tài khoản. Gõ sáu ký tự thầy cô đưa ra.",
        JoinCode = "Mã lớp",
        Join = "Vào",
        ChooseGroup = "Em ở nhóm nào?",
        ChooseGroupHow = "Nhiều máy có thể cùng một nhóm.",
        SeatsTaken = "đã có {0}",
        OtherCode = "Mã khác",
        InApp = "Trang này đang mở bên trong {0}. Ở đây em vẫn đo được, nhưng đóng {0} là mất trang, và có thể không lưu được tệp.",
        AnApp = "một ứng dụng khác",
        OpenInBrowser = "Tốt hơn: chạm ⋯ hoặc ⋮ rồi chọn “Mở bằng trình duyệt”, hoặc gõ địa chỉ này vào Chrome hay Safari:",
        JoiningLocked = "Thầy cô đang khóa cửa lớp. Hãy xin vào rồi thử lại.",
        YouAre = "Bạn là {0}",
        SeatHint = "Chỗ này là của bạn đến hết buổi học, kể cả khi tải lại trang hay mất Wi-Fi. Trạm không giữ gì về bạn.",
        GoMeasure = "Vào buổi học",
        LeaveSeat = "Rời chỗ",
        InviteTitle = "Chào thầy cô",
        InviteLead = "Hãy chọn một mật khẩu. Từ nay thầy cô đăng nhập bằng tên và mật khẩu này.",
        InviteMissing = "Hãy mở trang này bằng trọn đường dẫn đã nhận, cả phần sau dấu #.",
        BecomeTeacher = "Bắt đầu",
        Welcome = "Bạn đã đăng nhập với tên {0}.",
        KioskTitle = "Màn hình treo tường",
        KioskOpening = "Đang mở bảng…",
        KioskMissing = "Hãy mở trang này bằng trọn đường dẫn quản trị viên đã thấy, cả phần sau dấu #.",
    };
}
