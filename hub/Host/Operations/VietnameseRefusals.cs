using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace StemLab.Hub.Operations;

/// <summary>What is wrong with an argument, in Vietnamese: the hub's own phrases, part by part. Pure.</summary>
internal static class VietnameseRefusals
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    /// <summary>First match counts.</summary>
    private static readonly ImmutableArray<(Regex Phrase, string Vietnamese)> Phrases =
    [
        .. new (string Phrase, string Vietnamese)[]
        {
            ("^is '(.*)', which is no UCUM code$", "là “$1”, không phải mã đơn vị UCUM"),
            ("^is '(.*)', which cannot be converted to (.+), the unit of (.+)$", "là “$1”, không đổi được sang $2 (đơn vị của $3)"),
            ("^is '(.*)', which is no site of this hub$", "là “$1”, trạm này không có địa điểm đó"),
            ("^'(.*)' is no boot of this hub; see ListBoots$", "“$1” không phải lần bật máy nào mà trạm biết; xem ListBoots"),
            ("^is in '(.*)', which does not convert to '(.*)' of the first; compare probes of one property$", "có đơn vị “$1”, không đổi được sang “$2” của kênh đầu; hãy so các đầu đo của cùng một đại lượng"),
            ("^(\\S+) is later than the newest revision, (\\d+)$", "là $1, muộn hơn phiên bản mới nhất ($2)"),
            ("^(\\S+) is later than (.*)$", "là $1, muộn hơn $2"),
            ("^is empty; say in (.*) why, for whoever finds the gap$", "còn trống; hãy nói lý do trong $1 ký tự cho người gặp khoảng trống sau này"),
            ("^is empty; expected (.*)$", "còn trống; cần: $1"),
            ("^is '(.*)', which the registry does not know.*$", "là “$1”, không có trong danh mục đại lượng"),
            ("^is (.*), (?:below|above) (\\S+) (.*): what fails cannot be only suspect$", "là $1, nằm ngoài $2 $3: cái đã sai thì không thể chỉ là đáng ngờ"),
            ("^is (.*), (?:above|longer than) (\\S+) (.*): thresholds are upside down$", "là $1, lớn hơn $2 $3: hai ngưỡng bị đảo ngược"),
            ("^is (.*), not above (\\S+) (.*)$", "là $1, không lớn hơn $2 $3"),
            ("^has a threshold below 0$", "có ngưỡng dưới 0"),
            ("^has the number (.*); expected finite ones$", "có số $1; cần số hữu hạn"),
            ("^is not after (.*)$", "không sau $1"),
            ("^(\\S+) is not after (.*)$", "là $1, không sau $2"),
            ("^is before (.*)$", "trước $1"),
            ("^is empty(.*)$", "còn trống$1"),
            ("^is absent(.*)$", "còn thiếu$1"),
            ("^names '(.*)'; expected some of (.*)$", "có “$1”; chỉ được: $2"),
            ("^is '(.*)'; expected (.*)$", "là “$1”; cần: $2"),
            ("^is (.*) characters long; expected (.*)$", "dài $1 ký tự; cần: $2"),
            ("^is (.*); expected (.*)$", "là $1; cần: $2"),
            ("^'(.*)' is not one of (.*)$", "“$1” không có trong $2"),
            ("^'(.*)' is not (.*)$", "là “$1”; cần: $2"),
            ("^is negative$", "là số âm"),
            ("^has (\\d+) bytes; expected (.*)$", "dài $1 byte; cần: $2"),
            ("^cannot be read, is for another hub, or its signature does not hold$", "không đọc được, dành cho trạm khác, hoặc chữ ký không đúng"),
            ("^(\\d+) characters; say in (.*) why, for whoever finds the gap$", "dài $1 ký tự; hãy nói lý do trong $2 ký tự cho người gặp khoảng trống sau này"),
            ("^(\\S+) is less than a day \\((.*)\\); 0 keeps for ever$", "là $1, ngắn hơn một ngày ($2); 0 nghĩa là giữ mãi mãi"),
            ("^revision, page size and token are not negative.*$", "phiên bản, cỡ trang và mã trang không được âm, và mã trang phải do lời gọi này trả về"),
            ("^has no body; expected one of (.*)$", "chưa có nội dung; cần một trong: $1"),
            ("^and (\\S+): give one of the two.*$", "và $1: hãy cho một trong hai"),
            ("^and (\\S+): give both or none$", "và $1: hãy cho cả hai hoặc bỏ trống cả hai"),
            ("^name at least one channel; (\\S+) means all$", "còn trống: hãy nêu ít nhất một kênh; $1 nghĩa là tất cả"),
            ("^name (\\d+) to (\\d+) different channels$", "hãy nêu $1 đến $2 kênh khác nhau"),
            ("^give 0 \\(everything\\) or a positive rate$", "cần: 0 (tất cả) hoặc số dương"),
            ("^not a cursor of this API; start by time instead$", "không phải con trỏ của trạm này; hãy bắt đầu bằng thời gian"),
            ("^say what time it was: (.*)$", "còn thiếu: hãy cho biết lúc đó là mấy giờ ($1)"),
            ("^give boot_time (.*)$", "hãy cho boot_time {boot_id, t_us} lấy từ ListBoots, hoặc bỏ trống nếu là bây giờ"),
            ("^(\\S+) is not (.*)$", "là $1; cần: $2"),
            ("^is not (.*)$", "cần: $1"),
            ("^expected (.*)$", "cần: $1"),
            ("^name the (.*)$", "còn thiếu: hãy nêu rõ ($1)"),
            ("^say the value (.*)$", "còn thiếu: hãy cho giá trị của dung dịch chuẩn, hoặc chọn chai"),
        }.Select(pair => (new Regex(pair.Phrase, RegexOptions.CultureInvariant | RegexOptions.Singleline, Limit), pair.Vietnamese)),
    ];

    /// <summary>What was expected, where a phrase above quotes it.</summary>
    private static readonly ImmutableArray<(string English, string Vietnamese)> Expected =
    [
        ("a finite number other than 0", "một số hữu hạn khác 0"),
        ("a finite number", "một số hữu hạn"),
        ("more than 0 and at most ", "lớn hơn 0 và không quá "),
        ("0 (as usual) or a positive number", "0 (như thường lệ) hoặc một số dương"),
        ("at least 2, ascending in raw, no raw twice", "ít nhất 2 điểm, raw tăng dần, không trùng nhau"),
        ("what the probe read in at least one standard", "số đo của đầu đo trong ít nhất một dung dịch chuẩn"),
        ("a half-width in µs above 0", "nửa khoảng sai số, µs, lớn hơn 0"),
        ("utc_us, or local_time with utc_offset_minutes", "utc_us, hoặc local_time kèm utc_offset_minutes"),
        ("cần: like ", "cần dạng: "),
        ("-720 to 840; Việt Nam is 420", "từ -720 đến 840; Việt Nam là 420"),
        ("0 (1 min) or 1000 to ", "0 (1 phút) hoặc từ 1000 đến "),
        ("between 1970 and 2200", "trong khoảng năm 1970 đến 2200"),
        ("a revision; 0 means the newest", "số của một phiên bản; 0 là mới nhất"),
        ("a source a person may state; give teacher, gps, radio… ([a-z0-9-], not ntp, rtc or phones)", "nguồn mà người được nêu: teacher, gps, radio… ([a-z0-9-], trừ ntp, rtc, phones)"),
        ("32 lowercase hex digits", "32 chữ số hex viết thường"),
        ("1 good, 2 not evaluated, 3 suspect or 4 fail", "1 tốt, 2 chưa đánh giá, 3 đáng ngờ hoặc 4 sai"),
        ("0 or more", "0 trở lên"),
    ];

    /// <summary>A phrase nobody translated is given as it is, said to be English.</summary>
    public static string Of(string description)
    {
        foreach ((Regex phrase, string vietnamese) in Phrases)
        {
            if (phrase.IsMatch(description))
            {
                return Expected.Aggregate(phrase.Replace(description, vietnamese), (said, part) => said.Replace(part.English, part.Vietnamese, StringComparison.Ordinal));
            }
        }

        return $"chưa dùng được (tiếng Anh: {description})";
    }
}
