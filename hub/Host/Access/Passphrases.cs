namespace StemLab.Hub.Access;

/// <summary>Whether a passphrase is worth having. Pure.</summary>
internal static class Passphrases
{
    public const int Least = 10;
    private const int Most = 200;
    private const int LeastDifferent = 6;

    // What people type first; compared without case, digits at the end and blanks.
    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "password", "passphrase", "matkhau", "qwerty", "qwertyuiop", "asdfghjkl", "letmein", "welcome", "iloveyou", "admin", "administrator", "teacher", "giaovien", "school", "truonghoc",
        "stemlab", "raspberry", "raspberrypi", "halong", "vinhhalong", "vietnam", "changeme", "superman", "anhyeuem", "abcdefghij", "administratoradmin", "passwordpassword", "adminadmin", "stemlabstemlab",
    };

    private static readonly string[] Rows = ["01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"];

    /// <summary>What is wrong with it, in a form the refusal's words are looked up by; <see cref="PassphraseFault.None"/> = nothing.</summary>
    /// <param name="passphrase">As typed.</param>
    /// <param name="known">Words around it anybody would try: the school's name, the person's.</param>
    public static PassphraseFault FaultOf(string passphrase, params ReadOnlySpan<string> known)
    {
        if (passphrase.Length < Least)
        {
            return PassphraseFault.TooShort;
        }

        if (passphrase.Length > Most)
        {
            return PassphraseFault.TooLong;
        }

        var plain = string.Concat(passphrase.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        if (plain.Distinct().Count() < LeastDifferent)
        {
            return PassphraseFault.TooFewDifferent;
        }

        var word = plain.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        if (Common.Contains(word) || Common.Contains(plain) || Array.Exists(Rows, row => row.Contains(plain, StringComparison.Ordinal) || Reverse(row).Contains(plain, StringComparison.Ordinal)))
        {
            return PassphraseFault.Common;
        }

        foreach (var name in known)
        {
            var bare = string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
            if (bare.Length >= 4 && plain.Replace(bare, "", StringComparison.Ordinal).Length < Least / 2)
            {
                return PassphraseFault.IsName;
            }
        }

        return PassphraseFault.None;
    }

    /// <summary>The fault as a sentence that says what to do.</summary>
    public static string Sentence(PassphraseFault fault, string language) => (fault, language) switch
    {
        (PassphraseFault.TooShort, "vi") => $"Quá ngắn: cần ít nhất {Least} ký tự. Bốn từ bất kỳ ghép lại là vừa",
        (PassphraseFault.TooShort, _) => $"Too short: it needs at least {Least} characters. Four words that have nothing to do with each other are good",
        (PassphraseFault.TooLong, "vi") => $"Quá dài: nhiều nhất {Most} ký tự",
        (PassphraseFault.TooLong, _) => $"Too long: at most {Most} characters",
        (PassphraseFault.TooFewDifferent, "vi") => "Lặp lại quá nhiều: hãy dùng nhiều chữ khác nhau hơn",
        (PassphraseFault.TooFewDifferent, _) => "It repeats itself: use more different letters",
        (PassphraseFault.Common, "vi") => "Ai cũng thử câu này đầu tiên: hãy chọn câu khác, ví dụ bốn từ bất kỳ",
        (PassphraseFault.Common, _) => "Everybody tries this one first: choose another, four unrelated words for example",
        (PassphraseFault.IsName, "vi") => "Gần như chỉ là tên của trường hoặc của bạn: hãy thêm những từ không ai đoán được",
        (PassphraseFault.IsName, _) => "It is little more than the name of the school or your own: add words nobody would guess",
        (PassphraseFault.None, _) => "",
        _ => throw new InvalidOperationException($"BUG: no words for {fault}"),
    };

    private static string Reverse(string text) => string.Concat(text.Reverse());
}
