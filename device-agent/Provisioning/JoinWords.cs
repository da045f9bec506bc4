using System.Globalization;

namespace StemLab.Agent.Provisioning;

/// <summary>What a person who types a code on an agent is told, in one language. Immutable.</summary>
internal sealed record JoinWords
{
    /// <summary>Length of a code.</summary>
    public const int CodeCharacters = 8;

    private static readonly string[] Variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    /// <summary>Not eight characters of the alphabet.</summary>
    public required string NoCode { get; init; }

    /// <summary>{0} label, {1} hub, {2} data folder.</summary>
    public required string Already { get; init; }

    /// <summary>{0} label, {1} hub.</summary>
    public required string Joined { get; init; }

    /// <summary>No hub knows the code.</summary>
    public required string Wrong { get; init; }

    /// <summary>It was used.</summary>
    public required string Used { get; init; }

    /// <summary>Too late.</summary>
    public required string Expired { get; init; }

    /// <summary>Guessed too often.</summary>
    public required string TooMany { get; init; }

    /// <summary>No hub answered.</summary>
    public required string Nobody { get; init; }

    /// <summary>Vietnamese where the machine speaks it, else English.</summary>
    public static JoinWords OfThisMachine()
    {
        var language = Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(text => !string.IsNullOrEmpty(text))
            ?? CultureInfo.CurrentUICulture.Name;
        return language.StartsWith("vi", StringComparison.OrdinalIgnoreCase) ? Vietnamese : English;
    }

    /// <summary>The sentence for what the hub said.</summary>
    public string Of(string trouble) => trouble switch
    {
        "TROUBLE_CODE_USED" => Used,
        "TROUBLE_CODE_EXPIRED" => Expired,
        "TROUBLE_TOO_MANY_TRIES" => TooMany,
        "NOBODY" => Nobody,
        _ => Wrong,
    };

    /// <summary>English.</summary>
    public static JoinWords English { get; } = new()
    {
        NoCode = "A code has eight characters, digits 2 to 9 and letters without I, L and O, as the hub's page shows it: stemlab-agent join K7M4-2PXD",
        Already = "This agent has joined already: it is {0} of {1}. To join another hub, use Transfer on its page, or delete joined.json in {2}",
        Joined = "Joined: this agent is {0} of {1}. Start it with stemlab-agent run",
        Wrong = "No hub here knows this code. Compare it with the hub's page, or make a new one there",
        Used = "This code has been used already; each is good for one agent. Make a new one on the hub's page",
        Expired = "This code is older than 15 minutes. Make a new one on the hub's page",
        TooMany = "Too many wrong codes have been tried. Wait a minute and try again",
        Nobody = "No hub answers. Is it on, and this board in the same network? Or say where it is: stemlab-agent join CODE --hub http://192.168.1.10:5080",
    };

    /// <summary>Vietnamese.</summary>
    public static JoinWords Vietnamese { get; } = new()
    {
        NoCode = "Mã gồm tám ký tự, chữ số 2 đến 9 và chữ cái trừ I, L, O, như trên trang của trạm chủ: stemlab-agent join K7M4-2PXD",
        Already = "Thiết bị này đã tham gia rồi: nó là {0} của {1}. Muốn sang trạm khác, dùng nút Chuyển trên trang của trạm, hoặc xóa joined.json trong {2}",
        Joined = "Đã tham gia: thiết bị này là {0} của {1}. Chạy bằng stemlab-agent run",
        Wrong = "Không trạm nào ở đây biết mã này. Hãy so với trang của trạm chủ, hoặc tạo mã mới ở đó",
        Used = "Mã này đã được dùng; mỗi mã chỉ cho một thiết bị. Hãy tạo mã mới trên trang của trạm chủ",
        Expired = "Mã này đã quá 15 phút. Hãy tạo mã mới trên trang của trạm chủ",
        TooMany = "Đã thử sai quá nhiều lần. Chờ một phút rồi thử lại",
        Nobody = "Không trạm nào trả lời. Trạm đã bật chưa, thiết bị có cùng mạng không? Hoặc chỉ rõ địa chỉ: stemlab-agent join MÃ --hub http://192.168.1.10:5080",
    };
}
