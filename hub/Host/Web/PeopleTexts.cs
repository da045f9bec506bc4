namespace StemLab.Hub.Web;

/// <summary>Texts of the pages for people, tokens, one's own sign-ins, a class and the audit log. Immutable.</summary>
public sealed record PeopleTexts
{
    public required string Teachers { get; init; }
    public required string InviteHow { get; init; }
    public required string TeacherName { get; init; }
    public required string Invite { get; init; }
    public required string InviteLink { get; init; }
    public required string Invited { get; init; }
    public required string SignInsCount { get; init; }
    public required string Remove { get; init; }
    public required string RemoveSure { get; init; }
    public required string Admin { get; init; }
    public required string Teacher { get; init; }
    public required string Tokens { get; init; }
    public required string TokensHow { get; init; }
    public required string TokenName { get; init; }
    public required string MayExport { get; init; }
    public required string Days { get; init; }
    public required string MakeToken { get; init; }
    public required string TokenOnce { get; init; }
    public required string Expired { get; init; }
    public required string Until { get; init; }
    public required string UntilRevoked { get; init; }
    public required string Revoke { get; init; }
    public required string Researcher { get; init; }
    public required string Displays { get; init; }
    public required string DisplaysHow { get; init; }
    public required string DisplayName { get; init; }
    public required string Board { get; init; }
    public required string MakeDisplay { get; init; }
    public required string DisplayLink { get; init; }
    public required string None { get; init; }
    public required string Reached { get; init; }
    public required string OnlyHere { get; init; }
    public required string OpenHow { get; init; }
    public required string WithTls { get; init; }
    public required string WithoutTls { get; init; }
    public required string Fingerprint { get; init; }
    public required string CaHow { get; init; }
    public required string CaFile { get; init; }
    public required string ClassTitle { get; init; }
    public required string ClassHow { get; init; }
    public required string OpenSession { get; init; }
    public required string Code { get; init; }
    public required string OrOpen { get; init; }
    public required string Seats { get; init; }
    public required string NoSeats { get; init; }
    public required string EndSession { get; init; }
    public required string EndSure { get; init; }
    public required string MeTitle { get; init; }
    public required string SignedInAs { get; init; }
    public required string SignIns { get; init; }
    public required string ThisOne { get; init; }
    public required string SignOut { get; init; }
    public required string Passphrase { get; init; }
    public required string OldPassphrase { get; init; }
    public required string NewPassphrase { get; init; }
    public required string Again { get; init; }
    public required string NotTheSame { get; init; }
    public required string Change { get; init; }
    public required string Changed { get; init; }
    public required string AuditHow { get; init; }
    public required string AuditNone { get; init; }
    public required string When { get; init; }
    public required string Who { get; init; }
    public required string What { get; init; }
    public required string On { get; init; }
    public required string Revisions { get; init; }
    public required string Older { get; init; }
    public required string TimeUnknown { get; init; }

