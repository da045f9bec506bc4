using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace StemLab.Agent.Operations;

/// <summary>What is wrong with settings, in Vietnamese: which of the things measured, which field, what it may be. The exact English words follow for whoever helps. Pure.</summary>
internal static partial class ProblemWords
{
    private static readonly FrozenDictionary<string, string> Fields = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Kind"] = "chương trình này không biết loại đầu đo đó, hoặc không dùng được nó",
        ["Port"] = "tên cổng chưa đúng hoặc bị trùng; mỗi đầu đo cần một tên riêng gồm a-z, 0-9, - / . _",
        ["Label"] = "nhãn quá dài; tối đa 100 ký tự",
        ["IntervalSeconds"] = "khoảng giữa hai lần đo không hợp với loại đầu đo này",
        ["Bus"] = "không có bus I2C số đó",
        ["Address"] = "địa chỉ I2C chưa đúng (3 đến 119) hoặc bị trùng",
        ["Driver"] = "tên trình điều khiển hoặc cách khởi tạo nó chưa đúng",
        ["Serial"] = "số hiệu chưa đúng, còn thiếu hoặc bị trùng",
        ["Outputs"] = "đầu đo này không cho đại lượng đó",
        ["TemperatureFrom"] = "cổng nhiệt độ để bù chưa đúng",
        ["Channel"] = "kênh hoặc chân cắm chưa đúng",
        ["Range"] = "thang đo chưa đúng",
        ["Baud"] = "tốc độ cổng nối tiếp chưa đúng",
        ["Path"] = "đường dẫn chưa đúng, không được phép hoặc bị trùng",
        ["Speed"] = "tốc độ phát lại chưa đúng",
        ["UtcOffsetHours"] = "múi giờ của tệp chưa đúng",
        ["HealthIntervalSeconds"] = "khoảng giữa hai lần tự kiểm tra phải là 0, hoặc từ 1 đến 86400 giây",
    }.ToFrozenDictionary();

    /// <summary>The sentence for one problem, with the exact words behind it.</summary>
    public static string Vietnamese(string problem, AgentOptions options) => $"{Plain(problem, options)} [{problem}]";

    /// <summary>The sentence for one problem.</summary>
    /// <param name="problem">"Sources[2].Port: …".</param>
    /// <param name="options">What was read, to name the thing measured.</param>
    public static string Plain(string problem, AgentOptions options)
    {
        var match = Place().Match(problem);
        var field = match.Groups["field"].Value;
        var words = Fields.GetValueOrDefault(field, "cài đặt này không đọc được");
        var index = match.Groups["index"].Success ? int.Parse(match.Groups["index"].Value, CultureInfo.InvariantCulture) : -1;
        var kind = index >= 0 && index < options.Sources.Length ? $" ({options.Sources[index].Kind})" : "";
        return $"{(index >= 0 ? $"Đầu đo thứ {index + 1}{kind}: " : "")}{words}";
    }

    [GeneratedRegex(@"^(Sources\[(?<index>[0-9]{1,4})\]\.)?(?<field>[A-Za-z]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