    public static PeopleTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static PeopleTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);

    public static PeopleTexts English { get; } = new()
    {
        Teachers = "Teachers",
        InviteHow = "An invitation is a link. It works once, for seven days. Send it to the teacher alone.",
        TeacherName = "Name to sign in with",
        Invite = "Invite",
        InviteLink = "The link for {0}. It is shown only now:",
        Invited = "invited, not yet here",
        SignInsCount = "sign-ins: {0}",
        Remove = "Remove",
        RemoveSure = "Remove {0}? Every sign-in ends at once.",
        Admin = "admin",
        Teacher = "teacher",
        Tokens = "Researchers’ tokens",
        TokensHow = "With a token a program reads the data. Give each piece of work its own, so that one can be taken back alone.",
        TokenName = "What it is for",
        MayExport = "may also export whole data sets",
        Days = "Good for days",
        MakeToken = "Make a token",
        TokenOnce = "The token. It is shown only now; the hub does not keep it:",
        Expired = "expired",
        Until = "until {0}",
        UntilRevoked = "until it is taken back",
        Revoke = "Take back",
        Researcher = "researcher",
        Displays = "Wall displays",
        DisplaysHow = "A display shows one page of this hub, reads only what stands on it, and can do nothing else.",
        DisplayName = "Where it hangs",
        Board = "Page",
        MakeDisplay = "Make a display",
        DisplayLink = "Open this on the display. It is shown only now:",
        None = "None yet.",
        Reached = "How others reach this hub",
        OnlyHere = "Only this computer can open this hub.",
        OpenHow = "To let other devices in, start it with: stemlab serve --listen 0.0.0.0",
        WithTls = "with TLS: nobody on the way can read or change what is sent",
        WithoutTls = "without TLS: anybody on the same Wi-Fi can read along, passphrases too. Join a class here, but sign in with TLS",
        Fingerprint = "Fingerprint of the certificate (SHA-256)",
        CaHow = "A browser warns until it trusts this hub’s own authority. Compare the fingerprint, then install the file once on each managed device.",
        CaFile = "Certificate of the authority",
        ClassTitle = "Class",
        ClassHow = "Open a session and show the code. Students join without a name; what they leave behind is deleted when you end it.",
        OpenSession = "Open a session",
        Code = "Code",
        OrOpen = "or open",
        Seats = "Seats",
        NoSeats = "Nobody has joined yet.",
        EndSession = "End the session",
        EndSure = "End the session? All seats end at once.",
        MeTitle = "My sign-ins",
        SignedInAs = "You are signed in as {0}.",
        SignIns = "Where I am signed in",
        ThisOne = "this one",
        SignOut = "Sign out",
        Passphrase = "Change the passphrase",
        OldPassphrase = "Old passphrase",
        NewPassphrase = "New passphrase",
        Again = "New one once more",
        NotTheSame = "The two are not the same.",
        Change = "Change",
        Changed = "Changed. Your other sign-ins have ended.",
        AuditHow = "Everything that changed this hub, newest first. Nothing is taken out, and no address or name of a person is in it.",
        AuditNone = "Nothing has been changed yet.",
        When = "When",
        Who = "Who",
        What = "What",
        On = "On what",
        Revisions = "Revision",
        Older = "Older ones",
        TimeUnknown = "time not known",
    };

    public static PeopleTexts Vietnamese { get; } = new()
    {
        Teachers = "Giáo viên",
        InviteHow = "Lời mời là một đường dẫn. Nó dùng được một lần, trong bảy ngày. Chỉ gửi cho đúng người.",
        TeacherName = "Tên để đăng nhập",
        Invite = "Mời",
        InviteLink = "Đường dẫn cho {0}. Chỉ hiện lần này:",
        Invited = "đã mời, chưa vào",
        SignInsCount = "đang đăng nhập {0} nơi",
        Remove = "Xóa",
        RemoveSure = "Xóa {0}? Mọi nơi đang đăng nhập sẽ kết thúc ngay.",
        Admin = "quản trị viên",
        Teacher = "giáo viên",
        Tokens = "Mã truy cập cho người nghiên cứu",
        TokensHow = "Chương trình dùng mã này để đọc dữ liệu. Mỗi việc một mã riêng, để có thể thu hồi từng mã.",
        TokenName = "Dùng để làm gì",
        MayExport = "được xuất cả bộ dữ liệu",
        Days = "Dùng được mấy ngày",
        MakeToken = "Tạo mã",
        TokenOnce = "Mã truy cập. Chỉ hiện lần này; trạm không giữ lại:",
        Expired = "hết hạn",
        Until = "đến {0}",
        UntilRevoked = "đến khi thu hồi",
        Revoke = "Thu hồi",
        Researcher = "người nghiên cứu",
        Displays = "Màn hình treo tường",
        DisplaysHow = "Một màn hình chỉ hiện một trang của trạm, chỉ đọc những gì trên trang đó và không làm được gì khác.",
        DisplayName = "Treo ở đâu",
        Board = "Trang",
        MakeDisplay = "Tạo màn hình",
        DisplayLink = "Mở đường dẫn này trên màn hình. Chỉ hiện lần này:",
        None = "Chưa có.",
        Reached = "Thiết bị khác vào trạm này thế nào",
        OnlyHere = "Chỉ máy này mở được trạm.",
        OpenHow = "Muốn cho thiết bị khác vào, hãy khởi động bằng: stemlab serve --listen 0.0.0.0",
        WithTls = "có TLS: không ai trên đường truyền đọc hay sửa được",
        WithoutTls = "không TLS: ai cùng Wi-Fi cũng đọc được, cả mật khẩu. Vào lớp ở đây thì được, còn đăng nhập thì dùng TLS",
        Fingerprint = "Dấu vân tay của chứng chỉ (SHA-256)",
        CaHow = "Trình duyệt sẽ cảnh báo cho đến khi nó tin chứng chỉ riêng của trạm. Hãy so dấu vân tay, rồi cài tệp này một lần trên mỗi máy do trường quản lý.",
        CaFile = "Chứng chỉ gốc của trạm",
        ClassTitle = "Lớp học",
        ClassHow = "Mở buổi học và cho xem mã. Học sinh vào không cần tên; mọi thứ các em để lại bị xóa khi kết thúc.",
        OpenSession = "Mở buổi học",
        Code = "Mã lớp",
        OrOpen = "hoặc mở",
        Seats = "Chỗ ngồi",
        NoSeats = "Chưa ai vào.",
        EndSession = "Kết thúc buổi học",
        EndSure = "Kết thúc buổi học? Mọi chỗ ngồi kết thúc ngay.",
        MeTitle = "Nơi tôi đăng nhập",
        SignedInAs = "Bạn đang đăng nhập với tên {0}.",
        SignIns = "Những nơi đang đăng nhập",
        ThisOne = "nơi này",
        SignOut = "Đăng xuất",
        Passphrase = "Đổi mật khẩu",
        OldPassphrase = "Mật khẩu cũ",
        NewPassphrase = "Mật khẩu mới",
        Again = "Gõ lại mật khẩu mới",
        NotTheSame = "Hai lần gõ không giống nhau.",
        Change = "Đổi",
        Changed = "Đã đổi. Những nơi khác đã bị đăng xuất.",
        AuditHow = "Mọi việc đã thay đổi trạm này, mới nhất trước. Không gì bị xóa đi, và không có địa chỉ hay tên người nào trong đó.",
        AuditNone = "Chưa có gì thay đổi.",
        When = "Khi nào",
        Who = "Ai",
        What = "Làm gì",
        On = "Với gì",
        Revisions = "Phiên bản",
        Older = "Cũ hơn",
        TimeUnknown = "chưa biết giờ",
    };
}
